/** What a field of kind `file` holds. The content is found by the hash; name and type are this object's own. */
import { isJsonObject, type Json } from "../json.ts";

export interface FileValue {
  name: string;
  /** A media type, as who uploaded it said: `image/jpeg`. */
  type: string;
  /** In bytes. */
  size: number;
  /** SHA-256 of the content, in hex. */
  hash: string;
}

export const unknownType = "application/octet-stream";

export function isFileValue(value: Json | undefined): value is Json & FileValue {
  return (
    isJsonObject(value) &&
    typeof value["name"] === "string" &&
    typeof value["type"] === "string" &&
    typeof value["size"] === "number" &&
    isHash(value["hash"])
  );
}

export function isHash(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** Nothing that is a path, that hides what it ends in, or that no file system takes. */
export function isFileName(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.isWellFormed() &&
    value !== "." &&
    value !== ".." &&
    /^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069/\\]{1,255}$/u.test(value)
  );
}

/** `image/jpeg`, without parameters, in small letters; undefined if it is none. */
export function toMediaType(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const essence = value.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/.test(essence)
    ? essence
    : undefined;
}

/** Whether a type is one of those that are accepted: `image/png`, or `image/*` for all images. */
export function isAccepted(type: string, accepted: readonly string[]): boolean {
  return accepted.some((each) => {
    const pattern = each.toLowerCase();
    return (
      pattern === "*/*" ||
      pattern === type ||
      (pattern.endsWith("/*") && type.startsWith(pattern.slice(0, -1)))
    );
  });
}
