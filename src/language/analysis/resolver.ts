import { unreachable } from "#kernel";
import { groupNames } from "#machine";
import type {
  Assignment,
  CaseBlock,
  Chain,
  ClosureExpression,
  Expression,
  Job,
  Jobflow,
  Name,
  NameExpression,
  PforBlock,
  StringPart,
} from "../syntax/tree.ts";
import type { Span } from "../syntax/span.ts";
import { expressionsOf, operandsOf } from "../syntax/walk.ts";
import { isSpecialName } from "../syntax/token.ts";

/**
 * What each name of a flow means (LANGUAGE sections 2 and 5): for the checker, the compiler and the editor alike.
 *
 *   S1  an assignment makes a variable of the innermost flow, closure or child, unless a block around it in there, or
 *       what is around the function, has one of that name
 *   S2  names in heads, loop names and named groups end with their block or arm
 *   S3  a closure and a child work on copies of what is around them: the same declaration, captured
 *   S4  where a name is written decides, not when: an assignment further down makes the name, too
 */
export interface Names {
  /** In the order in which they are made. */
  readonly declarations: readonly Declaration[];
  /** Wherever a name is read or assigned to, also where there is none (`declaration` null). */
  readonly uses: readonly Use[];
  /** Names of the context, `__host__` and the like, wherever they stand. */
  readonly contextNames: readonly Name[];
  readonly functions: ReadonlyMap<FunctionNode, FunctionNames>;
  /** What stands at a node; of a name that is made, its declaration only. */
  readonly useAt: ReadonlyMap<NameNode, Use>;
  readonly declarationAt: ReadonlyMap<NameNode, Declaration>;
  /** The named groups of an arm of a `case`. */
  readonly groupsOf: ReadonlyMap<CaseArm, readonly Declaration[]>;
}

/** What has variables of its own: the flow, a closure, a chain of a `fork`, a `pfor`. */
export type FunctionNode = Jobflow | ClosureExpression | Chain | PforBlock;
export type VariablePart = Extract<StringPart, { kind: "variable" }>;
export type NameNode = NameExpression | Name | VariablePart;
type CaseArm = CaseBlock["arms"][number];

export interface FunctionNames {
  readonly node: FunctionNode;
  readonly around: FunctionNames | null;
  readonly parameters: Declaration[];
  /** What its assignments make. */
  readonly assigned: Declaration[];
  /** What it uses, or a function in it, from around it: it begins with copies (S3). */
  readonly captured: Set<Declaration>;
}

export interface Declaration {
  /** Where it is made, or the first assignment to it. */
  readonly name: Name;
  readonly kind: "parameter" | "head" | "loop" | "group" | "session" | "assigned";
  readonly function: FunctionNames;
  readonly uses: Use[];
}

export interface Use {
  readonly node: NameNode;
  /** The name alone: without the `$` of a string, and of `$serviceを` only what is replaced. */
  readonly name: string;
  readonly span: Span;
  /** `string`: `$name`, which stays as it is if there is no such variable; `group`: the name in a further pattern of the arm. */
  readonly place: "expression" | "target" | "channel" | "string" | "assignment" | "group";
  readonly declaration: Declaration | null;
  readonly function: FunctionNames;
  /** Where there is no declaration: what could have been meant. */
  readonly visible: readonly string[];
  /** Of an assignment: where the value stands that is assigned. */
  readonly value: Span | null;
}

/** What the names of the flow mean; worked out once for a tree, whoever asks. */
export function resolveNames(tree: Jobflow): Names {
  const known = resolved.get(tree);
  if (known) return known;
  const names = new Resolver().flow(tree);
  resolved.set(tree, names);
  return names;
}

const resolved = new WeakMap<Jobflow, Names>();

/** Every place where the name is written that was declared there, in order: for renaming, and for all that point to it. */
export function placesOf({ name, uses }: Declaration): Span[] {
  const spans = [name.span, ...uses.map(({ span }) => span)];
  const byStart = new Map(spans.map((span) => [span.start, span]));
  return [...byStart.values()].toSorted((a, b) => a.start - b.start);
}

