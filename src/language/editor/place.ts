import type { Token } from "../syntax/cursor.ts";
import type { Span } from "../syntax/span.ts";
import type { EditorDocument } from "./document.ts";
import { firstFrom, firstOfLink } from "./tokens.ts";

/**
 * Where in a text somebody is writing. Seen at the tokens before the cursor and the brackets that are open there, because
 * what is just being written does not parse.
 */
export type Place =
  | { kind: "nothing" }
  /** Behind the `$` of a string. */
  | { kind: "word"; span: Span }
  /** In a string; the index of its opening quote, and what of it is written. */
  | { kind: "text"; opening: number; span: Span }
  /** In a path: the part before the segment, and the segment. */
  | { kind: "path"; written: string; span: Span; whole: Span }
  /** Behind the dot of an operand, which ends before that token. */
  | { kind: "field"; dot: number; span: Span; frame: Frame }
  | { kind: "special"; span: Span }
  /** Where a value may begin; `isName`: where an argument, a variable to be set or a key may be named. */
  | { kind: "operand"; span: Span; frame: Frame; isName: boolean }
  | { kind: "head"; span: Span; frame: Frame }
  | { kind: "job"; span: Span; frame: Frame }
  /** Behind a value, or behind a job. */
  | { kind: "operator"; span: Span; frame: Frame }
  | { kind: "connector"; span: Span; frame: Frame };

/** The innermost bracket that is open, and where in it one is. */
export interface Frame {
  kind:
    | "flow"
    | "parameters"
    | "call"
    | "parentheses"
    | "job"
    | "list"
    | "block"
    | "closure"
    | "dictionary"
    | "interpolation";
  /** The index of its opening token; -1 in the outermost chain. */
  opening: number;
  /** The places of what stands directly in it: bars, colons, commas, `=`, `<<`. */
  marks: readonly { index: number; text: string }[];
}

export function placeAt(document: EditorDocument, offset: number): Place {
  return new PlaceFinder(document, offset).at(offset);
}

/** The calls and jobs that are open at a place, innermost first: for what the arguments there are. */
export function framesAt(document: EditorDocument, offset: number): Frame[] {
  const finder = new PlaceFinder(document, offset);
  const frames: Frame[] = [];
  let index = firstFrom(document.rawTokens, offset);
  for (;;) {
    const frame = finder.frame(index);
    frames.push(frame);
    if (frame.opening < 0) return frames;
    index = frame.opening;
  }
}

const operandWords: ReadonlySet<string> = new Set(["true", "false", "null", "self"]);

export class PlaceFinder {
  readonly #source: string;
  readonly #tokens: readonly Token[];

  /** Where the job of the outermost chain begins: nothing is open there. */
  readonly #floor: number;

  constructor(document: EditorDocument, offset: number) {
    this.#source = document.source;
    this.#tokens = document.rawTokens;
    this.#floor = firstOfLink(document, offset);
  }

  text(index: number): string {
    const token = this.#tokens[index];
    return token ? this.#source.slice(token.span.start, token.span.end) : "";
  }

