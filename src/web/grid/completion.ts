import { choicesOf } from "../fields/definition.ts";
import type { Way } from "./columns.ts";
import { operatorsOf } from "./operators.ts";

/** What may stand at the end of a search that is being typed: a field, an operator, a value, or what joins conditions. */
export interface Completion {
  /** The whole text with it. */
  text: string;
  label: string;
  /** What it means. */
  note: string;
}

const offeredMax = 12;

/** Completions of the end of a text; nothing while a text in quotes is open. */
export function completionsOf(text: string, ways: readonly Way[]): Completion[] {
  if (((text.match(/(?<!\\)'/g) ?? []).length & 1) === 1) return [];
  const condition = lastCondition(text);
  const before = text.slice(0, text.length - condition.length);
  const whole = /^(\s*(?:not\s+)?)(\S+)\s+(not in|=|!=|<=?|>=?|!?~|in|under)\s*(\S*)$/.exec(
    condition,
  );
  if (whole !== null) {
    const [, lead = "", way = "", operator = "", started = ""] = whole;
    return valuesFor(ways, way, started).map(({ value, label }) => ({
      text: `${before}${lead}${way} ${operator} ${value} `,
      label: value,
      note: label === value ? "" : label,
    }));
  }
  const behindWay = /^(\s*(?:not\s+)?)(\S+)\s+(\S*)$/.exec(condition);
  const way = ways.find((each) => each.way === behindWay?.[2]);
  if (behindWay !== null && way !== undefined) {
    const [, lead = "", name = "", started = ""] = behindWay;
    return operatorsOf(way)
      .filter((operator) => operator.startsWith(started) && operator !== started)
      .map((operator) => ({
        text: `${before}${lead}${name} ${operator} `,
        label: operator,
        note: "",
      }));
  }
  const isWhole = /\S\s+$/.test(condition) && behindWay === null;
  if (isWhole || /(empty|exists)\s+$/.test(condition)) {
    return ["and", "or"].map((word) => ({ text: `${text}${word} `, label: word, note: "" }));
  }
  const [, lead = "", started = ""] = /^(\s*(?:not\s+)?)(\S*)$/.exec(condition) ?? [];
  const plain = started.toLowerCase();
  return ways
    .filter(
      ({ way, label }) =>
        way.toLowerCase().startsWith(plain) ||
        (plain !== "" && label.toLowerCase().includes(plain)),
    )
    .slice(0, offeredMax)
    .map(({ way, label }) => ({ text: `${before}${lead}${way} `, label: way, note: label }));
}

/** What stands behind the last `and`, `or` or bracket. */
function lastCondition(text: string): string {
  const parts = text.split(/(?<=\sand\s)|(?<=\sor\s)|(?<=\()(?![^)]*$)/i);
  return parts.at(-1) ?? "";
}

function valuesFor(
  ways: readonly Way[],
  name: string,
  started: string,
): { value: string; label: string }[] {
  const way = ways.find((each) => each.way === name);
  if (way === undefined) return [];
  const choices =
    way.field.kind === "boolean"
      ? ["true", "false"].map((value) => ({ value, label: value }))
      : choicesOf(way.field);
  return choices
    .map(({ value, label }) => ({ value: /^[\w-]+$/.test(value) ? value : `'${value}'`, label }))
    .filter(
      ({ value }) => value.toLowerCase().startsWith(started.toLowerCase()) && value !== started,
    );
}
