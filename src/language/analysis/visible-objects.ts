import { parse } from "../syntax/parser.ts";
import type { VisibleField, VisibleObject, VisibleType } from "./surroundings.ts";

/** What surroundings tell of jobflows and types, made of what is kept of them, in a folder or on a server. */

/** What a caller may know of a jobflow with that source; nothing of one that does not parse. */
export function visibleJobflow(source: unknown): VisibleObject {
  const type = "Jobflow";
  const { tree, diagnostics } = parse(typeof source === "string" ? source : "");
  if (diagnostics.length > 0) return { type };
  const parameters = tree.parameters.map((parameter) => ({
    name: parameter.name.text,
    isRequired: parameter.default === null,
  }));
  return { type, parameters };
}

/** The fields that a type says it has, as its object or a file tells them; what is no field is left out. */
export function visibleType(fields: unknown): VisibleType {
  return { fields: Array.isArray(fields) ? fields.flatMap(visibleField) : [] };
}

function visibleField(field: unknown): VisibleField[] {
  if (typeof field !== "object" || field === null) return [];
  const { name, kind } = field as { name?: unknown; kind?: unknown };
  if (typeof name !== "string") return [];
  return [{ name, kind: typeof kind === "string" ? kind : "string" }];
}
