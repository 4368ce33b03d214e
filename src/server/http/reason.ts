import type { Ask } from "./route.ts";

/** By which a program says why it changes something, where the body has no room for it. */
export const reasonHeader = "tsunagi-reason";

const reasonMax = 1000;

/** The reason of a change: of the body, else of the header, where other letters than those of ASCII are percent-encoded. */
export function reasonOf(
  ask: Pick<Ask<unknown, unknown>, "request">,
  inBody?: string,
): { reason?: string } {
  if (inBody !== undefined) return { reason: inBody };
  const header = ask.request.headers[reasonHeader];
  if (typeof header !== "string" || header === "") return {};
  return { reason: decode(header).slice(0, reasonMax) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
