import { TsunagiError } from "#kernel";

/**
 * The address of an object is its path, percent-encoded segment by segment as UTF-8. Addresses of the system
 * begin with a dot, which no name at the root may do, so the two never meet.
 */

/** The same objects stand below this prefix, where the answer is data whatever the `Accept` header says. */
export const objectsPrefix = "/.api/v1/objects";

/** Splits a request target into the address and its query string (without `?`). */
export function splitTarget(target: string): { address: string; query: string } {
  const cut = target.indexOf("?");
  return cut < 0
    ? { address: target, query: "" }
    : { address: target.slice(0, cut), query: target.slice(cut + 1) };
}

/** Whether the query of a request target names a field: it is about that field's file, not about the object. */
export function namesField(target: string): boolean {
  return /[?&]field(?:=|&|$)/.test(target);
}

/** Whether an address is one of the system's. */
export function isSystemAddress(address: string): boolean {
  return address.startsWith("/.");
}

/** The path of the object at an address, which may begin with {@link objectsPrefix}. */
export function pathOfAddress(address: string): string {
  const isPrefixed = address === objectsPrefix || address.startsWith(`${objectsPrefix}/`);
  const rest = isPrefixed ? address.slice(objectsPrefix.length) : address;
  if (rest === "" || rest === "/") return "/";
  return `/${rest.slice(1).split("/").map(nameOfSegment).join("/")}`;
}

/** The address of an object; the inverse of {@link pathOfAddress}. */
export function addressOfPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function nameOfSegment(segment: string): string {
  if (segment === "") {
    throw invalid(
      "an address holds no empty segment",
      "Write one '/' between names, and none at the end.",
    );
  }
  let name: string;
  try {
    name = decodeURIComponent(segment);
  } catch {
    throw invalid(
      `'${segment.slice(0, 100)}' is not percent-encoded UTF-8`,
      "Encode each name of the path on its own, as encodeURIComponent does; '%' itself is '%25'.",
    );
  }
  if (name.includes("/")) {
    throw invalid(`'${segment.slice(0, 100)}' hides a '/' in a name`, "No name holds a '/'.");
  }
  if (name === "." || name === "..") {
    throw invalid(`'${name}' is no name of an object`, "Write the path from the root.");
  }
  return name;
}

function invalid(message: string, hint: string): TsunagiError {
  return new TsunagiError("ARGUMENT_INVALID", `the address is not valid: ${message}`, { hint });
}
