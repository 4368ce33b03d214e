import { unreachable } from "#kernel";
import type {
  Expression,
  ForBlock,
  Jobflow,
  Name,
  NameExpression,
  PforBlock,
} from "../syntax/tree.ts";
import type { Span } from "../syntax/span.ts";
import { isSpecialName } from "../syntax/token.ts";
import { groupsIn, isContextName } from "./made-names.ts";
import {
  functionSteps,
  type CaseArm,
  type FunctionNode,
  type FunctionSteps,
  type NameStep,
  type VariablePart,
} from "./name-steps.ts";

export type { FunctionNode, VariablePart } from "./name-steps.ts";

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

export type NameNode = NameExpression | Name | VariablePart;

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
  /** What assignments and heads give it. */
  readonly values: Expression[];
  /** Of the only name of a loop: what that runs over. */
  elementsOf: Expression | null;
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
  /** Where there is no declaration: what could have been meant; the same list for all uses at one place. */
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

/** Of `$word` the part before the first letter that is not ASCII. */
export function asciiPart(word: string): string {
  return /^[A-Za-z0-9_]*/.exec(word)?.[0] ?? "";
}

interface Scope {
  readonly variables: Map<string, Declaration>;
  readonly around: Scope | null;
  readonly function: FunctionNames;
  /** What can be seen here, once somebody asked. */
  visible: readonly string[] | null;
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
    this.#function(functionSteps(tree), null);
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

  /** Its variables are made before anything in it is read (S4). */
  #function({ node, parameters, assigned, steps }: FunctionSteps, around: Scope | null): void {
    const scope = this.#openFunction(node, around);
    for (const name of parameters)
      scope.function.parameters.push(this.#define(scope, name, "parameter"));
    const [first] = steps;
    const isLoop = first?.kind === "loop";
    if (isLoop) scope.function.parameters.push(...this.#loopNames(first.loop, scope));
    for (const name of assigned)
      if (!find(scope, name.text))
        scope.function.assigned.push(this.#define(scope, name, "assigned"));
    this.#run(steps, scope, isLoop ? 1 : 0);
  }

  #run(steps: readonly NameStep[], outer: Scope, from = 0): void {
    let scope = outer;
    for (let index = from; index < steps.length; index++) {
      const step = steps[index] as NameStep;
      switch (step.kind) {
        case "name": {
          const { node } = step;
          const declaration = find(scope, node.name) ?? null;
          this.#use(node, node.name, node.span, step.place, declaration, scope);
          break;
        }
        case "word":
          this.#word(step.part, scope);
          break;
        case "context":
          this.#contextNames.push(step.name);
          break;
        case "assignment":
          this.#assignment(step.name, step.value, scope);
          break;
        case "head":
          this.#define(scope, step.name, "head").values.push(step.value);
          break;
        case "session":
          this.#define(scope, step.name, "session");
          break;
        case "loop":
          this.#loopNames(step.loop, scope);
          break;
        case "groups":
          this.#groups(step.arm, scope);
          break;
        case "open":
          scope = open(scope);
          break;
        case "close":
          scope = scope.around ?? scope;
          break;
        case "function":
          this.#function(step.function, scope);
          break;
        case "steps":
          this.#run(step.steps, scope);
          break;
        default:
          unreachable(step);
      }
    }
  }

  #loopNames({ names, iterable }: ForBlock | PforBlock, scope: Scope): Declaration[] {
    const made = names.map((name) => this.#define(scope, name, "loop"));
    const [only, other] = made;
    if (only && !other) only.elementsOf = iterable;
    return made;
  }

  #groups(arm: CaseArm, scope: Scope): void {
    const made = new Map<string, Declaration>();
    for (const pattern of arm.patterns.flat()) {
      for (const name of groupsIn(pattern)) {
        const declaration = made.get(name.text);
        if (declaration) this.#use(name, name.text, name.span, "group", declaration, scope);
        else made.set(name.text, this.#define(scope, name, "group"));
      }
    }
    this.#groupsOf.set(arm, [...made.values()]);
  }

  #assignment(name: Name, value: Expression, scope: Scope): void {
    const declaration = find(scope, name.text);
    if (!declaration) return;
    declaration.values.push(value);
    this.#use(name, name.text, name.span, "assignment", declaration, scope, value.span);
  }

  /** `$word`: the whole word, else its part before the first letter that is not ASCII. */
  #word(part: VariablePart, scope: Scope): void {
    const { word } = part;
    const whole = find(scope, word);
    const text = whole || isContextName(word) ? word : asciiPart(word) || word;
    if (isSpecialName(text)) return;
    const start = part.span.start + 1;
    const span = { start, end: start + text.length };
    if (isContextName(text)) this.#contextNames.push({ text, span: part.span });
    else this.#use(part, text, span, "string", whole ?? find(scope, text) ?? null, scope);
  }

  #use(
    node: NameNode,
    name: string,
    span: Span,
    place: Use["place"],
    declaration: Declaration | null,
    scope: Scope,
    value: Span | null = null,
  ): void {
    const visible = declaration ? nothing : allNames(scope);
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
    const declaration: Declaration = {
      name,
      kind,
      function: scope.function,
      uses: [],
      values: [],
      elementsOf: null,
    };
    scope.variables.set(name.text, declaration);
    scope.visible = null;
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
    return { variables: new Map(), around, function: names, visible: null };
  }
}

function open(around: Scope): Scope {
  return { variables: new Map(), around, function: around.function, visible: null };
}

function find(scope: Scope, name: string): Declaration | undefined {
  for (let at: Scope | null = scope; at; at = at.around) {
    const declaration = at.variables.get(name);
    if (declaration) return declaration;
  }
  return undefined;
}

const nothing: readonly string[] = [];

function allNames(scope: Scope): readonly string[] {
  if (scope.visible) return scope.visible;
  const names = new Set<string>();
  for (let at: Scope | null = scope; at; at = at.around)
    for (const name of at.variables.keys()) names.add(name);
  scope.visible = [...names];
  return scope.visible;
}