export function isRead({ uses }: Declaration): boolean {
  return uses.some(({ place }) => place !== "assignment" && place !== "group");
}

export function isContextName(name: string): boolean {
  return /^__.+__$/u.test(name);
}

/** Of `$word` the part before the first letter that is not ASCII. */
export function asciiPart(word: string): string {
  return /^[A-Za-z0-9_]*/.exec(word)?.[0] ?? "";
}

/** The text of a pattern `r'…'`, in which nothing is replaced; undefined for all else. */
export function patternText(expression: Expression): string | undefined {
  if (expression.kind !== "pattern" || expression.dialect !== "r") return undefined;
  return expression.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

interface Scope {
  readonly variables: Map<string, Declaration>;
  readonly around: Scope | null;
  readonly function: FunctionNames;
}

class Resolver {
  readonly #declarations: Declaration[] = [];
  readonly #uses: Use[] = [];
  readonly #contextNames: Name[] = [];
  readonly #functions = new Map<FunctionNode, FunctionNames>();
  readonly #useAt = new Map<NameNode, Use>();
  readonly #declarationAt = new Map<NameNode, Declaration>();
  readonly #groupsOf = new Map<CaseArm, readonly Declaration[]>();

  flow(tree: Jobflow): Names {
    this.#function(tree, tree, null);
    return {
      declarations: this.#declarations,
      uses: this.#uses.toSorted((a, b) => a.span.start - b.span.start),
      contextNames: this.#contextNames,
      functions: this.#functions,
      useAt: this.#useAt,
      declarationAt: this.#declarationAt,
      groupsOf: this.#groupsOf,
    };
  }

  #function(
    node: FunctionNode,
    { parameters, chain }: Pick<Jobflow, "parameters" | "chain">,
    around: Scope | null,
  ): void {
    const scope = this.#openFunction(node, around);
    for (const { name } of parameters)
      scope.function.parameters.push(this.#define(scope, name, "parameter"));
    this.#collect(chain, scope);
    for (const parameter of parameters)
      if (parameter.default) this.#expression(parameter.default, scope);
    this.#chain(chain, scope);
  }

  /** Makes the variables of a function (S4), before anything in it is read. */
  #collect(chain: Chain | null, scope: Scope): void {
    for (const { job } of chain?.links ?? []) this.#collectJob(job, scope, new Set());
  }

  /** `bound`: what blocks around it in the function make. */
  #collectJob(job: Job, scope: Scope, bound: ReadonlySet<string>): void {
    if (job.kind === "assignment") {
      for (const { name } of job.assignments) {
        if (isContextName(name.text) || bound.has(name.text) || find(scope, name.text)) continue;
        scope.function.assigned.push(this.#define(scope, name, "assigned"));
      }
      return;
    }
    for (const { chain, made } of partsOf(job)) {
      const inner = made.length > 0 ? new Set([...bound, ...made]) : bound;
      for (const link of chain?.links ?? []) this.#collectJob(link.job, scope, inner);
    }
  }

  #chain(chain: Chain | null | undefined, scope: Scope): void {
    for (const { job } of chain?.links ?? []) this.#job(job, scope);
  }

  #job(job: Job, scope: Scope): void {
    if (job.kind === "plain" || job.kind === "session") return this.#headBlock(job, scope);
    if (job.kind === "assignment") return this.#assignment(job.assignments, scope);
    for (const [index, expression] of expressionsOf(job).entries())
      this.#expression(expression, scope, index === 0 ? placeOf(job) : undefined);
    switch (job.kind) {
      case "case":
        for (const arm of job.arms) this.#arm(arm, scope);
        return this.#chain(job.else?.chain, scope);
      case "for": {
        const inner = open(scope);
        for (const name of job.names) this.#define(inner, name, "loop");
        return this.#chain(job.chain, inner);
      }
      case "pfor": {
        const inner = this.#openFunction(job, scope);
        for (const name of job.names)
          inner.function.parameters.push(this.#define(inner, name, "loop"));
        this.#collect(job.chain, inner);
        return this.#chain(job.chain, inner);
      }
      case "fork":
        for (const chain of job.chains) this.#function(chain, { parameters: [], chain }, scope);
        return;
      case "if":
      case "choice":
      case "timeout":
      case "while":
      case "lock":
        for (const { chain } of partsOf(job)) this.#chain(chain, scope);
        return;
      case "bracket":
      case "update":
      case "event":
      case "builtin":
      case "error":
        return;
      default:
        unreachable(job);
    }
  }

  /** From left to right: each name is there for the next. */
  #headBlock(job: Extract<Job, { kind: "plain" | "session" }>, scope: Scope): void {
    const inner = open(scope);
    for (const { name, value } of job.assignments) {
      this.#expression(value, inner);
      if (isContextName(name.text)) this.#contextNames.push(name);
      else this.#define(inner, name, "head");
    }
    if (job.kind === "session") this.#define(inner, job.name, "session");
    this.#chain(job.chain, inner);
  }

  #arm(arm: CaseArm, scope: Scope): void {
    const inner = open(scope);
    const made = new Map<string, Declaration>();
    for (const pattern of arm.patterns.flat()) {
      for (const name of groupsIn(pattern)) {
        const declaration = made.get(name.text);
        if (declaration) this.#use(name, name, "group", declaration, inner);
        else made.set(name.text, this.#define(inner, name, "group"));
      }
    }
    this.#groupsOf.set(arm, [...made.values()]);
    this.#chain(arm.chain, inner);
  }

  #assignment(assignments: readonly Assignment[], scope: Scope): void {
    for (const { name, value } of assignments) {
      this.#expression(value, scope);
      if (isContextName(name.text)) this.#contextNames.push(name);
      const declaration = find(scope, name.text);
      if (declaration) this.#use(name, name, "assignment", declaration, scope, value.span);
    }
  }

  #expression(expression: Expression, scope: Scope, place: Use["place"] = "expression"): void {
    if (expression.kind === "name") this.#name(expression, scope, place);
    if (expression.kind === "closure") return this.#function(expression, expression, scope);
    if (expression.kind === "string" || expression.kind === "pattern")
      for (const part of expression.parts) if (part.kind === "variable") this.#word(part, scope);
    for (const operand of operandsOf(expression)) this.#expression(operand, scope);
  }

  #name(node: NameExpression, scope: Scope, place: Use["place"]): void {
    const { name: text, span } = node;
    if (text === "self") return;
    if (isContextName(text)) this.#contextNames.push({ span, text });
    else this.#use(node, { span, text }, place, find(scope, text) ?? null, scope);
  }

  /** `$word`: the whole word, else its part before the first letter that is not ASCII. */
  #word(part: VariablePart, scope: Scope): void {
    const { word } = part;
    const whole = find(scope, word);
    const text = whole || isContextName(word) ? word : asciiPart(word) || word;
    if (isSpecialName(text)) return;
    const start = part.span.start + 1;
    const name = { text, span: { start, end: start + text.length } };
    if (isContextName(text)) this.#contextNames.push({ text, span: part.span });
    else this.#use(part, name, "string", whole ?? find(scope, text) ?? null, scope);
  }

  #use(
    node: NameNode,
    { text: name, span }: Name,
    place: Use["place"],
    declaration: Declaration | null,
    scope: Scope,
    value: Span | null = null,
  ): void {
    const visible = declaration ? [] : allNames(scope);
    const where = scope.function;
    const use: Use = { node, name, span, place, declaration, function: where, visible, value };
    this.#uses.push(use);
    this.#useAt.set(node, use);
    if (!declaration) return;
    declaration.uses.push(use);
    for (let at = scope.function; at !== declaration.function;) {
      at.captured.add(declaration);
      if (!at.around) break;
      at = at.around;
    }
  }

  #define(scope: Scope, name: Name, kind: Declaration["kind"]): Declaration {
    const declaration = { name, kind, function: scope.function, uses: [] };
    scope.variables.set(name.text, declaration);
    this.#declarations.push(declaration);
    this.#declarationAt.set(name, declaration);
    return declaration;
  }

  #openFunction(node: FunctionNode, around: Scope | null): Scope {
    const names: FunctionNames = {
      node,
      around: around?.function ?? null,
      parameters: [],
      assigned: [],
      captured: new Set(),
    };
    this.#functions.set(node, names);
    return { variables: new Map(), around, function: names };
  }
}

