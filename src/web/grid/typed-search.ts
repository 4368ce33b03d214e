import { parseSearch } from "#kernel";
import { textOf } from "./filter.ts";

/** A text by itself is looked for in names and in what is searched. */
export function typedSearch(text: string): string {
  const trimmed = text.trim();
  const isPlain = !/[=<>!~()'"]/.test(trimmed) && "fault" in parseSearch(trimmed);
  return isPlain ? textOf([{ kind: "text", text: trimmed }]) : trimmed;
}
