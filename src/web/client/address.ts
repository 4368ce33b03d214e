/** The address of an object is its path, each name percent-encoded; the inverse of {@link pathOfAddress}. */
export function addressOfPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The path of the object that an address of this application shows; undefined if it shows none. */
export function pathOfAddress(pathname: string): string | undefined {
  try {
    const path = pathname.split("/").map(decodeURIComponent).join("/");
    return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
  } catch {
    return undefined;
  }
}

/** Where to go after the sign-in: only to a page of our own. */
export function safeNext(next: unknown): string {
  const isOwn =
    typeof next === "string" && /^\/(?![/\\])/.test(next) && !next.startsWith("/.login");
  return isOwn ? next : "/";
}
