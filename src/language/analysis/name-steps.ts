import { unreachable } from "#kernel";
import type {
  CaseBlock,
  Chain,
  ClosureExpression,
  Expression,
  ForBlock,
  Job,
  Jobflow,
  Name,
  NameExpression,
  PforBlock,
  PlainBlock,
  SessionBlock,
  StringPart,
} from "../syntax/tree.ts";
import { expressionsOf, operandsOf, remembered } from "../syntax/walk.ts";
import { assignedIn, isContextName } from "./made-names.ts";

/**
 * What a flow does with names, as steps in the order in which they are to be resolved: where one is read, made or assigned
 * to, and where scopes begin and end. What the names mean depends on what is around, the steps do not: so they are found
 * once for a job that an editor keeps, and the resolver reads them instead of the tree.
 */
export type NameStep =
  | { kind: "name"; node: NameExpression; place: NamePlace }
  /** `$name` in a string. */
  | { kind: "word"; part: VariablePart }
  | { kind: "context"; name: Name }
  | { kind: "assignment"; name: Name; value: Expression }
  /** These make names in the innermost scope. */
  | { kind: "head"; name: Name; value: Expression }
  | { kind: "session"; name: Name }
  | { kind: "loop"; loop: ForBlock | PforBlock }
  | { kind: "groups"; arm: CaseArm }
  | { kind: "open" }
  | { kind: "close" }
  /** What has variables of its own. */
  | { kind: "function"; function: FunctionSteps }
  /** Those of a block. */
  | { kind: "steps"; steps: readonly NameStep[] };

export interface FunctionSteps {
  readonly node: FunctionNode;
  readonly parameters: readonly Name[];
  /** To what it assigns: variables of its own, unless they are there already. */
  readonly assigned: readonly Name[];
  readonly steps: readonly NameStep[];
}

/** What has variables of its own: the flow, a closure, a chain of a `fork`, a `pfor`. */
export type FunctionNode = Jobflow | ClosureExpression | Chain | PforBlock;
export type VariablePart = Extract<StringPart, { kind: "variable" }>;
export type CaseArm = CaseBlock["arms"][number];
type NamePlace = "expression" | "target" | "channel";

export function functionSteps(node: FunctionNode): FunctionSteps {
  const steps: NameStep[] = [];
  if ("links" in node) {
    addChain(node, steps);
    return { node, parameters: [], assigned: assignedIn(node), steps };
  }
  if (node.kind === "pfor") {
    steps.push({ kind: "loop", loop: node });
    addChain(node.chain, steps);
    return { node, parameters: [], assigned: assignedIn(node.chain), steps };
  }
  for (const { default: value } of node.parameters) if (value) addExpression(value, steps);
  addChain(node.chain, steps);
  const parameters = node.parameters.map(({ name }) => name);
  return { node, parameters, assigned: assignedIn(node.chain), steps };
}

function addChain(chain: Chain | null | undefined, steps: NameStep[]): void {
  for (const { job } of chain?.links ?? []) {
    const inner = stepsOf(job);
    if (inner.length > fewSteps) steps.push({ kind: "steps", steps: inner });
    else for (const step of inner) steps.push(step);
  }
}

/** So many are copied rather than referred to. */
const fewSteps = 4;

const stepsOf = remembered((job: Job): readonly NameStep[] => {
  const steps: NameStep[] = [];
  addJob(job, steps);
  return steps;
});

function addJob(job: Job, steps: NameStep[]): void {
  if (job.kind === "plain" || job.kind === "session") return addHeadBlock(job, steps);
  if (job.kind === "assignment") {
    for (const { name, value } of job.assignments) {
      addExpression(value, steps);
      if (isContextName(name.text)) steps.push({ kind: "context", name });
      else steps.push({ kind: "assignment", name, value });
    }
    return;
  }
  const [first, ...others] = expressionsOf(job);
  if (first) addExpression(first, steps, placeOf(job));
  for (const expression of others) addExpression(expression, steps);
  switch (job.kind) {
    case "case":
      for (const arm of job.arms) {
        steps.push({ kind: "open" }, { kind: "groups", arm });
        closed(arm.chain, steps);
      }
      return addChain(job.else?.chain, steps);
    case "for":
      steps.push({ kind: "open" }, { kind: "loop", loop: job });
      return closed(job.chain, steps);
    case "pfor":
      steps.push({ kind: "function", function: functionSteps(job) });
      return;
    case "fork":
      for (const chain of job.chains)
        steps.push({ kind: "function", function: functionSteps(chain) });
      return;
    case "if":
    case "choice":
      for (const { chain } of job.arms) addChain(chain, steps);
      return job.kind === "if" ? addChain(job.else?.chain, steps) : undefined;
    case "timeout":
      addChain(job.chain, steps);
      return addChain(job.else?.chain, steps);
    case "while":
    case "lock":
      return addChain(job.chain, steps);
    case "bracket":
    case "event":
    case "update":
    case "builtin":
    case "error":
      return;
    default:
      unreachable(job);
  }
}

/** From left to right: each name is there for the next. */
function addHeadBlock(block: PlainBlock | SessionBlock, steps: NameStep[]): void {
  steps.push({ kind: "open" });
  for (const { name, value } of block.assignments) {
    addExpression(value, steps);
    if (isContextName(name.text)) steps.push({ kind: "context", name });
    else steps.push({ kind: "head", name, value });
  }
  if (block.kind === "session") steps.push({ kind: "session", name: block.name });
  closed(block.chain, steps);
}

/** What a name means that is the whole of the first expression. */
function placeOf({ kind }: Job): NamePlace {
  if (kind === "bracket") return "target";
  return kind === "event" ? "channel" : "expression";
}

function closed(chain: Chain | null, steps: NameStep[]): void {
  addChain(chain, steps);
  steps.push({ kind: "close" });
}

/** `place`: what a name means that is the whole expression. */
function addExpression(
  expression: Expression,
  steps: NameStep[],
  place: NamePlace = "expression",
): void {
  if (expression.kind === "name") {
    const { name: text, span } = expression;
    if (isContextName(text)) steps.push({ kind: "context", name: { span, text } });
    else if (text !== "self") steps.push({ kind: "name", node: expression, place });
    return;
  }
  if (expression.kind === "closure") {
    steps.push({ kind: "function", function: functionSteps(expression) });
    return;
  }
  if (expression.kind === "string" || expression.kind === "pattern")
    for (const part of expression.parts)
      if (part.kind === "variable") steps.push({ kind: "word", part });
  for (const operand of operandsOf(expression)) addExpression(operand, steps);
}
