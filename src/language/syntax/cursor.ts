import type { Diagnostic } from "../analysis/diagnostic.ts";
import type { Connector, ErrorNode } from "./tree.ts";
import type { JobRecord } from "./kept-jobs.ts";
import type { Span } from "./span.ts";
import { habitHint } from "./foreign-habits.ts";
import { Lexer } from "./lexer.ts";
import { asReservedWord, type TokenKind } from "./token.ts";

/** What a token is to the eye: for highlighting, and for the golden files. */
export interface Token {
  kind:
    | "comment"
    | "connector"
    | "keyword"
    | "name"
    | "number"
    | "operator"
    | "path"
    | "pattern"
    | "special"
    | "string"
    | "variable"
    | "invalid";
  span: Span;
  /** Of what stands between quotation marks, or between the `${` and `}` in them: where it begins or ends. */
  edge: "open" | "close" | null;
}

/** What is written down beside the tree while it is read, for who wants it. */
export interface Recording {
  /** With the comments, whose spans are those in the tree. */
  readonly tokens: Token[];
  /** All spans in the tree but those of comments, each once. */
  readonly spans: Span[];
  /** In the order in which they begin. */
  readonly jobs: JobRecord[];
}

/** Deeper trees than any person writes, shallow enough for every recursive reader of the tree on a small stack. */
export const nestingMax = 500;

/** What nobody reads: a file that is wrong in more places is wrong as a whole. */
export const diagnosticsMax = 100;

/** Thrown and caught inside the parser only: the fault is reported, the innermost job or head recovers. */
export const panic = new Error("the parser recovers");

/**
 * The parser's place in the source: the current token, the brackets that stand open, and what to do about a
 * fault. One mistake gives one diagnostic: nothing is expected twice at the same token.
 */
export abstract class Cursor {
  protected readonly lexer: Lexer;
  /** Where the token before the current one ended. */
  protected previousEnd = 0;
  protected depth = 0;
  /** The brackets that are open, with their places, innermost last. */
  protected readonly open: { kind: "(" | "[" | "{"; at: number }[] = [];
  readonly diagnostics: Diagnostic[] = [];
  protected readonly recording: Recording | null;
  /** How many of the comments stand among the recorded tokens. */
  #commentsRecorded = 0;
  /** No fault is reported at a token that begins here or before. */
  #quietUntil = -1;

  constructor(source: string, recording: Recording | null) {
    this.recording = recording;
    this.lexer = new Lexer(source, (code, span, message, hint) => {
      this.report(code, span, message, hint);
      // What was cut short also hides what should have followed.
      const end = code === "syntax.unclosed-string" ? span.end : span.start;
      this.#quietUntil = Math.max(this.#quietUntil, end);
    });
  }

  get comments(): Lexer["comments"] {
    return this.lexer.comments;
  }

  protected at(kind: TokenKind): boolean {
    return this.lexer.kind === kind;
  }

  protected atConnector(): boolean {
    return asConnector(this.lexer.kind) !== undefined;
  }

  /** A name, or a reserved word where a reserved word may be a name. */
  protected atWord(): boolean {
    return this.at("name") || asReservedWord(this.lexer.kind) !== undefined;
  }

  /** Whether the current word is followed by `=`, as in an assignment. */
  protected beforeEquals(): boolean {
    const [code, second] = this.lexer.peek();
    // Neither `==`, `=>` nor `=~`.
    return code === 61 && second !== 61 && second !== 62 && second !== 126;
  }

  protected before(character: string): boolean {
    return this.lexer.peek()[0] === character.charCodeAt(0);
  }

  protected advance(seenAs: Token["kind"] | null = highlight(this.lexer.kind)): void {
    const { kind, end } = this.lexer;
    if (kind === "(" || kind === "[" || kind === "{")
      this.open.push({ kind, at: this.lexer.start });
    else if (kind === ")" || kind === "]" || kind === "}") this.open.pop();
    this.record(seenAs, this.lexer.start, end);
    this.previousEnd = end;
    this.lexer.next();
  }

