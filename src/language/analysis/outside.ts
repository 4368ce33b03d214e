import type { Span } from "../syntax/span.ts";
import type { Expression } from "../syntax/tree.ts";
import { operandsOf } from "../syntax/walk.ts";
import { isSpecialName } from "../syntax/token.ts";
import type { KnownValues } from "./known-values.ts";
import type { VariablePart } from "./name-steps.ts";
import { asciiPart, type Declaration, type Names } from "./resolver.ts";
import { isHarmlessGroup, isHarmlessPattern } from "./harmless-pattern.ts";

/** Where a value came from that nobody in the house wrote: a parameter, a message, the output of a command. */
export interface Origin {
  span: Span;
  /** Such as `the parameter 'host'`. */
  message: string;
}

/** What is known at one place of a flow: which variables, and which of the four, hold what came from outside. */
export interface Outside {
  readonly variables: ReadonlyMap<Declaration, Origin>;
  readonly result: Origin | null;
  readonly error: Origin | null;
}

/**
 * Follows values from outside through expressions. What `sh`, `integer` and the like give is harmless, and so is what a
 * comparison or arithmetic gives; the functions that pass a text on, as a whole or in parts, are named here.
 */
export class OutsideExpressions {
  readonly #names: Names;
  readonly #values: KnownValues;

  constructor(names: Names, values: KnownValues) {
    this.#names = names;
    this.#values = values;
  }

  originOf(expression: Expression, at: Outside): Origin | null {
    const from = (operand: Expression): Origin | null => this.originOf(operand, at);
    switch (expression.kind) {
      case "name":
        return this.#variable(this.#names.useAt.get(expression)?.declaration, at);
      case "special":
        return expression.name === "RESULT"
          ? at.result
          : expression.name === "ERROR"
            ? at.error
            : null;
      case "string":
      case "pattern":
        for (const part of expression.parts) {
          const origin = part.kind === "variable" ? this.ofWord(part, at) : null;
          if (origin) return origin;
        }
        return first(operandsOf(expression), from);
      case "binary":
        return this.#binary(expression, from);
      case "conditional":
        return from(expression.then) ?? from(expression.else);
      case "member":
        return this.#part(expression.object, expression.name.text, from);
      case "index":
        return this.#part(expression.object, constantKey(expression.index), from);
      case "slice":
        return from(expression.object);
      case "list":
      case "dictionary":
        return first(operandsOf(expression), from);
      case "call":
        return this.#call(expression, from);
      case "literal":
      case "path":
      case "closure":
      case "unary":
      case "error":
        return null;
    }
  }

  ofWord(part: VariablePart, at: Outside): Origin | null {
    const use = this.#names.useAt.get(part);
    if (use) return this.#variable(use.declaration, at);
    const name = isSpecialName(part.word) ? part.word : asciiPart(part.word);
    return name === "RESULT" ? at.result : name === "ERROR" ? at.error : null;
  }

  #variable(declaration: Declaration | null | undefined, at: Outside): Origin | null {
    return (declaration && at.variables.get(declaration)) ?? null;
  }

  #binary(
    { operator, left, right }: Extract<Expression, { kind: "binary" }>,
    from: (operand: Expression) => Origin | null,
  ): Origin | null {
    if (operator === "and" || operator === "or") return from(left) ?? from(right);
    // What is added to a number is a number.
    const isNumber = [left, right].some(
      (side) => side.kind === "literal" && typeof side.value === "number",
    );
    return operator === "+" && !isNumber ? (from(left) ?? from(right)) : null;
  }

  /** A part of what is written in full is that part only; so is a named group. */
  #part(
    object: Expression,
    key: string | number | undefined,
    from: (operand: Expression) => Origin | null,
  ): Origin | null {
    const value = this.#values.of(object);
    if (value?.kind === "dictionary") {
      const entry = value.entries.findLast((each) => each.key.text === key);
      if (entry) return from(entry.value);
    }
    if (value?.kind === "list" && typeof key === "number") {
      const element = value.elements.at(key);
      if (element) return from(element);
    }
    if (value?.kind === "call" && value.function.text === "match" && typeof key === "string") {
      const pattern = value.arguments[1]?.value;
      if (pattern && isHarmlessGroup(pattern, key)) return null;
    }
    return from(object);
  }

  #call(
    { function: { text }, arguments: given }: Extract<Expression, { kind: "call" }>,
    from: (operand: Expression) => Origin | null,
  ): Origin | null {
    const passed = passing[text];
    if (passed === undefined) return null;
    const pattern = given[1]?.value;
    if (text === "match" && pattern && isHarmlessPattern(pattern)) return null;
    const operands = given.filter((_, index) => passed === "all" || passed.includes(index));
    return first(
      operands.map(({ value }) => value),
      from,
    );
  }
}

/** The functions that give what they are given, or parts of it, and by which arguments. */
const passing: Readonly<Record<string, "all" | readonly number[]>> = {
  string: [0],
  upper: [0],
  lower: [0],
  strip: [0],
  split: [0],
  join: "all",
  replace: [0, 2],
  match: [0],
  pick: [0, 2],
  reverse: [0],
  unique: [0],
  sort: [0],
  min: "all",
  max: "all",
  keys: [0],
  values: [0],
  items: [0],
  merge: "all",
  json_parse: [0],
  json_format: [0],
  yaml_parse: [0],
  yaml_format: [0],
  csv_parse: [0],
  csv_format: [0],
  decode: [0],
};

export function first<Element>(
  elements: readonly Element[],
  from: (element: Element) => Origin | null,
): Origin | null {
  for (const element of elements) {
    const origin = from(element);
    if (origin) return origin;
  }
  return null;
}

function constantKey(index: Expression): string | number | undefined {
  if (index.kind === "literal" && typeof index.value === "number") return index.value;
  const [part] = index.kind === "string" ? index.parts : [];
  return index.kind === "string" && index.parts.length === 1 && part?.kind === "text"
    ? part.text
    : undefined;
}
