import type { Comment } from "./tree.ts";
import type { Span } from "./span.ts";
import {
  isAsciiLetter,
  isDigit,
  isForeignQuote,
  isForeignSpace,
  isNameStart,
  isWhiteSpace,
  namePartLength,
  toAsciiPunctuation,
} from "./character.ts";
import { asReservedWord, isSpecialName, type Punctuation, type TokenKind } from "./token.ts";

/**
 * Cuts the source into tokens, one at a time and never throwing: `next` reads the token after the current one.
 *
 * Two things depend on where the parser stands, so it asks for them: a path (`/` divides where an operator is
 * expected, `rescanPath` is called where an operand is), and the parts of a string (`nextPart`), because an
 * expression may stand in one. What no token can be made of is reported here, once, and becomes `invalid`.
 */
export class Lexer {
  readonly source: string;
  readonly comments: Comment[] = [];
  kind: TokenKind = "end";
  start = 0;
  end = 0;
  /** The value of the `number` token that was read last. */
  number = 0;
  /** How the string or pattern is written whose opening quote was read last. */
  style: StringStyle = { quote: 39, isTriple: false, dialect: null };
  isStopped = false;
  readonly #report: LexicalReport;
  /** Text before this offset has been looked at, so its comments and faults are known. */
  #seen = 0;

  constructor(source: string, report: LexicalReport) {
    this.source = source;
    this.#report = report;
  }

  /** The text of the current token. */
  get text(): string {
    return this.source.slice(this.start, this.end);
  }

