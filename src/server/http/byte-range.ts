/** The one range of bytes that a request asks for (RFC 9110, section 14). */
import { TsunagiError } from "#kernel";
import type { ByteRange } from "#objects";

/**
 * Undefined where all is to be sent: nothing, several ranges, or something else is asked for. Throws RANGE_INVALID if the
 * content has no such bytes.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const parts = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)$/i.exec(header?.trim() ?? "");
  if (parts === null) return undefined;
  const [, first = "", last = ""] = parts;
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  if (start >= size || start >= end) {
    throw new TsunagiError("RANGE_INVALID", `the file has ${size} bytes, and not those asked for`, {
      details: { size },
      hint: `ask for a range within bytes=0-${Math.max(0, size - 1)}`,
    });
  }
  return { start, end };
}
