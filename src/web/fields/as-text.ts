import type { Json } from "#contract";

/** A value as text: a text itself, nothing as nothing, everything else as JSON. */
export function asText(value: Json | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