  at(offset: number): Place {
    const last = firstFrom(this.#tokens, offset) - 1;
    const token = this.#tokens[last];
    const empty = { start: offset, end: offset };
    if (token && offset <= token.span.end) {
      const within = this.#inText(last, token, offset);
      if (within) return within;
    }
    if (
      token &&
      offset <= token.span.end &&
      (token.kind === "special" || this.text(last).startsWith("$"))
    )
      return token.edge === null
        ? { kind: "special", span: { ...token.span } }
        : this.#outside(last, empty);
    const path = this.#path(last, offset);
    if (path) return path;
    const isWord =
      token !== undefined &&
      offset <= token.span.end &&
      (token.kind === "name" || token.kind === "keyword" || token.kind === "number");
    return isWord ? this.#outside(last - 1, { ...token.span }) : this.#outside(last, empty);
  }

  /** In a comment or a string. */
  #inText(index: number, token: Token, offset: number): Place | null {
    if (token.kind === "comment") return { kind: "nothing" };
    const { start, end } = token.span;
    if (token.kind === "variable") return { kind: "word", span: { start: start + 1, end } };
    const isClosed = token.edge === "close" && offset >= end;
    const isText = token.kind === "string" || token.kind === "pattern";
    const isBehindBrace = token.kind === "operator" && token.edge === "close";
    if (!isBehindBrace && (!isText || isClosed)) return null;
    if (this.#source.charAt(offset - 1) === "$" && this.#source.charAt(offset - 2) !== "\\")
      return { kind: "word", span: { start: offset, end: offset } };
    const opening = this.#openingOfText(index);
    const from = this.#tokens[opening]?.span.end ?? start;
    const next = this.#tokens[opening + 1];
    const to = next && next.kind === token.kind && next.edge === null ? next.span.end : from;
    return { kind: "text", opening, span: { start: from, end: Math.max(from, to) } };
  }

  #openingOfText(index: number): number {
    let depth = 0;
    for (let at = index; at >= 0; at--) {
      const { edge, kind } = this.#tokens[at] as Token;
      if (edge === null) continue;
      if (edge === "close" && at !== index) depth++;
      else if (edge === "close" && kind === "operator") depth++;
      else if (edge === "open" && depth === 0) return at;
      else if (edge === "open") depth--;
    }
    return index;
  }

  /** A path that ends at the offset; also one that was skipped as single marks, in a job that is broken. */
  #path(last: number, offset: number): Place | null {
    let first = last;
    for (let end = offset; first >= 0; first--) {
      const token = this.#tokens[first] as Token;
      if (token.span.end < end || (token.span.end > end && first !== last)) return null;
      end = token.span.start;
      if (token.kind === "path") break;
      const text = this.text(first);
      const isStart =
        (text === "/" || text === "//" || text === ".") && !this.endsOperand(first - 1);
      if (isStart) break;
      // Behind a segment a dot reads a field.
      if (text === "." && this.endsOperand(first - 1)) return null;
      if (!/^(?:[\p{L}\p{M}\p{N}_-]+|[/.-]|\/\/)$/u.test(text)) return null;
    }
    const token = this.#tokens[first];
    if (!token) return null;
    const end = Math.max(offset, this.#tokens[last]?.span.end ?? offset);
    const whole = { start: token.span.start, end };
    const text = this.#source.slice(whole.start, offset);
    const slash = lastSlash(text);
    if (slash < 0) return { kind: "path", written: "", span: whole, whole };
    const start = whole.start + slash + 1;
    // What follows in other segments stays.
    const rest =
      /^(?:'[^'\n/]*'?|"[^"\n/]*"?|[^/]*)/.exec(this.#source.slice(start, end))?.[0] ?? "";
    const span = { start, end: Math.max(offset, start + rest.length) };
    return { kind: "path", written: text.slice(0, slash + 1), span, whole };
  }

