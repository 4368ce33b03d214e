import { unreachable } from "#kernel";
import type {
  Chain,
  ClosureExpression,
  Expression,
  Job,
  Jobflow,
  Link,
  StringPart,
} from "./tree.ts";

/**
 * The steps from a node of the tree to the nodes inside of it, for whoever reads the whole tree. Whoever needs more
 * than the steps, such as scopes, walks for himself.
 */

/** How a chain inside of a job runs: as part of it, as the body of a loop, or as a process of its own. */
export type ChainRole = "part" | "loop" | "child";

export function chainsOf(job: Job): { chain: Chain; role: ChainRole }[] {
  const chains: { chain: Chain; role: ChainRole }[] = [];
  const add = (chain: Chain | null | undefined, role: ChainRole = "part"): void => {
    if (chain) chains.push({ chain, role });
  };
  switch (job.kind) {
    case "bracket":
    case "assignment":
    case "update":
    case "event":
    case "builtin":
    case "error":
      break;
    case "if":
    case "case":
      for (const arm of job.arms) add(arm.chain);
      add(job.else?.chain);
      break;
    case "timeout":
      add(job.chain);
      add(job.else?.chain);
      break;
    case "choice":
      for (const arm of job.arms) add(arm.chain);
      break;
    case "for":
    case "while":
      add(job.chain, "loop");
      break;
    case "pfor":
      add(job.chain, "child");
      break;
    case "fork":
      for (const chain of job.chains) add(chain, "child");
      break;
    case "plain":
    case "lock":
    case "session":
      add(job.chain);
      break;
    default:
      unreachable(job);
  }
  return chains;
}

/** The expressions of a job itself, in the order written; not those of the chains in it. */
export function expressionsOf(job: Job): Expression[] {
  switch (job.kind) {
    case "bracket":
      return [job.target, ...job.arguments.map(({ value }) => value)];
    case "builtin":
      return job.arguments.map(({ value }) => value);
    case "assignment":
    case "plain":
    case "session":
      return job.assignments.map(({ value }) => value);
    case "update":
      return [job.target, job.value];
    case "event":
      return [job.channel];
    case "if":
      return job.arms.map(({ condition }) => condition);
    case "case":
      return [...job.subjects, ...job.arms.flatMap(({ patterns }) => patterns.flat())];
    case "for":
      return [job.iterable];
    case "pfor":
      return job.limit ? [job.iterable, job.limit] : [job.iterable];
    case "while":
      return [job.condition];
    case "choice":
      return job.arms.flatMap(({ after }) => after ?? []);
    case "timeout":
      return [job.seconds];
    case "lock":
      return [job.object];
    case "fork":
    case "error":
      return [];
    default:
      return unreachable(job);
  }
}

/** The expressions directly inside of an expression; of a closure, the defaults of its parameters. */
export function operandsOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case "literal":
    case "path":
    case "name":
    case "special":
    case "error":
      return [];
    case "string":
    case "pattern":
      return expression.parts.flatMap((part) =>
        part.kind === "expression" ? part.expression : [],
      );
    case "list":
      return expression.elements;
    case "dictionary":
      return expression.entries.map(({ value }) => value);
    case "closure":
      return expression.parameters.flatMap((parameter) => parameter.default ?? []);
    case "unary":
      return [expression.operand];
    case "binary":
      return [expression.left, expression.right];
    case "conditional":
      return [expression.then, expression.condition, expression.else];
    case "member":
      return [expression.object];
    case "index":
      return [expression.object, expression.index];
    case "slice":
      return [expression.object, expression.from, expression.to].flatMap(
        (operand) => operand ?? [],
      );
    case "call":
      return expression.arguments.map(({ value }) => value);
    default:
      return unreachable(expression);
  }
}

/** The expression, and whatever stands in it, but not the chains of closures. */
export function within(expression: Expression): Expression[] {
  const found: Expression[] = [];
  addWithin(expression, found);
  return found;
}