  next(): void {
    this.#skipTrivia();
    this.start = this.end;
    this.kind = this.#scan();
    if (this.end > this.#seen) this.#seen = this.end;
  }

  /** The code of the character that follows the current token, after white space and comments, and of the one behind it. */
  peek(): [number, number] {
    let offset = this.end;
    for (;;) {
      const code = this.source.charCodeAt(offset);
      if (isWhiteSpace(code) || isForeignSpace(code)) offset++;
      else if (code === hash) offset = this.#endOfLine(offset);
      else return [toAsciiPunctuation(code), this.#at(offset + 1)];
    }
  }

  /**
   * Reads a path that begins with the current token, which is `/`, `//` or `.`, and gives its unquoted text. A dot
   * behind a segment is not part of it: it reads a field.
   */
  rescanPath(): string {
    const { source, start } = this;
    this.kind = "path";
    let offset = start;
    let path = "";
    if (source.charCodeAt(offset) === dot) {
      const length = this.#dotSegment(offset);
      path = source.slice(offset, offset + length);
      offset += length;
    } else if (!this.#startsSegment(offset + 1) && source.charCodeAt(offset + 1) !== slash) {
      this.end = start + 1;
      return "/";
    }
    while (source.charCodeAt(offset) === slash) {
      if (this.#startsSegment(offset + 1)) {
        const segment = this.#segment(offset + 1);
        path += `/${segment.text}`;
        offset = segment.end;
      } else {
        offset++;
        const isEmpty = source.charCodeAt(offset) === slash;
        this.#report(
          "syntax.path",
          { start, end: offset },
          isEmpty ? "a path has no empty segments" : "a path does not end with '/'",
          isEmpty ? "Write one '/'." : "Leave the last '/' out.",
        );
      }
    }
    this.end = offset;
    return path;
  }

  /** Takes only the `>` of a `>=`, for an event that is followed by `=>`. */
  splitGreater(): void {
    this.kind = ">";
    this.end = this.start + 1;
  }

  /** Reads the next part of the string whose opening quote, part or closing brace has just been read. */
  nextPart(style: StringStyle): Part {
    const part = this.#part(style);
    if (this.end > this.#seen) this.#seen = this.end;
    return part;
  }

  /** Goes on reading the string at that offset. */
  moveTo(offset: number): void {
    this.end = offset;
    if (offset > this.#seen) this.#seen = offset;
  }

  /** Ends the source here: what follows is not read. */
  stop(): void {
    this.isStopped = true;
    this.start = this.source.length;
    this.end = this.source.length;
    this.kind = "end";
  }

  #part(style: StringStyle): Part {
    const { source } = this;
    const start = this.end;
    let text = "";
    let copied = start;
    let offset = start;
    const found = (end: number): Part => {
      this.end = end;
      return { kind: "text", start, end, text: text + source.slice(copied, end) };
    };
    for (; offset < source.length; offset++) {
      const code = source.charCodeAt(offset);
      if (code === style.quote && this.#closes(style, offset)) {
        if (offset > start) return found(offset);
        this.end = offset + (style.isTriple ? 3 : 1);
        return { kind: "close", start, end: this.end };
      }
      if (code === lineFeed && !style.isTriple) break;
      if (code === backslash) {
        const escape = this.#escape(style, offset);
        if (escape) {
          text += source.slice(copied, offset) + escape.text;
          copied = offset + escape.length;
          offset += escape.length - 1;
        } else if (!style.isTriple && source.charCodeAt(offset + 1) !== lineFeed) {
          offset++;
        }
        continue;
      }
      if (code !== dollar || style.dialect === "r") continue;
      const follows = source.charCodeAt(offset + 1);
      if (follows === openBrace) {
        if (offset > start) return found(offset);
        this.end = offset + 2;
        return { kind: "expression", start, end: this.end };
      }
      if (!isNameStart(source, offset + 1)) continue;
      if (offset > start) return found(offset);
      this.end = this.#endOfName(offset + 1);
      return { kind: "variable", start, end: this.end, word: source.slice(offset + 1, this.end) };
    }
    if (offset > source.length) offset = source.length;
    if (offset > start) return found(offset);
    this.end = offset;
    return { kind: "unclosed", start, end: offset };
  }

  #closes(style: StringStyle, offset: number): boolean {
    if (!style.isTriple) return true;
    const { source } = this;
    return (
      source.charCodeAt(offset + 1) === style.quote && source.charCodeAt(offset + 2) === style.quote
    );
  }

  /** What the backslash at that offset makes of the characters behind it; undefined if it stays as it stands. */
  #escape(style: StringStyle, offset: number): { text: string; length: number } | undefined {
    const { source } = this;
    if (style.dialect === "r") return undefined;
    const code = source.charCodeAt(offset + 1);
    if (code === dollar) return { text: "$", length: 2 };
    if (style.isTriple) return undefined;
    if (code === 110) return { text: "\n", length: 2 };
    if (code === 116) return { text: "\t", length: 2 };
    if (code === backslash || code === singleQuote || code === doubleQuote)
      return { text: source.charAt(offset + 1), length: 2 };
    if (code === 117 && hexadecimal.test(source.slice(offset + 2, offset + 6))) {
      const unit = Number.parseInt(source.slice(offset + 2, offset + 6), 16);
      return { text: String.fromCharCode(unit), length: 6 };
    }
    return undefined;
  }

  #skipTrivia(): void {
    const { source } = this;
    let offset = this.end;
    for (;;) {
      const code = source.charCodeAt(offset);
      if (isWhiteSpace(code) || (code === 0xfeff && offset === 0)) {
        offset++;
      } else if (code === hash || (code > 127 && toAsciiPunctuation(code) === hash)) {
        const end = this.#endOfLine(offset);
        if (code !== hash) this.#foreign(offset, offset + 1, "#");
        else if (offset >= this.#seen)
          this.comments.push({ span: { start: offset, end }, text: source.slice(offset, end) });
        offset = end;
      } else if (isForeignSpace(code)) {
        const start = offset;
        while (isForeignSpace(source.charCodeAt(offset))) offset++;
        const name = code === 0x3000 ? "a full-width space" : `the space ${codePoint(code)}`;
        this.#fault(
          "syntax.full-width",
          start,
          offset,
          `${name} stands outside of a string`,
          "Type an ordinary blank.",
        );
      } else {
        break;
      }
    }
    this.end = offset;
    if (offset > this.#seen) this.#seen = offset;
  }

