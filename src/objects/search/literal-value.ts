import type { Comparison, Literal } from "#kernel";
import type { ParseContext } from "../field-kind.ts";
import { parseCondition } from "../field-input.ts";
import { isJsonObject, type Json } from "../json.ts";
import type { Field } from "../object-type.ts";

/** Options that say which values may be stored; what may be compared with them is not limited by those. */
const limits = new Set(["min", "max", "pattern", "version"]);

/** What a field's values are compared with for a literal: a stored value of its kind, or a fault. */
export async function toStored(
  field: Field,
  literal: Literal,
  path: string,
  context: ParseContext,
): Promise<Json> {
  const options = Object.fromEntries(
    Object.entries(field.options).filter(([name]) => !limits.has(name)),
  );
  return parseCondition({ ...field, options }, inputOf(field, literal), path, context);
}

/** The value as it would be given to be stored. */
function inputOf(field: Field, { kind, value }: Literal): Json {
  const { name } = field.kind;
  if (name === "choice" && typeof value === "string") return choiceOf(field, value);
  if (name === "datetime" && typeof value === "string" && isDay(value)) return `${value}T00:00:00Z`;
  if (typeof value === "number" && kind === "number" && field.kind.isText === true) {
    return String(value);
  }
  const isNumber = name === "integer" || name === "decimal" || name === "duration";
  if (isNumber && typeof value === "string" && /^[+-]?\d+(\.\d+)?$/.test(value))
    return Number(value);
  return value;
}

/** A choice may be meant by its label in any language. */
function choiceOf(field: Field, text: string): string {
  const choices = field.options["choices"];
  if (!Array.isArray(choices) || choices.includes(text)) return text;
  const named = choices.find((choice) => {
    if (!isJsonObject(choice)) return false;
    const { label } = choice;
    return label === text || (isJsonObject(label) && Object.values(label).includes(text));
  });
  return isJsonObject(named) && typeof named["value"] === "string" ? named["value"] : text;
}

/** A day, where an instant is compared, is all of that day in UTC: how `=`, `<` and the others read with its two ends. */
export function dayRange(
  operator: Comparison,
  literal: Literal,
): { operator: Comparison; at: "begin" | "end" }[] | undefined {
  if (typeof literal.value !== "string" || !isDay(literal.value)) return undefined;
  switch (operator) {
    case "=":
      return [
        { operator: ">=", at: "begin" },
        { operator: "<", at: "end" },
      ];
    case "<":
    case ">=":
      return [{ operator, at: "begin" }];
    case "<=":
      return [{ operator: "<", at: "end" }];
    case ">":
      return [{ operator: ">=", at: "end" }];
    case "!=":
    case "~":
    case "!~":
      return undefined;
  }
}

/** The day after a day. */
export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}