  /** Behind the token of that index, outside of texts and paths. */
  #outside(previous: number, span: Span): Place {
    const frame = this.frame(previous + 1);
    const text = this.text(previous);
    const isAdjacent = this.#tokens[previous]?.span.end === span.start;
    if (text === "." && isAdjacent && this.endsOperand(previous - 1))
      return { kind: "field", dot: previous, span, frame };
    const ends = this.endsOperand(previous);
    switch (frame.kind) {
      case "flow":
      case "parameters":
      case "block":
      case "closure":
        return this.#inChain(previous, span, frame, ends);
      case "job":
      case "call":
      case "dictionary":
      case "list":
      case "parentheses":
      case "interpolation": {
        if (ends) return { kind: "operator", span, frame };
        const isName =
          previous === frame.opening || text === "," || (text === ":" && frame.kind === "job");
        return { kind: "operand", span, frame, isName };
      }
    }
  }

  #inChain(previous: number, span: Span, frame: Frame, ends: boolean): Place {
    const text = this.text(previous);
    if (frame.kind === "parameters" || (frame.kind === "closure" && this.#isInHead(frame)))
      return ends
        ? { kind: "operator", span, frame }
        : { kind: "operand", span, frame, isName: false };
    if (frame.kind === "block" && this.#isInHead(frame)) {
      if (previous === frame.opening) return { kind: "head", span, frame };
      const isName = text === ",";
      return ends ? { kind: "operator", span, frame } : { kind: "operand", span, frame, isName };
    }
    if (text === "<" && this.beginsJob(previous))
      return { kind: "operand", span, frame, isName: false };
    if (this.beginsJob(previous + 1)) return { kind: "job", span, frame };
    if (!ends) return { kind: "operand", span, frame, isName: false };
    return { kind: "connector", span, frame };
  }

  /** Whether the bar of a head is still to come. */
  #isInHead({ kind, marks, opening }: Frame): boolean {
    const bars = marks.filter(({ text }) => text === "|").length;
    if (kind === "closure") return bars < 2;
    return bars === 0 && this.text(opening + 1) !== "[";
  }

  /** Whether a job begins at the token of that index, if one does. */
  beginsJob(index: number): boolean {
    const before = this.#tokens[index - 1];
    if (!before || before.kind === "connector") return true;
    const text = this.text(index - 1);
    if (text !== "|" && text !== ":" && !(text === "{" && before.edge === null)) return false;
    const frame = this.frame(index);
    if (frame.kind === "flow") return text === "|";
    if (text === "{") return false;
    return (frame.kind === "block" || frame.kind === "closure") && !this.#isInHead(frame);
  }

  /** Whether a value or a job ends with that token. */
  endsOperand(index: number): boolean {
    const token = this.#tokens[index];
    if (!token) return false;
    const text = this.text(index);
    if (token.edge !== null) return token.edge === "close" && token.kind !== "operator";
    if (token.kind === "keyword")
      return operandWords.has(text) || text === "break" || text === "continue";
    if (token.kind === "operator")
      return (
        text === ")" || text === "]" || text === "}" || (text === ">" && this.#closesEvent(index))
      );
    return token.kind !== "connector" && token.kind !== "comment" && token.kind !== "invalid";
  }

  #closesEvent(index: number): boolean {
    for (let at = index - 1; at >= 0 && at > index - 12; at--)
      if (this.text(at) === "<") return this.beginsJob(at);
    return false;
  }

  /** The bracket that is open before the token of that index. */
  frame(before: number): Frame {
    const marks: { index: number; text: string }[] = [];
    let depth = 0;
    for (let index = before - 1; index >= this.#floor; index--) {
      const token = this.#tokens[index] as Token;
      if (token.kind !== "operator") continue;
      const text = this.text(index);
      const isOpening =
        token.edge === "open" ||
        (token.edge === null && (text === "(" || text === "[" || text === "{"));
      if (isOpening) {
        if (depth === 0) return this.#frameOf(index, token, marks.toReversed());
        depth--;
      } else if (token.edge === "close" || text === ")" || text === "]" || text === "}") {
        depth++;
      } else if (depth === 0 && marksKept.has(text)) {
        marks.push({ index, text });
      }
    }
    const bars = marks.filter(({ text }) => text === "|").length;
    return { kind: bars % 2 === 0 ? "flow" : "parameters", opening: -1, marks: marks.toReversed() };
  }

  #frameOf(opening: number, token: Token, marks: Frame["marks"]): Frame {
    const frame = (kind: Frame["kind"]): Frame => ({ kind, opening, marks });
    if (token.edge === "open") return frame("interpolation");
    const text = this.text(opening);
    if (text === "(") {
      const before = this.#tokens[opening - 1];
      return frame(before?.kind === "name" || before?.kind === "keyword" ? "call" : "parentheses");
    }
    const isJob = this.beginsJob(opening);
    if (text === "[") return frame(isJob ? "job" : "list");
    if (isJob) return frame("block");
    return frame(this.text(opening + 1) === "|" ? "closure" : "dictionary");
  }
}

const marksKept: ReadonlySet<string> = new Set(["|", ":", ",", "=", "<<"]);

/** The last slash of a path that stands in no quotes. */
function lastSlash(path: string): number {
  let quote = "";
  let found = -1;
  for (let index = 0; index < path.length; index++) {
    const character = path.charAt(index);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "/") found = index;
  }
  return found;
}
