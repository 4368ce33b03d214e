import { unreachable } from "#kernel";
import type { Chain, ClosureExpression, Expression, Job, Jobflow, StringPart } from "./tree.ts";

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
export function* within(expression: Expression): Generator<Expression> {
  yield expression;
  for (const operand of operandsOf(expression)) yield* within(operand);
}

/** All chains of the flow, from the outside in, with those of closures. */
export function* allChains(tree: Jobflow): Generator<Chain> {
  for (const parameter of tree.parameters)
    if (parameter.default) yield* chainsWithin(parameter.default);
  if (tree.chain) yield* chainsIn(tree.chain);
}

/** All jobs of the flow, also in closures. */
export function* allJobs(tree: Jobflow): Generator<Job> {
  for (const chain of allChains(tree)) for (const { job } of chain.links) yield job;
}

/** All expressions of a chain and of whatever stands in it, closures included. */
export function* expressionsIn(chain: Chain): Generator<Expression> {
  for (const inner of chainsIn(chain))
    for (const { job } of inner.links)
      for (const expression of expressionsOf(job)) yield* within(expression);
}

/** All expressions of the flow, also in closures. */
export function* allExpressions(tree: Jobflow): Generator<Expression> {
  for (const parameter of tree.parameters) {
    if (!parameter.default) continue;
    yield* within(parameter.default);
    for (const chain of chainsWithin(parameter.default)) yield* expressionsIn(chain);
  }
  if (tree.chain) yield* expressionsIn(tree.chain);
}

/** The closures that a job writes, outermost first, but not those in its chains. */
export function closuresOf(job: Job): ClosureExpression[] {
  return expressionsOf(job).flatMap((expression) =>
    [...within(expression)].filter((inner) => inner.kind === "closure"),
  );
}

/** The words of `$name` in a string. */
export function variableParts(expression: Expression): Extract<StringPart, { kind: "variable" }>[] {
  if (expression.kind !== "string" && expression.kind !== "pattern") return [];
  return expression.parts.filter((part) => part.kind === "variable");
}

function* chainsIn(chain: Chain): Generator<Chain> {
  yield chain;
  for (const { job } of chain.links) {
    for (const expression of expressionsOf(job)) yield* chainsWithin(expression);
    for (const inner of chainsOf(job)) yield* chainsIn(inner.chain);
  }
}

function* chainsWithin(expression: Expression): Generator<Chain> {
  for (const inner of within(expression))
    if (inner.kind === "closure" && inner.chain) yield* chainsIn(inner.chain);
}
