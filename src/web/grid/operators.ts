import { kindOf } from "../fields/field-kinds.ts";
import type { Way } from "./columns.ts";
import type { Operator } from "./filter.ts";

/** The operators that make sense for what stands at the end of a way; the usual one first. */
export function operatorsOf(way: Way | undefined): Operator[] {
  if (way === undefined) return ["="];
  const kind = kindOf(way.field);
  switch (way.field.kind) {
    case "object":
    case "objects":
      return way.way === "path" ? ["=", "under"] : ["=", "!=", "under", "empty", "exists"];
    case "boolean":
      return ["=", "!=", "empty"];
    case "choice":
    case "choices":
    case "user":
    case "group":
      return ["=", "!=", "in", "not in", "empty", "exists"];
    case "list":
      return ["=", "empty", "exists"];
    case "file":
    case "json":
    case "dictionary":
      return ["empty", "exists"];
    default:
      break;
  }
  if (kind.isNumeric === true || way.field.kind === "date" || way.field.kind === "datetime")
    return ["=", "!=", "<", "<=", ">", ">=", "empty", "exists"];
  if (way.way === "name" || way.way === "type") return ["=", "!=", "~", "!~", "in", "not in"];
  return ["~", "=", "!=", "!~", "in", "not in", "empty", "exists"];
}
