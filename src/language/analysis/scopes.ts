import { unreachable } from "#kernel";
import { groupNames } from "#machine";
import type {
  Assignment,
  Chain,
  ClosureExpression,
  Expression,
  Job,
  Jobflow,
  Name,
  StringPart,
} from "../syntax/tree.ts";
import type { Span } from "../syntax/span.ts";
import { operandsOf, expressionsOf } from "../syntax/walk.ts";
import { isSpecialName } from "../syntax/token.ts";

/**
 * Which names a flow makes and which it reads (LANGUAGE sections 2 and 5).
 *
 *   S1  an assignment makes a variable of the innermost flow, closure or child, unless a block around it in there has
 *       one of that name
 *   S2  names in heads, loop names and named groups end with their block or arm
 *   S3  a closure and a child see copies of what is around them
 *   S4  where a name is written decides, not when: an assignment further down makes the name, too
 */
export interface Names {
  variables: Variable[];
  reads: Read[];
  assignments: { name: Name; variable: Variable }[];
  /** Names of the context, `__host__` and the like, wherever they stand. */
  contextNames: Name[];
}

export interface Variable {
  name: Name;
  kind: "parameter" | "head" | "loop" | "group" | "session" | "assigned";
  isRead: boolean;
}

export interface Read {
  /** As written; the `$` of a string is not part of it. */
  name: string;
  span: Span;
  /** `string`: `$name`, which stays as it is if there is no such variable. */
  place: "expression" | "target" | "string";
  variable: Variable | null;
  /** What could have been meant. */
  visible: string[];
}

export function isContextName(name: string): boolean {
  return /^__.+__$/u.test(name);
}

export function findNames(tree: Jobflow): Names {
  const finder = new NameFinder();
  finder.flow(tree);
  return finder.names;
}

interface Scope {
  variables: Map<string, Variable>;
  around: Scope | null;
  /** Assignments make their variables here (S1). */
  isFunction: boolean;
}

class NameFinder {
  readonly names: Names = { variables: [], reads: [], assignments: [], contextNames: [] };

  flow(tree: Jobflow): void {
    const scope = open(null, true);
    for (const { name } of tree.parameters) this.define(scope, name, "parameter");
    if (tree.chain) this.collect(tree.chain, scope);
    for (const parameter of tree.parameters)
      if (parameter.default) this.expression(parameter.default, scope);
    this.chain(tree.chain, scope);
  }

  /** Makes the variables of a function (S4), before anything in it is read. */
  private collect(chain: Chain, scope: Scope): void {
    for (const { job } of chain.links) this.collectJob(job, scope);
  }

  private collectJob(job: Job, scope: Scope): void {
    if (job.kind === "assignment") {
      for (const { name } of job.assignments)
        if (!isContextName(name.text) && !findInFunction(scope, name.text))
          this.define(functionOf(scope), name, "assigned");
      return;
    }
    for (const { chain, made, isChild } of partsOf(job))
      if (chain && !isChild) {
        const inner = open(scope, false);
        // Only the names matter here; the variables are made when the block is read.
        for (const { name, kind } of made)
          inner.variables.set(name.text, { name, kind, isRead: false });
        this.collect(chain, inner);
      }
  }

  private chain(chain: Chain | null, scope: Scope): void {
    for (const { job } of chain?.links ?? []) this.job(job, scope);
  }

  private job(job: Job, scope: Scope): void {
    if (job.kind === "assignment") this.assignment(job.assignments, scope);
    else if (job.kind !== "plain" && job.kind !== "session")
      for (const [index, expression] of expressionsOf(job).entries())
        this.expression(expression, scope, job.kind === "bracket" && index === 0);
    for (const { chain, made, isChild } of partsOf(job)) {
      const inner = open(scope, isChild);
      if (job.kind === "plain" || job.kind === "session") this.head(job.assignments, inner);
      for (const { name, kind } of made) this.define(inner, name, kind);
      if (chain && isChild) this.collect(chain, inner);
      this.chain(chain, inner);
    }
  }

  private assignment(assignments: readonly Assignment[], scope: Scope): void {
    for (const { name, value } of assignments) {
      this.expression(value, scope);
      if (isContextName(name.text)) this.names.contextNames.push(name);
      const variable = findInFunction(scope, name.text);
      if (variable) this.names.assignments.push({ name, variable });
    }
  }

  /** From left to right: each name is there for the next. */
  private head(assignments: readonly Assignment[], scope: Scope): void {
    for (const { name, value } of assignments) {
      this.expression(value, scope);
      if (isContextName(name.text)) this.names.contextNames.push(name);
      else this.define(scope, name, "head");
    }
  }

  private expression(expression: Expression, scope: Scope, isTarget = false): void {
    if (expression.kind === "name") {
      const place = isTarget ? "target" : "expression";
      this.read(expression.name, expression.span, place, scope);
    }
    if (expression.kind === "closure") return this.closure(expression, scope);
    if (expression.kind === "string" || expression.kind === "pattern")
      for (const part of expression.parts) if (part.kind === "variable") this.word(part, scope);
    for (const operand of operandsOf(expression)) this.expression(operand, scope);
  }