/** The chains that run as part of a job, with the names that are made for them; not those of children. */
function partsOf(job: Job): { chain: Chain | null; made: readonly string[] }[] {
  switch (job.kind) {
    case "bracket":
    case "assignment":
    case "update":
    case "event":
    case "builtin":
    case "error":
    case "fork":
    case "pfor":
      return [];
    case "plain":
      return [{ chain: job.chain, made: headNames(job.assignments) }];
    case "session":
      return [{ chain: job.chain, made: [...headNames(job.assignments), job.name.text] }];
    case "case": {
      const arms = job.arms.map(({ chain, patterns }) => ({
        chain,
        made: patterns.flat().flatMap((pattern) => groupsOfText(patternText(pattern) ?? "")),
      }));
      return job.else ? [...arms, { chain: job.else.chain, made: [] }] : arms;
    }
    case "for":
      return [{ chain: job.chain, made: job.names.map(({ text }) => text) }];
    case "if":
    case "timeout": {
      const chains = job.kind === "if" ? job.arms.map(({ chain }) => chain) : [job.chain];
      return [...chains, ...(job.else ? [job.else.chain] : [])].map((chain) => ({
        chain,
        made: [],
      }));
    }
    case "choice":
      return job.arms.map(({ chain }) => ({ chain, made: [] }));
    case "while":
    case "lock":
      return [{ chain: job.chain, made: [] }];
    default:
      return unreachable(job);
  }
}