  #scan(): TokenKind {
    const { source, start } = this;
    if (start >= source.length) return "end";
    const first = source.charCodeAt(start);
    if (isAsciiLetter(first)) {
      this.end = this.#endOfName(start);
      return this.#word();
    }
    if (isDigit(first)) return this.#scanNumber();
    if (first === singleQuote || first === doubleQuote) return this.#openString(null, start);
    if (first === dollar) return this.#scanDollar();
    const mark = this.#punctuation(start);
    if (mark) {
      this.end = start + mark.length;
      // An arrow of one character stands for two.
      if (first === 0x2192 || first === 0x21d2) this.end = start + 1;
      if (first > 127 || source.charCodeAt(this.end - 1) > 127)
        this.#foreign(start, this.end, mark);
      return mark;
    }
    if (isNameStart(source, start)) {
      this.end = this.#endOfName(start);
      return this.#word();
    }
    return this.#scanInvalid(first);
  }

  #word(): TokenKind {
    const { source, start, end } = this;
    if (end - start === 1) {
      const follows = source.charCodeAt(end);
      const letter = source.charAt(start);
      if (
        (letter === "r" || letter === "g" || letter === "i") &&
        (follows === singleQuote || follows === doubleQuote)
      )
        return this.#openString(letter, end);
    }
    // No reserved word is longer than eight letters.
    return (end - start <= 8 && asReservedWord(source.slice(start, end))) || "name";
  }

  #openString(dialect: StringStyle["dialect"], offset: number): TokenKind {
    const { source } = this;
    const quote = source.charCodeAt(offset);
    const isTriple =
      source.charCodeAt(offset + 1) === quote && source.charCodeAt(offset + 2) === quote;
    this.style = { quote, isTriple, dialect };
    this.end = offset + (isTriple ? 3 : 1);
    return dialect ? "pattern" : "string";
  }

  #scanNumber(): TokenKind {
    const { source, start } = this;
    let offset = start;
    const digits = (): void => {
      while (isDigit(source.charCodeAt(offset))) offset++;
    };
    digits();
    const integerEnd = offset;
    if (source.charCodeAt(offset) === dot && isDigit(source.charCodeAt(offset + 1))) {
      offset++;
      digits();
    }
    const isExponent = exponent.exec(source.slice(offset, offset + 3));
    if (isExponent) {
      offset += isExponent[0].length;
      digits();
    }
    this.number = Number(source.slice(start, offset));
    const numberEnd = offset;
    const tail = this.#endOfName(offset);
    this.end = tail;
    const text = source.slice(start, tail);
    if (tail > numberEnd)
      this.#fault(
        "syntax.number",
        start,
        tail,
        `'${text}' is no number, and a name does not begin with a digit`,
        /^\d+(ms|s|m|h|d|sec|min)$/.test(text)
          ? "Times are written as a number of seconds."
          : "Write a text in quotes.",
      );
    else if (integerEnd - start > 1 && source.charCodeAt(start) === 48)
      this.#fault(
        "syntax.number",
        start,
        tail,
        `the number '${text}' begins with 0`,
        `Leave the zero out, or write '${text}' in quotes to keep it.`,
      );
    else if (!Number.isFinite(this.number) || isInexact(this.number))
      this.#fault(
        "syntax.number",
        start,
        tail,
        `the number ${text} is too large to be exact`,
        "Write it in quotes; integers are exact up to 9007199254740991.",
      );
    return "number";
  }

  #scanDollar(): TokenKind {
    const { source, start } = this;
    this.end = this.#endOfName(start + 1);
    const word = source.slice(start + 1, this.end);
    if (isSpecialName(word)) return "special";
    if (word === "") return this.#scanInvalid(dollar);
    this.#fault(
      "syntax.dollar",
      start,
      this.end,
      `'$${word}' stands outside of a string`,
      `Outside of strings a variable is written without the dollar: ${word}.`,
    );
    return "invalid";
  }

  #punctuation(offset: number): Punctuation | undefined {
    const first = this.#at(offset);
    const second = this.#at(offset + 1);
    switch (first) {
      case 40:
        return "(";
      case 41:
        return ")";
      case 91:
        return "[";
      case 93:
        return "]";
      case 123:
        return "{";
      case 125:
        return "}";
      case 124:
        return "|";
      case 44:
        return ",";
      case 58:
        return ":";
      case 46:
        return ".";
      case 43:
        return "+";
      case 42:
        return "*";
      case 37:
        return "%";
      case 47:
        return second === slash ? "//" : "/";
      case 45:
        if (second !== greater) return "-";
        return this.#at(offset + 2) === greater ? "->>" : "->";
      case 61:
        if (second === equals) return "==";
        if (second === 126) return "=~";
        if (second !== greater) return "=";
        return this.#at(offset + 2) === greater ? "=>>" : "=>";
      case 33:
        if (second === equals) return "!=";
        return second === 126 ? "!~" : undefined;
      case 60:
        if (second === 60) return "<<";
        return second === equals ? "<=" : "<";
      case 62:
        return second === equals ? ">=" : ">";
      case 0x2192:
        return "->";
      case 0x21d2:
        return "=>";
      default:
        return undefined;
    }
  }

  /** Takes everything up to what may be a token again, and says once what it was. */
  #scanInvalid(first: number): TokenKind {
    const { source, start } = this;
    let offset = start + 1;
    if (isForeignQuote(first)) {
      while (offset < source.length && !isForeignQuote(source.charCodeAt(offset))) {
        if (source.charCodeAt(offset) === lineFeed) break;
        offset++;
      }
      if (isForeignQuote(source.charCodeAt(offset))) offset++;
      this.end = offset;
      this.#fault(
        "syntax.full-width",
        start,
        start + 1,
        `the quotation mark ${source.charAt(start)} does not begin a string`,
        "Strings stand between ' and ' or between \" and \".",
      );
      return "invalid";
    }
    while (offset < source.length && this.#isUnknown(offset)) offset++;
    this.end = offset;
    const text = source.slice(start, offset);
    this.#fault(
      "syntax.character",
      start,
      offset,
      `unexpected ${describeCharacters(text)}`,
      characterHints[text],
    );
    return "invalid";
  }

  #isUnknown(offset: number): boolean {
    const code = this.source.charCodeAt(offset);
    return !(
      isWhiteSpace(code) ||
      isForeignSpace(code) ||
      isForeignQuote(code) ||
      isDigit(code) ||
      code === singleQuote ||
      code === doubleQuote ||
      code === dollar ||
      code === hash ||
      this.#punctuation(offset) ||
      isNameStart(this.source, offset)
    );
  }

  #at(offset: number): number {
    return toAsciiPunctuation(this.source.charCodeAt(offset));
  }

  #endOfName(offset: number): number {
    let end = offset;
    for (;;) {
      const length = namePartLength(this.source, end);
      if (length === 0) return end;
      end += length;
    }
  }

  #endOfLine(offset: number): number {
    const end = this.source.indexOf("\n", offset);
    if (end < 0) return this.source.length;
    return this.source.charCodeAt(end - 1) === 13 && end > offset ? end - 1 : end;
  }

  #startsSegment(offset: number): boolean {
    const code = this.source.charCodeAt(offset);
    if (code === singleQuote || code === doubleQuote) return true;
    return namePartLength(this.source, offset) > 0 || this.#dotSegment(offset) > 0;
  }

  /** The length of a segment `.` or `..` there; 0 if none does. */
  #dotSegment(offset: number): number {
    const { source } = this;
    if (source.charCodeAt(offset) !== dot) return 0;
    return source.charCodeAt(offset + 1) === dot ? 2 : 1;
  }

  #segment(offset: number): { text: string; end: number } {
    const { source } = this;
    const code = source.charCodeAt(offset);
    if (code === singleQuote || code === doubleQuote) return this.#quotedSegment(offset, code);
    const dots = this.#dotSegment(offset);
    if (dots > 0) return { text: source.slice(offset, offset + dots), end: offset + dots };
    let end = offset;
    for (;;) {
      const length = namePartLength(source, end);
      if (length > 0) end += length;
      else if (source.charCodeAt(end) === minus && source.charCodeAt(end + 1) !== greater) end++;
      else return { text: source.slice(offset, end), end };
    }
  }

  #quotedSegment(offset: number, quote: number): { text: string; end: number } {
    const { source } = this;
    let end = offset + 1;
    while (end < source.length) {
      const code = source.charCodeAt(end);
      if (code === quote || code === lineFeed) break;
      end++;
    }
    const text = source.slice(offset + 1, end);
    if (source.charCodeAt(end) !== quote) {
      this.#fault(
        "syntax.unclosed-string",
        offset,
        end,
        "the quoted segment of this path is not closed on its line",
        `Close it with ${String.fromCharCode(quote)}.`,
      );
      return { text, end };
    }
    if (text === "" || text.includes("/"))
      this.#fault(
        "syntax.path",
        offset,
        end + 1,
        text === "" ? "a path has no empty segments" : "a segment of a path holds no '/'",
        "Quote each segment for itself.",
      );
    return { text, end: end + 1 };
  }

  #foreign(start: number, end: number, meant: string): void {
    const text = this.source.slice(start, end);
    this.#fault(
      "syntax.full-width",
      start,
      end,
      `'${text}' is not '${meant}'`,
      `Type ${meant} with ordinary (half-width) characters.`,
    );
  }

  #fault(code: string, start: number, end: number, message: string, hint?: string): void {
    // What lies before `#seen` is read a second time, and was reported the first time.
    if (end <= this.#seen) return;
    this.#report(code, { start, end }, message, hint);
  }
}

