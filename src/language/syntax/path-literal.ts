import type { Span } from "./span.ts";
import { namePartLength } from "./character.ts";

type Report = (code: string, span: Span, message: string, hint: string | undefined) => void;

/** Reads a path that begins at that offset with `/` or `.`, and gives its unquoted text and where it ends. */
export function readPath(
  source: string,
  start: number,
  report: Report,
): { path: string; end: number } {
  let end = start;
  let path = "";
  if (source.charCodeAt(start) === dot) {
    end += source.charCodeAt(start + 1) === dot ? 2 : 1;
    path = source.slice(start, end);
  } else if (!startsSegment(source, start + 1) && source.charCodeAt(start + 1) !== slash) {
    return { path: "/", end: start + 1 };
  }
  while (source.charCodeAt(end) === slash) {
    if (startsSegment(source, end + 1)) {
      const segment = readSegment(source, end + 1, report);
      path += `/${segment.text}`;
      end = segment.end;
    } else {
      // A slash that touches a segment and nothing on its right is a slip, not a division.
      end++;
      if (source.charCodeAt(end) === slash)
        report(
          "syntax.path",
          { start, end },
          "a path has no empty segments",
          /https?:$/.test(source.slice(Math.max(0, start - 6), start))
            ? "An address is a text: 'https://…'."
            : "Write one '/'.",
        );
      else
        report(
          "syntax.path",
          { start, end },
          "a path does not end with '/'",
          "Leave the last '/' out.",
        );
    }
  }
  return { path, end };
}

function startsSegment(source: string, offset: number): boolean {
  const code = source.charCodeAt(offset);
  return isQuote(code) || namePartLength(source, offset) > 0 || dotsAt(source, offset) > 0;
}

/** The length of a segment `.` or `..` there; 0 if none does, such as in `/.field`: no name begins with a dot. */
function dotsAt(source: string, offset: number): number {
  if (source.charCodeAt(offset) !== dot) return 0;
  const length = source.charCodeAt(offset + 1) === dot ? 2 : 1;
  return namePartLength(source, offset + length) > 0 ? 0 : length;
}

function readSegment(source: string, start: number, report: Report): { text: string; end: number } {
  if (isQuote(source.charCodeAt(start))) return readQuotedSegment(source, start, report);
  let end = start + dotsAt(source, start);
  if (end === start) end = endOfSegment(source, start);
  return { text: source.slice(start, end), end };
}

/** Behind letters, digits, `_` and `-`; the `-` of a `->` is none of it. */
function endOfSegment(source: string, start: number): number {
  let end = start;
  for (;;) {
    const length = namePartLength(source, end);
    if (length > 0) end += length;
    else if (source.charCodeAt(end) === minus && source.charCodeAt(end + 1) !== greater) end++;
    else return end;
  }
}

function readQuotedSegment(
  source: string,
  start: number,
  report: Report,
): { text: string; end: number } {
  const quote = source.charAt(start);
  let end = start + 1;
  while (end < source.length && source.charAt(end) !== quote && source.charAt(end) !== "\n") end++;
  const text = source.slice(start + 1, end);
  if (source.charAt(end) !== quote) {
    report(
      "syntax.unclosed-string",
      { start, end },
      "the quoted segment of this path is not closed on its line",
      `Close it with ${quote}.`,
    );
    return { text, end };
  }
  end++;
  const hint = "Quote each segment for itself.";
  if (text === "") report("syntax.path", { start, end }, "a path has no empty segments", hint);
  if (text.includes("/"))
    report("syntax.path", { start, end }, "a segment of a path holds no '/'", hint);
  return { text, end };
}

function isQuote(code: number): boolean {
  return code === singleQuote || code === doubleQuote;
}

const doubleQuote = 34;
const singleQuote = 39;
const minus = 45;
const dot = 46;
const slash = 47;
const greater = 62;