  /** Goes on behind a string or path that was read part by part. */
  protected resume(): void {
    this.previousEnd = this.lexer.end;
    this.lexer.next();
  }

  protected record(
    kind: Token["kind"] | null,
    start: number,
    end: number,
    edge: Token["edge"] = null,
  ): void {
    if (!this.recording || !kind || end <= start) return;
    this.recordComments(start);
    this.recording.tokens.push({ kind, span: { start, end }, edge });
  }

  /** Those before that offset, which are not recorded yet. */
  protected recordComments(before: number): void {
    const { comments, recording } = this;
    for (; this.#commentsRecorded < comments.length; this.#commentsRecorded++) {
      const { span } = comments[this.#commentsRecorded] as Lexer["comments"][number];
      if (span.start >= before) return;
      recording?.tokens.push({ kind: "comment", span, edge: null });
    }
  }

  /** Comments that are recorded already. */
  protected keepComments(comments: readonly Lexer["comments"][number][]): void {
    for (const comment of comments) this.comments.push(comment);
    this.#commentsRecorded = this.comments.length;
  }

  /** Gives away all comments so far. */
  protected takeComments(): Lexer["comments"] {
    this.recordComments(Infinity);
    this.#commentsRecorded = 0;
    return this.comments.splice(0);
  }

  protected take(kind: TokenKind): boolean {
    if (!this.at(kind)) return false;
    this.advance();
    return true;
  }

  /** Takes that token, or reports that it was expected and recovers. The end of the file closes every bracket. */
  protected expect(kind: TokenKind, hint?: string): void {
    if (this.take(kind)) return;
    const expected = `'${kind}'${this.#opener(kind)}`;
    if (!this.at("end") || !isClosing(kind)) this.fail(expected, hint);
    this.unexpected(expected, hint);
    this.open.pop();
    this.previousEnd = this.lexer.source.length;
  }

  /** Reports what was expected and found, and lets the innermost job or head recover. */
  protected fail(expected: string, hint?: string): never {
    this.unexpected(expected, hint);
    throw panic;
  }

  /** Reports what was expected and found, unless something was said about this token already. */
  protected unexpected(expected: string, hint?: string): void {
    const { start, end, source } = this.lexer;
    if (start <= this.#quietUntil) return;
    this.#quietUntil = start;
    // What is missing is missing where the line before ended.
    const isElsewhere = this.at("end") || source.slice(this.previousEnd, start).includes("\n");
    const span = isElsewhere
      ? { start: this.previousEnd, end: this.previousEnd }
      : { start, end: Math.max(end, start) };
    const habit = habitHint(expected, source, { start, previousEnd: this.previousEnd });
    const message = `expected ${expected}, found ${this.#found()}`;
    this.report("syntax.expected", span, message, habit ?? hint);
  }

  protected report(code: string, span: Span, message: string, hint?: string): void {
    if (this.diagnostics.length > diagnosticsMax) return;
    if (this.diagnostics.length === diagnosticsMax) {
      message = `there are more than ${diagnosticsMax} errors; the rest is not shown`;
      code = "syntax.too-many";
      hint = undefined;
    }
    this.diagnostics.push({ code, severity: "error", span, message, ...(hint && { hint }) });
  }

  /** No more about what follows up to here: it comes from the fault that was just reported. */
  protected quiet(): void {
    this.#quietUntil = Math.max(this.#quietUntil, this.lexer.end);
  }

  /** From there to the end of what was read last. */
  protected from(start: number): Span {
    return this.span(start, Math.max(start, this.previousEnd));
  }

  /** A span for the tree. */
  protected span(start: number, end: number): Span {
    const span = { start, end };
    this.recording?.spans.push(span);
    return span;
  }

  /** Whether nothing that was said so far keeps a fault at the current token from being reported. */
  protected get isQuiet(): boolean {
    return this.lexer.start <= this.#quietUntil;
  }

  protected errorNode(start: number): ErrorNode {
    return { kind: "error", span: this.from(start) };
  }

  /** Counts a level of nesting; whoever calls it sets `depth` back. */
  protected nest(): void {
    this.depth++;
    if (this.depth <= nestingMax) return;
    const { start, end } = this.lexer;
    this.report(
      "syntax.nesting",
      { start, end },
      `nested deeper than the limit of ${nestingMax} levels`,
      "Keep parts in variables, or in a jobflow of their own.",
    );
    this.lexer.stop();
    this.#quietUntil = this.lexer.end;
    throw panic;
  }

  /**
   * Skips to where reading can go on: a connector, a token that `stopsAt` names, or the `}` of the block around.
   * `base` is how many brackets were open where the faulty part began. With `closes`, also behind the bracket
   * that closes the faulty part itself.
   */
  protected recover(
    base: number,
    { stopsAt, closes }: { stopsAt: (kind: TokenKind) => boolean; closes: boolean },
  ): void {
    const reported = this.diagnostics.length;
    let level = this.open.length;
    for (;;) {
      const { kind } = this.lexer;
      if (kind === "end") break;
      if (kind === "string" || kind === "pattern") {
        this.skipString();
        continue;
      }
      if (kind === ")" || kind === "]" || kind === "}") {
        const match = this.open.findLastIndex((bracket) => bracket.kind === opening[kind]);
        if (match < base && kind === "}") break;
        if (match >= base) this.open.length = match + 1;
        // A closing bracket that nothing opened is skipped without touching the open ones.
        else this.open.push({ kind: opening[kind], at: this.lexer.start });
        this.advance();
        const wasOpen = match >= base && match < level;
        level = Math.min(level, this.open.length);
        if (closes && wasOpen && this.open.length === base) break;
        continue;
      }
      if (this.open.length === level && (stopsAt(kind) || (closes && asConnector(kind)))) break;
      this.advance();
    }
    this.open.length = Math.min(this.open.length, base);
    // Faults in what was skipped belong to the one that was reported.
    this.diagnostics.length = Math.min(this.diagnostics.length, reported);
  }

  /** Reads over a string without a word about it. */
  protected abstract skipString(): void;

  protected lineOf(offset: number): number {
    let line = 1;
    const { source } = this.lexer;
    for (let at = source.indexOf("\n"); at >= 0 && at < offset; at = source.indexOf("\n", at + 1))
      line++;
    return line;
  }

  #found(): string {
    const { kind, text } = this.lexer;
    if (kind === "end") return "the end of the file";
    if (kind === "string") return "a string";
    if (kind === "pattern") return "a pattern";
    return `'${text.length > 40 ? `${text.slice(0, 40)}…` : text}'`;
  }

  /** For a closing bracket, where the open one stands if that is another line. */
  #opener(kind: TokenKind): string {
    if (!isClosing(kind)) return "";
    const bracket = this.open.at(-1);
    if (bracket?.kind !== opening[kind]) return "";
    const line = this.lineOf(bracket.at);
    return line === this.lineOf(this.previousEnd)
      ? ""
      : ` for the '${bracket.kind}' in line ${line}`;
  }
}

function isClosing(kind: TokenKind): kind is ")" | "]" | "}" {
  return kind === ")" || kind === "]" || kind === "}";
}

const opening = { ")": "(", "]": "[", "}": "{" } as const;

export function asConnector(kind: TokenKind): Connector | undefined {
  return kind === "->" || kind === "=>" || kind === "->>" || kind === "=>>" ? kind : undefined;
}

function highlight(kind: TokenKind): Token["kind"] | null {
  if (kind === "end") return null;
  if (kind === "invalid" || kind === "name" || kind === "number" || kind === "special") return kind;
  if (kind === "path" || kind === "string" || kind === "pattern") return kind;
  if (asConnector(kind)) return "connector";
  return asReservedWord(kind) ? "keyword" : "operator";
}
