import { groupNames } from "#machine";
import type {
  Assignment,
  Chain,
  ClosureExpression,
  Expression,
  Job,
  Name,
  StringPart,
} from "../syntax/tree.ts";
import { expressionsOf, operandsOf } from "../syntax/walk.ts";

/**
 * The names that a function uses without a block of its own around that makes them, and those of them to which it
 * assigns. They are known before its code is written: an assignment further down makes the name, too, and what is
 * copied from around the function has its place from the beginning.
 */
export interface FreeNames {
  used: Set<string>;
  assigned: Set<string>;
}

type Bound = ReadonlySet<string>;
const nothing: Bound = new Set();

export function freeNames(
  chain: Chain | null,
  defaults: readonly (Expression | null)[] = [],
): FreeNames {
  const found: FreeNames = { used: new Set(), assigned: new Set() };
  for (const expression of defaults)
    if (expression !== null) addExpression(found, expression, nothing);
  addChain(found, chain, nothing);
  return found;
}

/** The named groups of the patterns of an arm. */
export function armGroups(patterns: readonly (readonly Expression[])[]): Set<string> {
  return new Set(patterns.flat().flatMap((pattern) => groupNames(patternText(pattern) ?? "")));
}

/** The text of a pattern `r'…'`, in which nothing is replaced; undefined for all else. */
export function patternText(expression: Expression): string | undefined {
  if (expression.kind !== "pattern" || expression.dialect !== "r") return undefined;
  return expression.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

export function isContextName(name: string): boolean {
  return /^__.+__$/u.test(name);
}

/** `$word`: the whole word, or its part before the first letter that is not ASCII. */
export function asciiPart(word: string): string {
  return /^[A-Za-z0-9_]*/.exec(word)?.[0] ?? "";
}

function addChain(found: FreeNames, chain: Chain | null, bound: Bound): void {
  for (const { job } of chain?.links ?? []) addJob(found, job, bound);
}

function addJob(found: FreeNames, job: Job, bound: Bound): void {
  if (job.kind === "plain" || job.kind === "session") return addHeadBlock(found, job, bound);
  for (const expression of expressionsOf(job)) addExpression(found, expression, bound);
  switch (job.kind) {
    case "assignment":
      for (const { name } of job.assignments) {
        if (!isContextName(name.text) && !bound.has(name.text)) found.assigned.add(name.text);
      }
      return;
    case "if":
      for (const arm of job.arms) addChain(found, arm.chain, bound);
      return addChain(found, job.else?.chain ?? null, bound);
    case "case":
      for (const arm of job.arms) {
        addChain(found, arm.chain, new Set([...bound, ...armGroups(arm.patterns)]));
      }
      return addChain(found, job.else?.chain ?? null, bound);
    case "for":
      return addChain(found, job.chain, withNames(bound, job.names));
    case "pfor":
      return addInner(found, freeNames(job.chain), withNames(nothing, job.names), bound);
    case "fork":
      for (const chain of job.chains) addInner(found, freeNames(chain), nothing, bound);
      return;
    case "choice":
      for (const arm of job.arms) addChain(found, arm.chain, bound);
      return;
    case "timeout":
      addChain(found, job.chain, bound);
      return addChain(found, job.else?.chain ?? null, bound);
    case "while":
    case "lock":
      return addChain(found, job.chain, bound);
    case "bracket":
    case "update":
    case "event":
    case "builtin":
    case "error":
      return;
  }
}

function addHeadBlock(
  found: FreeNames,
  job: { assignments: Assignment[]; chain: Chain | null; name?: Name },
  bound: Bound,
): void {
  const inner = new Set(bound);
  if (job.name !== undefined) inner.add(job.name.text);
  for (const { name, value } of job.assignments) {
    addExpression(found, value, inner);
    if (!isContextName(name.text)) inner.add(name.text);
  }
  addChain(found, job.chain, inner);
}

function addExpression(found: FreeNames, expression: Expression, bound: Bound): void {
  if (expression.kind === "name") addUse(found, expression.name, bound);
  if (expression.kind === "closure") return addClosure(found, expression, bound);
  if (expression.kind === "string" || expression.kind === "pattern") {
    for (const part of expression.parts) addWord(found, part, bound);
  }
  for (const operand of operandsOf(expression)) addExpression(found, operand, bound);
}

function addWord(found: FreeNames, part: StringPart, bound: Bound): void {
  if (part.kind !== "variable") return;
  addUse(found, part.word, bound);
  addUse(found, asciiPart(part.word), bound);
}

function addUse(found: FreeNames, name: string, bound: Bound): void {
  if (name !== "" && !bound.has(name)) found.used.add(name);
}

function addClosure(found: FreeNames, closure: ClosureExpression, bound: Bound): void {
  const names = freeNames(
    closure.chain,
    closure.parameters.map((parameter) => parameter.default),
  );
  addInner(
    found,
    names,
    withNames(
      nothing,
      closure.parameters.map(({ name }) => name),
    ),
    bound,
  );
}

/** What a function within uses, as far as it does not make it itself. An assignment there changes its own copy. */
function addInner(found: FreeNames, inner: FreeNames, own: Bound, bound: Bound): void {
  for (const name of [...inner.used, ...inner.assigned]) {
    if (!own.has(name)) addUse(found, name, bound);
  }
}

function withNames(bound: Bound, names: readonly Name[]): Bound {
  return new Set([...bound, ...names.map(({ text }) => text)]);
}
