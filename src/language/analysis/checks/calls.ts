import { nearest } from "#kernel";
import type { Diagnostic } from "../diagnostic.ts";
import type { Span } from "../../syntax/span.ts";
import type {
  Argument,
  ClosureExpression,
  Expression,
  Job,
  Jobflow,
  Parameter,
} from "../../syntax/tree.ts";
import { chainsOf, closuresOf, remembered } from "../../syntax/walk.ts";
import { absolutePath } from "../paths.ts";
import { knownValues } from "../known-values.ts";
import type { Surroundings, VisibleParameter } from "../surroundings.ts";

/** Called with that, it does not run; what it is and what it takes. */
interface Callee {
  title: string;
  parameters: readonly VisibleParameter[];
}

/**
 * Says where arguments do not fit what is called: a flow that is visible, a closure that is certain, or `self`. A warning:
 * the called flow may be mended before this one runs.
 */
export function checkCalls(tree: Jobflow, surroundings?: Surroundings): Diagnostic[] {
  const values = knownValues(tree);
  const diagnostics: Diagnostic[] = [];
  const calleeOf = (target: Expression, self: Callee): Callee | undefined => {
    if (target.kind === "name" && target.name === "self") return self;
    const value = values.of(target);
    if (value?.kind === "closure")
      return {
        title: target.kind === "name" ? `the closure '${target.name}'` : "the closure",
        parameters: visible(value.parameters),
      };
    if (value?.kind !== "path" || !surroundings) return undefined;
    const title = absolutePath(value, surroundings);
    const object = surroundings.objectAt(title);
    if (object && uncallable.has(object.type))
      diagnostics.push(notCallable(target.span, title, object.type));
    return object?.parameters && { title, parameters: object.parameters };
  };
  const flow = { title: "this flow", parameters: visible(tree.parameters) };
  for (const { job } of tree.chain?.links ?? [])
    for (const { call, closure } of callsIn(job)) {
      const self = closure
        ? { title: "this closure", parameters: visible(closure.parameters) }
        : flow;
      const callee = calleeOf(call.target, self);
      if (callee) diagnostics.push(...checkCall(callee, call));
    }
  return diagnostics;
}

/** The calls in a job, and in which closure they stand, if in any. */
const callsIn = remembered((job: Job): readonly CallPlace[] => {
  const call = callIn(job);
  const found: CallPlace[] = call ? [{ call, closure: null }] : [];
  for (const closure of closuresOf(job))
    for (const link of closure.chain?.links ?? [])
      for (const place of callsIn(link.job))
        found.push(place.closure ? place : { call: place.call, closure });
  for (const { chain } of chainsOf(job))
    for (const link of chain.links) for (const place of callsIn(link.job)) found.push(place);
  return found.length > 0 ? found : noCalls;
});

interface CallPlace {
  readonly call: Call;
  readonly closure: ClosureExpression | null;
}

const noCalls: readonly CallPlace[] = [];

const uncallable: ReadonlySet<string> = new Set(["Directory", "Channel"]);

interface Call {
  target: Expression;
  given: readonly Argument[];
}

function callIn(job: Job): Call | undefined {
  // A command is a text.
  if (job.kind === "bracket" && job.target.kind === "string") return undefined;
  if (job.kind === "bracket") return { target: job.target, given: job.arguments };
  if (job.kind !== "builtin" || job.name.text !== "spawn") return undefined;
  const flow = job.arguments.find(({ name }) => name === null);
  if (!flow) return undefined;
  return { target: flow.value, given: job.arguments.filter((argument) => argument !== flow) };
}

function visible(parameters: readonly Parameter[]): VisibleParameter[] {
  return parameters.map(({ name, default: otherwise }) => ({
    name: name.text,
    isRequired: otherwise === null,
  }));
}

function checkCall({ title, parameters }: Callee, { target, given }: Call): Diagnostic[] {
  const names = parameters.map(({ name }) => name);
  const positional = given.filter(({ name }) => name === null);
  const set = new Set(names.slice(0, positional.length));
  const diagnostics: Diagnostic[] = [];
  const [surplus] = positional.slice(parameters.length);
  if (surplus) {
    const most = parameters.length;
    const message = `${title} takes at most ${most} argument${most === 1 ? "" : "s"}, not ${positional.length}`;
    diagnostics.push(fault("surplus", surplus.span, message, signature(parameters)));
  }
  for (const { name } of given) {
    if (name === null) continue;
    const { text, span } = name;
    const guess = nearest(text, names);
    if (!names.includes(text)) {
      const hint = guess === undefined ? signature(parameters) : `Did you mean '${guess}'?`;
      diagnostics.push(fault("unknown", span, `${title} has no parameter '${text}'`, hint));
      // What was misspelt is not missing as well.
      if (guess !== undefined) set.add(guess);
    } else if (names.indexOf(text) < positional.length) {
      const message = `${title} gets its argument '${text}' twice`;
      diagnostics.push(fault("twice", span, message, signature(parameters)));
    }
    set.add(text);
  }
  for (const { name, isRequired } of parameters)
    if (isRequired && !set.has(name)) {
      const message = `${title} needs its argument '${name}'`;
      diagnostics.push(fault("missing", target.span, message, signature(parameters)));
    }
  return diagnostics;
}

function fault(what: string, span: Span, message: string, hint: string): Diagnostic {
  return { code: `call.${what}`, severity: "warning", span, message, hint };
}

function signature(parameters: readonly VisibleParameter[]): string {
  if (parameters.length === 0) return "It takes no arguments.";
  const written = parameters.map(({ name, isRequired }) => `|${name}${isRequired ? "" : " = …"}|`);
  return `It takes ${written.join(" ")}.`;
}

function notCallable(span: Span, title: string, type: string): Diagnostic {
  return fault(
    "not-callable",
    span,
    `'${title}' is of the type ${type} and cannot be called`,
    "A call names a jobflow or a script.",
  );
}
