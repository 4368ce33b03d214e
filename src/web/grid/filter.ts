import {
  parseSearch,
  printSearch,
  type Comparison,
  type Literal,
  type Search,
  type SearchCondition,
  type SearchFault,
  type Step,
} from "#kernel";

/**
 * A filter as chips: another face of the language of searches. What stands between `and`s is a chip each; what is
 * nested deeper than a group of `or`s stays text in a chip of its own. Nothing that can be written is lost.
 */
export type Chip =
  | { kind: "condition"; condition: ConditionChip }
  | { kind: "group"; conditions: ConditionChip[] }
  | { kind: "text"; text: string }
  | { kind: "other"; source: string };

/** A way, an operator, and what is compared with. */
export interface ConditionChip {
  /** As it is written: `rack.site.name`, `<-Server.rack`; empty for the place of the object itself. */
  way: string;
  operator: Operator;
  values: string[];
}

export const operators = [
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "~",
  "!~",
  "in",
  "not in",
  "empty",
  "exists",
  "under",
] as const;
export type Operator = (typeof operators)[number];

export type ReadFilter = { chips: Chip[] } | { fault: SearchFault };

export function chipsOf(text: string): ReadFilter {
  const parsed = parseSearch(text);
  if ("fault" in parsed) return { fault: parsed.fault };
  const { tree } = parsed;
  if (tree.kind === "all") return { chips: [] };
  return { chips: (tree.kind === "and" ? tree.of : [tree]).map(toChip) };
}

/** The text of the search that the chips are. */
export function textOf(chips: readonly Chip[]): string {
  const parts = chips.map((chip) => ({ text: chipText(chip), isOr: isOr(chip) }));
  if (parts.length === 1) return parts[0]?.text ?? "";
  return parts.map(({ text, isOr }) => (isOr ? `(${text})` : text)).join(" and ");
}

function isOr(chip: Chip): boolean {
  if (chip.kind === "group") return chip.conditions.length > 1;
  if (chip.kind !== "other") return false;
  const parsed = parseSearch(chip.source);
  return "tree" in parsed && (parsed.tree.kind === "or" || parsed.tree.kind === "and");
}

export function chipText(chip: Chip): string {
  switch (chip.kind) {
    case "condition":
      return conditionText(chip.condition);
    case "group":
      return chip.conditions.map(conditionText).join(" or ");
    case "text":
      return printSearch({ kind: "text", text: chip.text, at: 0 });
    case "other":
      return chip.source;
  }
}

export function conditionText({ way, operator, values }: ConditionChip): string {
  const written = values.map(valueText);
  switch (operator) {
    case "empty":
    case "exists":
      return `${way} ${operator}`;
    case "in":
    case "not in":
      return `${way} ${operator} (${written.join(", ")})`;
    case "under":
      return `${way} under ${pathText(values[0] ?? "/")}`.trim();
    default:
      return `${way} ${operator} ${written[0] ?? "''"}`;
  }
}

/** A value as a search writes it: what has a form of its own (numbers, days, paths) as it is, else in quotes. */
export function valueText(value: string): string {
  const parsed = parseSearch(`x = ${value}`);
  if ("tree" in parsed && parsed.tree.kind === "condition") {
    const { test } = parsed.tree;
    if (test.kind === "compare" && test.value.kind !== "text") return value;
  }
  return printSearch({ kind: "text", text: value, at: 0 });
}

function pathText(path: string): string {
  return printSearch({ kind: "under", path, at: 0 }).slice("under ".length);
}

function toChip(tree: Search): Chip {
  if (tree.kind === "text") return { kind: "text", text: tree.text };
  if (tree.kind === "or") {
    const conditions = tree.of.map(toCondition);
    if (conditions.every((each) => each !== undefined)) return { kind: "group", conditions };
  }
  const condition = toCondition(tree);
  return condition === undefined
    ? { kind: "other", source: printSearch(tree) }
    : { kind: "condition", condition };
}

function toCondition(tree: Search): ConditionChip | undefined {
  if (tree.kind === "under") return { way: "", operator: "under", values: [tree.path] };
  if (tree.kind === "not" && tree.of.kind === "condition" && tree.of.test.kind === "in") {
    const inner = toCondition(tree.of);
    return inner === undefined ? undefined : { ...inner, operator: "not in" };
  }
  if (tree.kind !== "condition") return undefined;
  const way = wayText(tree);
  const { test } = tree;
  switch (test.kind) {
    case "compare":
      return { way, operator: test.operator satisfies Comparison, values: [shown(test.value)] };
    case "in":
      return { way, operator: "in", values: test.values.map(shown) };
    case "empty":
    case "exists":
      return { way, operator: test.kind, values: [] };
    case "under":
      return { way, operator: "under", values: [test.path] };
  }
}

function wayText({ way }: SearchCondition): string {
  const printed = printSearch({ kind: "condition", way, test: { kind: "exists" }, at: 0 });
  return printed.slice(0, -" exists".length);
}

/** A value as it stands in a chip: without quotes. */
function shown(literal: Literal): string {
  if (literal.kind !== "duration") return String(literal.value);
  const text = printSearch({
    kind: "condition",
    way: [{ kind: "field", name: "x", at: 0 } satisfies Step],
    test: { kind: "compare", operator: "=", value: literal, at: 0 },
    at: 0,
  });
  return text.slice("x = ".length);
}
