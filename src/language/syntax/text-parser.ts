import type { Expression, PatternLiteral, StringLiteral, StringPart } from "./tree.ts";
import type { Part, StringStyle } from "./string-part.ts";
import { isForeignQuote } from "./character.ts";
import { Cursor, panic } from "./cursor.ts";

/** The parser's part that reads strings and patterns with the expressions in them. */
export abstract class TextParser extends Cursor {
  protected abstract expression(): Expression;

  protected text(): StringLiteral | PatternLiteral {
    const { start, style } = this.lexer;
    const kind = this.at("pattern") ? "pattern" : "string";
    this.record(kind, start, this.lexer.end, "open");
    const parts: StringPart[] = [];
    for (;;) {
      const part = this.lexer.nextPart(style);
      if (part.kind === "close") {
        this.record(kind, part.start, part.end, "close");
        break;
      }
      if (part.kind === "unclosed") {
        this.unclosed(start, style, part);
        return this.literal(start, style, parts);
      }
      if (part.kind === "expression") parts.push(this.interpolation(style, part.start));
      else parts.push(this.part(part, kind));
    }
    this.resume();
    return this.literal(start, style, parts);
  }

  private literal(
    start: number,
    style: StringStyle,
    parts: StringPart[],
  ): StringLiteral | PatternLiteral {
    const span = this.from(start);
    if (style.dialect) return { kind: "pattern", span, dialect: style.dialect, parts };
    return { kind: "string", span, quote: quoteOf(style), parts };
  }

  private part(
    part: Extract<Part, { kind: "text" | "variable" }>,
    kind: "string" | "pattern",
  ): StringPart {
    const span = this.span(part.start, part.end);
    this.record(part.kind === "text" ? kind : "variable", part.start, part.end);
    return part.kind === "text"
      ? { kind: "text", span, text: part.text }
      : { kind: "variable", span, word: part.word };
  }

  /** `${expression}`; after a fault in it the string goes on behind the brace, or ends. */
  private interpolation(style: StringStyle, start: number): StringPart {
    const { depth } = this;
    const base = this.open.length;
    this.record("operator", start, start + 2, "open");
    this.open.push({ kind: "{", at: start + 1 });
    let expression: Expression;
    try {
      this.lexer.next();
      expression = this.expression();
      const isOpen = !this.at("}");
      if (isOpen) this.missingBrace();
      this.record("operator", this.lexer.start, this.lexer.end, isOpen ? null : "close");
    } catch (error) {
      if (error !== panic || this.lexer.isStopped) throw error;
      this.depth = depth;
      expression = this.errorNode(start);
      this.skipInterpolation(style);
    }
    this.open.length = base;
    this.previousEnd = this.lexer.end;
    return { kind: "expression", span: this.from(start), expression };
  }

  /** At the end of the file what was read is kept: somebody is writing it. */
  private missingBrace(): void {
    const hint = "${ begins an expression; \\$ is a plain dollar.";
    if (this.at("end")) this.unexpected("'}'", hint);
    else this.fail("'}'", hint);
  }

  private skipInterpolation(style: StringStyle): void {
    const { source } = this.lexer;
    let offset = this.lexer.start;
    for (; offset < source.length; offset++) {
      const code = source.charCodeAt(offset);
      if (code === style.quote || (code === 10 && !style.isTriple)) break;
      if (code !== 125) continue;
      offset++;
      break;
    }
    this.lexer.moveTo(offset);
  }

  /** A string that the end of the file cuts off stands for itself; behind any other the job recovers. */
  private unclosed(start: number, style: StringStyle, part: Part): void {
    this.report(
      "syntax.unclosed-string",
      { start, end: part.end },
      style.isTriple ? "this string is not closed" : "this string is not closed on its line",
      this.closeHint(style, this.lexer.source.slice(start, part.end)),
    );
    this.quiet();
    this.resume();
    if (!this.at("end")) throw panic;
  }

  private closeHint(style: StringStyle, text: string): string {
    const quote = quoteOf(style);
    const foreign = Array.from(text).findLast((character) =>
      isForeignQuote(character.charCodeAt(0)),
    );
    if (foreign !== undefined)
      return `The quotation mark ${foreign} does not close it: type ${quote}.`;
    return style.isTriple
      ? `Close it with ${quote}.`
      : `Close it with ${quote}; a text of several lines stands between ${quote.repeat(3)}.`;
  }

  protected skipString(): void {
    const count = this.diagnostics.length;
    try {
      this.text();
    } catch (error) {
      if (error !== panic) throw error;
    }
    this.diagnostics.length = Math.min(this.diagnostics.length, count);
  }
}

function quoteOf(style: StringStyle): StringLiteral["quote"] {
  if (style.isTriple) return style.quote === 39 ? "'''" : '"""';
  return style.quote === 39 ? "'" : '"';
}