export interface StringStyle {
  /** The code of the quotation mark. */
  quote: number;
  isTriple: boolean;
  /** Null: a string, else a pattern. */
  dialect: "r" | "g" | "i" | null;
}

/** A piece of a string: `expression` is the `${` only, `unclosed` stands where the string should have ended. */
export type Part =
  | { kind: "text"; start: number; end: number; text: string }
  | { kind: "variable"; start: number; end: number; word: string }
  | { kind: "expression"; start: number; end: number }
  | { kind: "close"; start: number; end: number }
  | { kind: "unclosed"; start: number; end: number };

export type LexicalReport = (
  code: string,
  span: Span,
  message: string,
  hint: string | undefined,
) => void;

const hash = 35;
const dollar = 36;
const doubleQuote = 34;
const singleQuote = 39;
const backslash = 92;
const openBrace = 123;
const lineFeed = 10;
const slash = 47;
const dot = 46;
const minus = 45;
const greater = 62;
const equals = 61;

const hexadecimal = /^[0-9a-fA-F]{4}$/;
const exponent = /^[eE][+-]?\d/;

const characterHints: Record<string, string> = {
  "&": "Write 'and' in a condition, '->>' between jobs.",
  "&&": "Write 'and' in a condition, '->>' between jobs.",
  ";": "Jobs are joined by ->, =>, ->> or =>>.",
  "!": "Write 'not'.",
  "\\": "A line may go on anywhere without a backslash.",
  "`": "Strings stand between ' and ' or between \" and \".",
  "?": "Write 'a if condition else b'.",
};

function isInexact(value: number): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function codePoint(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

function describeCharacters(text: string): string {
  const code = text.codePointAt(0) ?? 0;
  const isOne = text.length === (code > 0xffff ? 2 : 1);
  if (/^\P{C}+$/u.test(text)) {
    const shown = text.length > 20 ? `${text.slice(0, 20)}…` : text;
    return `${isOne ? "character" : "characters"} '${shown}'`;
  }
  return isOne ? `character ${codePoint(code)}` : `characters from ${codePoint(code)}`;
}
