import type { OptionCheck } from "./field-kind.ts";
import { isJsonObject } from "./json.ts";

/** What the options of fields may be; each gives what was expected if the value is not that. */
export const isText: OptionCheck = (value) => (typeof value === "string" ? undefined : "a text");

export const isBoolean: OptionCheck = (value) =>
  typeof value === "boolean" ? undefined : "true or false";

export const isNumber: OptionCheck = (value) =>
  typeof value === "number" ? undefined : "a number";

export const isCount: OptionCheck = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : "a whole number, at least 0";

export const isTextList: OptionCheck = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((element) => typeof element === "string")
    ? undefined
    : "a list of texts";

/** A text, or one for each language: `{en: "Host", ja: "ホスト"}`. */
export const isLabel: OptionCheck = (value) =>
  typeof value === "string" ||
  (isJsonObject(value) && Object.values(value).every((text) => typeof text === "string"))
    ? undefined
    : "a text, or a text for each language such as {en, ja}";

export function isOneOf(...choices: string[]): OptionCheck {
  return (value) =>
    choices.some((choice) => choice === value) ? undefined : `one of ${choices.join(", ")}`;
}