/** All jobs of the flow, also in closures. */
export function allJobs(tree: Jobflow): readonly Job[] {
  return contentsOf(tree).jobs;
}

/** All expressions of the flow, also in closures. */
export function allExpressions(tree: Jobflow): readonly Expression[] {
  return contentsOf(tree).expressions;
}

/**
 * What follows from a node and what stands in it, worked out once: an editor keeps the nodes that were not touched. What
 * it gives may hold spans of the tree, which are moved, but none that were made from them.
 */
export function remembered<Node extends object, Result>(
  workOut: (node: Node) => Result,
): (node: Node) => Result {
  const known = new WeakMap<Node, Result>();
  return (node) => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const result = workOut(node);
    known.set(node, result);
    return result;
  };
}

/** The closures that a job writes, outermost first, but not those in its chains. */
export const closuresOf = remembered((job: Job): readonly ClosureExpression[] => {
  const closures = expressionsOf(job).flatMap(closuresIn);
  return closures.length > 0 ? closures : noClosures;
});

const noClosures: readonly ClosureExpression[] = [];

/** The closures that are written in an expression, outermost first, but not those in their chains. */
export function closuresIn(expression: Expression): ClosureExpression[] {
  return within(expression).filter((inner) => inner.kind === "closure");
}

/** The words of `$name` in a string. */
export function variableParts(expression: Expression): Extract<StringPart, { kind: "variable" }>[] {
  if (expression.kind !== "string" && expression.kind !== "pattern") return [];
  return expression.parts.filter((part) => part.kind === "variable");
}

interface Contents {
  readonly jobs: Job[];
  readonly expressions: Expression[];
}

/** Every check goes through all of a tree, and an editor checks at every keystroke: so it is gone through once. */
const contentsKnown = new WeakMap<Jobflow, Contents>();

/** An editor keeps the jobs of the outermost chain that were not touched. */
const linksKnown = new WeakMap<Link, Contents>();

function contentsOf(tree: Jobflow): Contents {
  const known = contentsKnown.get(tree);
  if (known) return known;
  const contents: Contents = { jobs: [], expressions: [] };
  contentsKnown.set(tree, contents);
  for (const parameter of tree.parameters)
    if (parameter.default) addExpression(parameter.default, contents);
  if (!tree.chain) return contents;
  for (const { job } of tree.chain.links) contents.jobs.push(job);
  for (const link of tree.chain.links) addContents(contents, contentsOfLink(link));
  return contents;
}

/** What stands in the job of a link. */
function contentsOfLink(link: Link): Contents {
  const known = linksKnown.get(link);
  if (known) return known;
  const contents: Contents = { jobs: [], expressions: [] };
  addJob(link.job, contents);
  linksKnown.set(link, contents);
  return contents;
}

function addContents(to: Contents, from: Contents): void {
  for (const job of from.jobs) to.jobs.push(job);
  for (const expression of from.expressions) to.expressions.push(expression);
}

function addJob(job: Job, contents: Contents): void {
  for (const expression of expressionsOf(job)) addExpression(expression, contents);
  for (const inner of chainsOf(job)) addChain(inner.chain, contents);
}

function addChain(chain: Chain, contents: Contents): void {
  for (const { job } of chain.links) contents.jobs.push(job);
  for (const { job } of chain.links) addJob(job, contents);
}

function addExpression(expression: Expression, contents: Contents): void {
  const first = contents.expressions.length;
  addWithin(expression, contents.expressions);
  const end = contents.expressions.length;
  for (let index = first; index < end; index++) {
    const inner = contents.expressions[index];
    if (inner?.kind === "closure" && inner.chain) addChain(inner.chain, contents);
  }
}

function addWithin(expression: Expression, found: Expression[]): void {
  found.push(expression);
  for (const operand of operandsOf(expression)) addWithin(operand, found);
}
