import type { z } from "zod";

/**
 * Says what is wrong with a request in an operator's words. Values are never repeated: they may be secret.
 * What is not listed here is said in zod's words.
 */
export const faultText: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      // Of the whole body only: everything else stands in something.
      if (issue.input === undefined && (issue.path ?? []).length === 0) {
        return "it needs a body in JSON, and has none";
      }
      return `expected ${kindNames[issue.expected] ?? issue.expected}, got ${kindOf(issue.input)}`;
    case "unrecognized_keys":
      return `there is no ${issue.keys.map((key) => `'${key.slice(0, 100)}'`).join(", ")} here`;
    case "invalid_value":
      return `expected one of ${issue.values.map(String).filter(Boolean).join(", ")}`;
    case "too_big":
      return `expected at most ${issue.maximum}${issue.origin === "string" ? " characters" : ""}`;
    case "too_small":
      return `expected at least ${issue.minimum}${issue.origin === "string" ? " characters" : ""}`;
    default:
      return undefined;
  }
};

const kindNames: Record<string, string> = {
  object: "an object",
  record: "an object",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
};

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  // What `?limit=x` has become.
  if (typeof value === "number") return Number.isNaN(value) ? "something else" : "a number";
  if (Array.isArray(value)) return "a list";
  return kindNames[typeof value] ?? typeof value;
}