function placeOf(job: Job): Use["place"] {
  if (job.kind === "bracket") return "target";
  return job.kind === "event" ? "channel" : "expression";
}

function headNames(assignments: readonly Assignment[]): string[] {
  return assignments.flatMap(({ name }) => (isContextName(name.text) ? [] : name.text));
}

const groupsKnownMax = 500;
const groupsByText = new Map<string, readonly string[]>();

/** To compile an expression takes longer than to read a page of jobs, and the same few come again at every keystroke. */
function groupsOfText(text: string): readonly string[] {
  if (!text.includes("(?")) return [];
  const known = groupsByText.get(text);
  if (known) return known;
  if (groupsByText.size >= groupsKnownMax) groupsByText.clear();
  const names = groupNames(text);
  groupsByText.set(text, names);
  return names;
}

/** The named groups of a pattern, at the places where their names are written. */
function groupsIn(pattern: Expression): Name[] {
  const text = patternText(pattern);
  const [part] = pattern.kind === "pattern" ? pattern.parts : [];
  if (text === undefined || !part) return [];
  return groupsOfText(text).map((group) => {
    // What `r'…'` holds stays as it is written.
    const at = Math.max(text.indexOf(`?<${group}>`) + 2, text.indexOf(`?P<${group}>`) + 3);
    const start = part.span.start + at;
    return { text: group, span: { start, end: start + group.length } };
  });
}

function open(around: Scope): Scope {
  return { variables: new Map(), around, function: around.function };
}

function find(scope: Scope, name: string): Declaration | undefined {
  for (let at: Scope | null = scope; at; at = at.around) {
    const declaration = at.variables.get(name);
    if (declaration) return declaration;
  }
  return undefined;
}

function allNames(scope: Scope): string[] {
  const names = new Set<string>();
  for (let at: Scope | null = scope; at; at = at.around)
    for (const name of at.variables.keys()) names.add(name);
  return [...names];
}
