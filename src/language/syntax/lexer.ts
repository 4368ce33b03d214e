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
import { readPath } from "./path-literal.ts";
import { readPart, type Part, type StringStyle } from "./string-part.ts";
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
    this.kind = "path";
    const { path, end } = readPath(this.source, this.start, this.#report);
    this.moveTo(end);
    return path;
  }

  /** Takes only the `>` of a `>=`, for an event that is followed by `=>`. */
  splitGreater(): void {
    this.kind = ">";
    this.end = this.start + 1;
  }

  /** Reads the next part of the string whose opening quote, part or closing brace has just been read. */
  nextPart(style: StringStyle): Part {
    const part = readPart(this.source, this.end, style);
    this.moveTo(part.end);
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
      dollarHint(word),
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
const lineFeed = 10;
const slash = 47;
const dot = 46;
const greater = 62;
const equals = 61;

const exponent = /^[eE][+-]?\d/;

const characterHints: Record<string, string> = {
  "&": "Write 'and' in a condition, '->>' between jobs.",
  "&&": "Write 'and' in a condition, '->>' between jobs.",
  ";": "Jobs are joined by ->, =>, ->> or =>>, assignments by a comma.",
  $: "The output of a command is $RESULT behind it: ['date'] -> [x = $RESULT].",
  "$?": "The status of the job before is $STATUS.",
  "。": "Leave it out.",
  "!": "Write 'not'.",
  "\\": "A line may go on anywhere without a backslash.",
  "`": "The output of a command is $RESULT behind it: ['date'] -> [x = $RESULT].",
  "?": "Write 'a if condition else b'.",
};

function dollarHint(word: string): string {
  if (isSpecialName(word.toUpperCase())) return `Did you mean '$${word.toUpperCase()}'?`;
  return isDigit(word.charCodeAt(0))
    ? "What a flow is given has names: |host| |port = 22| at its beginning."
    : `Outside of strings a variable is written without the dollar: ${word}.`;
}

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