  private closure(closure: ClosureExpression, around: Scope): void {
    const scope = open(around, true);
    for (const { name } of closure.parameters) this.define(scope, name, "parameter");
    if (closure.chain) this.collect(closure.chain, scope);
    for (const parameter of closure.parameters)
      if (parameter.default) this.expression(parameter.default, scope);
    this.chain(closure.chain, scope);
  }

  /** `$word`: the whole word, else its part before the first letter that is not ASCII. */
  private word(part: Extract<StringPart, { kind: "variable" }>, scope: Scope): void {
    const ascii = /^[A-Za-z0-9_]+/.exec(part.word)?.[0] ?? part.word;
    const isWhole = isContextName(part.word) || find(scope, part.word) !== undefined;
    if (isSpecialName(part.word) || (!isWhole && isSpecialName(ascii))) return;
    this.read(isWhole ? part.word : ascii, part.span, "string", scope);
  }

  private read(name: string, span: Span, place: Read["place"], scope: Scope): void {
    if (name === "self") return;
    if (isContextName(name)) {
      this.names.contextNames.push({ span, text: name });
      return;
    }
    const variable = find(scope, name) ?? null;
    this.names.reads.push({
      name,
      span,
      place,
      variable,
      visible: variable ? [] : allNames(scope),
    });
    // A function that assigns to a name of its surroundings begins with a copy of it (S3).
    for (let at: Scope | null = scope; at; at = at.around) {
      const seen = at.variables.get(name);
      if (seen) seen.isRead = true;
    }
  }

  private define(scope: Scope, name: Name, kind: Variable["kind"]): void {
    if (scope.variables.has(name.text)) return;
    const variable: Variable = { name, kind, isRead: false };
    scope.variables.set(name.text, variable);
    this.names.variables.push(variable);
  }
}

/** The chains in a job with the names that are made for them. */
function partsOf(
  job: Job,
): { chain: Chain | null; made: { name: Name; kind: Variable["kind"] }[]; isChild: boolean }[] {
  const part = (chain: Chain | null, made: { name: Name; kind: Variable["kind"] }[] = []) => ({
    chain,
    made,
    isChild: false,
  });
  switch (job.kind) {
    case "bracket":
    case "assignment":
    case "update":
    case "event":
    case "builtin":
    case "error":
      return [];
    case "plain":
      return [part(job.chain, headNames(job.assignments))];
    case "if":
    case "case": {
      const arms = job.arms.map((arm) =>
        part(arm.chain, "patterns" in arm ? groupsOf(arm.patterns.flat()) : []),
      );
      return job.else ? [...arms, part(job.else.chain)] : arms;
    }
    case "for":
      return [
        part(
          job.chain,
          job.names.map((name) => ({ name, kind: "loop" })),
        ),
      ];
    case "pfor": {
      const made = job.names.map((name) => ({ name, kind: "loop" as const }));
      return [{ chain: job.chain, made, isChild: true }];
    }
    case "fork":
      return job.chains.map((chain) => ({ chain, made: [], isChild: true }));
    case "choice":
      return job.arms.map(({ chain }) => part(chain));
    case "timeout":
      return job.else ? [part(job.chain), part(job.else.chain)] : [part(job.chain)];
    case "session":
      return [
        part(job.chain, [...headNames(job.assignments), { name: job.name, kind: "session" }]),
      ];
    case "while":
    case "lock":
      return [part(job.chain)];
    default:
      return unreachable(job);
  }
}

function headNames(assignments: readonly Assignment[]): { name: Name; kind: "head" }[] {
  return assignments
    .filter(({ name }) => !isContextName(name.text))
    .map(({ name }) => ({ name, kind: "head" }));
}

function groupsOf(patterns: readonly Expression[]): { name: Name; kind: "group" }[] {
  return patterns.flatMap((pattern) => {
    if (pattern.kind !== "pattern" || pattern.dialect !== "r") return [];
    const text = pattern.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
    return groupNames(text).map((group) => ({
      name: { span: pattern.span, text: group },
      kind: "group" as const,
    }));
  });
}

function open(around: Scope | null, isFunction: boolean): Scope {
  return { variables: new Map(), around, isFunction };
}

function find(scope: Scope, name: string): Variable | undefined {
  for (let at: Scope | null = scope; at; at = at.around) {
    const variable = at.variables.get(name);
    if (variable) return variable;
  }
  return undefined;
}

/** The variable that an assignment there changes, if it makes none. */
function findInFunction(scope: Scope, name: string): Variable | undefined {
  for (let at: Scope | null = scope; at; at = at.isFunction ? null : at.around) {
    const variable = at.variables.get(name);
    if (variable) return variable;
  }
  return undefined;
}

function functionOf(scope: Scope): Scope {
  let at = scope;
  while (!at.isFunction && at.around) at = at.around;
  return at;
}

function allNames(scope: Scope): string[] {
  const names = new Set<string>();
  for (let at: Scope | null = scope; at; at = at.around)
    for (const name of at.variables.keys()) names.add(name);
  return [...names];
}
