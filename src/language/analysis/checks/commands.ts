import type { Diagnostic } from "../diagnostic.ts";
import type { Expression, Job, Jobflow } from "../../syntax/tree.ts";
import { allChains, operandsOf, variableParts } from "../../syntax/walk.ts";

/**
 * Says where a value from outside (a parameter, a message) stands unquoted in a command, and where a bracket holds
 * what can be neither a command nor a call.
 *
 * What comes from outside is followed by name, through assignments and loops, but not through functions: what `sh`,
 * `integer` and the like give is harmless, and of the others nobody knows.
 */
export function checkCommands(tree: Jobflow): Diagnostic[] {
  const outside = namesFromOutside(tree);
  const diagnostics: Diagnostic[] = [];
  for (const { job, isMessage } of jobsWithMessages(tree)) {
    if (job.kind !== "bracket") continue;
    if (cannotRun(job.target)) diagnostics.push(nothingToRun(job.target));
    const names = isMessage ? new Set([...outside, "RESULT"]) : outside;
    for (const text of literalTexts(job.target)) diagnostics.push(...unquoted(text, names));
  }
  return diagnostics;
}

/** Each job, and whether the message of an event is its `$RESULT`. */
function* jobsWithMessages(tree: Jobflow): Generator<{ job: Job; isMessage: boolean }> {
  for (const chain of allChains(tree)) {
    let isMessage = false;
    for (const { job } of chain.links) {
      yield { job, isMessage };
      if (job.kind === "event") isMessage = true;
      else if (job.kind !== "assignment" && job.kind !== "update" && job.kind !== "builtin")
        isMessage = false;
    }
  }
}

/** The strings that are written in the bracket, also as parts of a `+`. */
function literalTexts(target: Expression): Expression[] {
  if (target.kind === "string") return [target];
  if (target.kind === "binary" && target.operator === "+" && holdsText(target))
    return [...literalOperands(target)];
  return [];
}

function holdsText(target: Expression): boolean {
  if (target.kind === "binary" && target.operator === "+")
    return holdsText(target.left) || holdsText(target.right);
  return target.kind === "string";
}

function* literalOperands(target: Expression): Generator<Expression> {
  if (target.kind === "binary" && target.operator === "+") {
    yield* literalOperands(target.left);
    yield* literalOperands(target.right);
  } else {
    yield target;
  }
}

function unquoted(text: Expression, outside: ReadonlySet<string>): Diagnostic[] {
  const warn = (span: { start: number; end: number }, name: string): Diagnostic => ({
    code: "command.unquoted",
    severity: "warning",
    span,
    message: `the value of '${name}' comes from outside and stands unquoted in a command`,
    hint: `Write \${sh(${name})}: whatever it holds is then one word for the shell.`,
  });
  const name = outsideName(text, outside);
  if (name) return [warn(text.span, name)];
  if (text.kind !== "string") return [];
  return text.parts.flatMap((part) => {
    if (part.kind === "text") return [];
    const found =
      part.kind === "variable"
        ? knownPart(part.word, outside)
        : outsideName(part.expression, outside);
    return found ? [warn(part.span, found)] : [];
  });
}

/** How the expression reads a value from outside, as it would be written; undefined if it does not. */
function outsideName(expression: Expression, outside: ReadonlySet<string>): string | undefined {
  switch (expression.kind) {
    case "name":
      return outside.has(expression.name) ? expression.name : undefined;
    case "special":
      return outside.has(expression.name) ? `$${expression.name}` : undefined;
    case "member": {
      const object = outsideName(expression.object, outside);
      return object && `${object}.${expression.name.text}`;
    }
    case "index": {
      const object = outsideName(expression.object, outside);
      return object && `${object}[…]`;
    }
    default:
      return undefined;
  }
}

/** `$word`, or its part before the first non-ASCII letter, if that is such a name. */
function knownPart(word: string, names: ReadonlySet<string>): string | undefined {
  const known = [word, /^[A-Za-z0-9_]+/.exec(word)?.[0]].find((name) => name && names.has(name));
  return known === "RESULT" ? "$RESULT" : known;
}

function namesFromOutside(tree: Jobflow): ReadonlySet<string> {
  const outside = new Set(tree.parameters.map(({ name }) => name.text));
  const flows: { name: string; value: Expression }[] = [];
  for (const { job, isMessage } of jobsWithMessages(tree)) {
    for (const { name, value } of bindings(job)) {
      flows.push({ name, value });
      if (isMessage && readsResult(value)) outside.add(name);
    }
  }
  // A name may be read above the place where it is written, in a loop: until nothing more is found.
  for (let size = -1; size !== outside.size;) {
    size = outside.size;
    for (const { name, value } of flows) if (carries(value, outside)) outside.add(name);
  }
  return outside;
}

function readsResult(value: Expression): boolean {
  if (value.kind === "special") return value.name === "RESULT";
  return passesOn(value).some(readsResult);
}

function carries(value: Expression, outside: ReadonlySet<string>): boolean {
  if (value.kind === "name") return outside.has(value.name);
  if (variableParts(value).some(({ word }) => knownPart(word, outside))) return true;
  return passesOn(value).some((operand) => carries(operand, outside));
}

/** The operands of which the value is made. A comparison is made of none: it gives true or false. */
function passesOn(value: Expression): Expression[] {
  if (value.kind === "call" || value.kind === "closure" || value.kind === "unary") return [];
  if (value.kind === "binary" && !["+", "and", "or"].includes(value.operator)) return [];
  if (value.kind === "conditional") return [value.then, value.else];
  if (value.kind === "index" || value.kind === "slice") return [value.object];
  return operandsOf(value);
}

function bindings(job: Job): { name: string; value: Expression }[] {
  if (job.kind === "assignment" || job.kind === "plain" || job.kind === "session")
    return job.assignments.map(({ name, value }) => ({ name: name.text, value }));
  if (job.kind === "for" || job.kind === "pfor")
    return job.names.map(({ text }) => ({ name: text, value: job.iterable }));
  return [];
}

function cannotRun(target: Expression): boolean {
  switch (target.kind) {
    case "literal":
    case "list":
    case "dictionary":
    case "pattern":
    case "unary":
      return true;
    case "binary":
      return target.operator !== "+" && target.operator !== "and" && target.operator !== "or";
    default:
      return false;
  }
}

function nothingToRun(target: Expression): Diagnostic {
  const isComparison = target.kind === "binary" && target.operator === "==";
  return {
    code: "command.nothing-to-run",
    severity: "warning",
    span: target.span,
    message: "this bracket runs nothing: it holds neither a command nor a flow",
    hint: isComparison
      ? "An assignment is written with one =."
      : "A command is a string: ['uname -a']; a call names a flow: [./flow].",
  };
}
