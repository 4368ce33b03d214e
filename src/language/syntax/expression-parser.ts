import type {
  Argument,
  BinaryOperator,
  Chain,
  DictionaryExpression,
  Expression,
  Name,
  Parameter,
} from "./tree.ts";
import { panic } from "./cursor.ts";
import { TextParser } from "./text-parser.ts";
import { isSpecialName, type TokenKind } from "./token.ts";

/** How tightly an operator binds; LANGUAGE section 2, loosest first. */
const binding = { or: 1, and: 2, not: 3, comparison: 4, sum: 5, product: 6 } as const;

const operators: Partial<Record<TokenKind, number>> = {
  or: binding.or,
  and: binding.and,
  "==": binding.comparison,
  "!=": binding.comparison,
  "<": binding.comparison,
  "<=": binding.comparison,
  ">": binding.comparison,
  ">=": binding.comparison,
  "=~": binding.comparison,
  "!~": binding.comparison,
  in: binding.comparison,
  not: binding.comparison,
  "+": binding.sum,
  "-": binding.sum,
  "*": binding.product,
  "/": binding.product,
  "//": binding.product,
  "%": binding.product,
};

/** The parser's part that reads expressions: operators by precedence, then operands. */
export abstract class ExpressionParser extends TextParser {
  /** A chain in a closure. */
  protected abstract chainOfClosure(): Chain | null;

  protected expression(): Expression {
    const { depth } = this;
    const { start } = this.lexer;
    this.nest();
    let expression = this.binary(binding.or);
    if (this.take("if")) {
      const condition = this.binary(binding.or);
      this.expect("else", "A condition in an expression has both sides: a if condition else b.");
      const otherwise = this.expression();
      expression = {
        kind: "conditional",
        span: this.from(start),
        condition,
        // oxlint-disable-next-line unicorn/no-thenable -- the tree's word for it; nobody awaits a tree
        then: expression,
        else: otherwise,
      };
    }
    this.depth = depth;
    return expression;
  }

  /** The channel of an event: `>` closes it and does not compare. */
  protected channel(): Expression {
    return this.binary(binding.sum);
  }

  /** Strings side by side, or one expression. */
  protected sideBySide(): Expression[] {
    const isText = this.#atText();
    const expressions = [this.expression()];
    if (isText) while (this.#atText()) expressions.push(this.expression());
    return expressions;
  }

  #atText(): boolean {
    return this.at("string") || this.at("pattern");
  }

  private binary(loosest: number): Expression {
    const { depth } = this;
    const { start } = this.lexer;
    let left = this.at("not") && loosest <= binding.not ? this.negation() : this.unary();
    let compared = false;
    for (;;) {
      const { kind } = this.lexer;
      const level = operators[kind];
      if (level === undefined || level < loosest) break;
      if (kind === "not" && !this.beforeIn()) break;
      // Each operator makes the tree a level deeper.
      this.nest();
      if (level === binding.comparison && compared) this.chained();
      compared = level === binding.comparison;
      const operator = this.operator();
      const right = this.binary(level + 1);
      left = { kind: "binary", span: this.from(start), operator, left, right };
    }
    this.depth = depth;
    return left;
  }

  private operator(): BinaryOperator {
    const { kind } = this.lexer;
    this.advance();
    if (kind !== "not") return kind as BinaryOperator;
    this.advance();
    return "not in";
  }

  private beforeIn(): boolean {
    const { source, end } = this.lexer;
    return /^(?:\s|#.*)*in(?![\p{L}\p{M}\p{N}_])/u.test(source.slice(end, end + 200));
  }

  private chained(): void {
    const { start, end } = this.lexer;
    this.report(
      "syntax.chained-comparison",
      { start, end },
      "comparisons do not chain",
      "Join two comparisons with 'and': a < b and b < c.",
    );
  }

  private negation(): Expression {
    const { depth } = this;
    const { start } = this.lexer;
    this.nest();
    this.advance();
    const operand = this.binary(binding.not);
    this.depth = depth;
    return { kind: "unary", span: this.from(start), operator: "not", operand };
  }

  private unary(): Expression {
    if (!this.at("-")) return this.postfix();
    const { depth } = this;
    const { start } = this.lexer;
    this.nest();
    this.advance();
    const operand = this.unary();
    this.depth = depth;
    return { kind: "unary", span: this.from(start), operator: "-", operand };
  }

  private postfix(): Expression {
    const { depth } = this;
    const { start } = this.lexer;
    let object = this.operand();
    for (;;) {
      if (this.at(".")) {
        this.nest();
        this.advance();
        const name = this.word(
          "the name of a field",
          this.at("number") ? "An element is read with a bracket: list[0]." : undefined,
        );
        object = { kind: "member", span: this.from(start), object, name };
      } else if (this.at("[") && this.hasElements(object)) {
        this.nest();
        object = this.subscript(start, object);
      } else {
        if (this.at("(")) this.notCallable(object);
        this.depth = depth;
        return object;
      }
    }
  }

  /** Behind a number begins a job: `{ if $STATUS == 0 ['a'] }`. So it does behind a text that a text would index. */
  private hasElements(object: Expression): boolean {
    if (object.kind === "literal") return false;
    return object.kind !== "string" || !(this.before("'") || this.before('"'));
  }

  private notCallable(object: Expression): never {
    // A fault was reported where the object should have been.
    if (object.kind === "error") throw panic;
    const { source } = this.lexer;
    const { start, end } = object.span;
    const text = end - start <= 40 ? source.slice(start, end) : "f";
    this.report(
      "syntax.call",
      object.span,
      "only a built-in function is called with parentheses",
      object.kind === "member"
        ? `The value comes first: upper(text); a method of an object is called in a bracket: [${text}: 1].`
        : `Flows, closures and methods are called in a bracket: [${text}: 1, 2].`,
    );
    this.quiet();
    throw panic;
  }

  private subscript(start: number, object: Expression): Expression {
    this.expect("[");
    const from = this.at(":") ? null : this.expression();
    if (this.take(":")) {
      const to = this.at("]") ? null : this.expression();
      this.expect("]");
      return { kind: "slice", span: this.from(start), object, from, to };
    }
    this.expect("]");
    return from
      ? { kind: "index", span: this.from(start), object, index: from }
      : this.errorNode(start);
  }

  private operand(): Expression {
    const { kind, start } = this.lexer;
    switch (kind) {
      case "string":
      case "pattern":
        return this.text();
      case "number": {
        const value = this.lexer.number;
        this.advance();
        return { kind: "literal", span: this.from(start), value };
      }
      case "true":
      case "false":
        this.advance();
        return { kind: "literal", span: this.from(start), value: kind === "true" };
      case "null":
        this.advance();
        return { kind: "literal", span: this.from(start), value: null };
      case "self":
        this.advance();
        return { kind: "name", span: this.from(start), name: "self" };
      case "name":
        return this.nameOrCall();
      case "special":
        return this.special();
      case "/":
      case "//":
      case ".":
        return this.path();
      case "(":
        return this.parenthesized();
      case "[":
        return this.list();
      case "{":
        return this.before("|") ? this.closure() : this.dictionary();
      case "invalid":
        this.advance();
        this.quiet();
        return this.errorNode(start);
      default:
        return this.fail("an expression", this.operandHint());
    }
  }

  private operandHint(): string | undefined {
    if (this.at("not")) return "Put it in parentheses: (not x).";
    if (this.atWord()) return `'${this.lexer.text}' is a reserved word and names no variable.`;
    if (this.at("<<")) return "An update stands in a bracket: [object.field << value].";
    return undefined;
  }

  private nameOrCall(): Expression {
    const name = this.word("a name");
    if (!this.at("(")) return { kind: "name", span: name.span, name: name.text };
    const callArguments = this.parenthesizedArguments();
    return {
      kind: "call",
      span: this.from(name.span.start),
      function: name,
      arguments: callArguments,
    };
  }

  private special(): Expression {
    const { start, text } = this.lexer;
    this.advance();
    const name = text.slice(1);
    return isSpecialName(name)
      ? { kind: "special", span: this.from(start), name }
      : this.errorNode(start);
  }

  private path(): Expression {
    const { start } = this.lexer;
    const path = this.lexer.rescanPath();
    this.advance();
    return { kind: "path", span: this.from(start), path };
  }

  private parenthesized(): Expression {
    this.advance();
    const expression = this.expression();
    this.expect(")");
    return expression;
  }

  private list(): Expression {
    const { start } = this.lexer;
    const elements: Expression[] = [];
    this.advance();
    while (!this.at("]")) {
      elements.push(this.expression());
      if (!this.take(",")) break;
    }
    this.expect("]");
    return { kind: "list", span: this.from(start), elements };
  }

  private dictionary(): Expression {
    const { start } = this.lexer;
    const entries: DictionaryExpression["entries"] = [];
    this.advance();
    while (!this.at("}")) {
      const entryStart = this.lexer.start;
      const key = this.key();
      this.expect(":");
      const value = this.expression();
      entries.push({ span: this.from(entryStart), key, value });
      if (!this.take(",")) break;
    }
    this.expect("}");
    return { kind: "dictionary", span: this.from(start), entries };
  }

  private key(): Name {
    if (!this.at("string"))
      return this.word("a key", this.at("number") ? "Keys are texts: quote it." : undefined);
    const { start } = this.lexer;
    const { parts } = this.text();
    const [first] = parts;
    const isPlain = parts.length === 0 || (parts.length === 1 && first?.kind === "text");
    if (!isPlain)
      this.report(
        "syntax.key",
        this.from(start),
        "a key is a plain text; nothing is replaced in it",
        "Write \\$ for a dollar.",
      );
    return { span: this.from(start), text: first?.kind === "text" ? first.text : "" };
  }

  private closure(): Expression {
    const { start } = this.lexer;
    const base = this.open.length + 1;
    const parameters: Parameter[] = [];
    this.advance();
    this.advance();
    this.recoverable(base, isBar, () => {
      while (!this.at("|")) {
        parameters.push(this.parameter());
        if (!this.take(",")) break;
      }
      if (!this.at("|"))
        this.fail("'|'", "A closure is {|a, b| … }; one without parameters is {|| … }.");
    });
    this.take("|");
    const chain = this.chainOfClosure();
    this.expect("}");
    return { kind: "closure", span: this.from(start), parameters, chain };
  }

  protected parameter(): Parameter {
    const { start } = this.lexer;
    const name = this.definedName("the name of a parameter");
    const value = this.take("=") ? this.expression() : null;
    return { span: this.from(start), name, default: value };
  }

  /** Reads; after a fault, goes on at that token, or where the block closes. */
  protected recoverable(
    base: number,
    stopsAt: (kind: TokenKind) => boolean,
    read: () => void,
  ): void {
    const { depth } = this;
    try {
      read();
    } catch (error) {
      if (error !== panic) throw error;
      this.depth = depth;
      this.recover(base, { stopsAt, closes: false });
    }
  }

  protected parenthesizedArguments(): Argument[] {
    this.expect("(");
    const list = this.at(")") ? [] : this.arguments(")");
    this.expect(")");
    return list;
  }

  /** Arguments up to, and not with, the closing bracket. */
  protected arguments(closing: ")" | "]"): Argument[] {
    const list: Argument[] = [];
    do {
      if (list.length > 0 && this.at(closing)) break;
      const { start } = this.lexer;
      let name: Name | null = null;
      if (this.atWord() && this.beforeEquals()) {
        name = this.word("the name of an argument");
        this.expect("=");
      } else if (this.atReservedWord() && this.before(":")) {
        this.word("the name of an argument");
        this.fail("'='", "An argument with a name is written name = value.");
      }
      const value = this.expression();
      list.push({ span: this.from(start), name, value });
    } while (this.take(","));
    return list;
  }

  private atReservedWord(): boolean {
    return this.atWord() && !this.at("name");
  }

  /** A word where reserved words are allowed, too: a field, a key, the name of an argument. */
  protected word(what: string, hint?: string): Name {
    if (!this.atWord()) this.fail(what, hint);
    const { start, text } = this.lexer;
    this.advance();
    return { span: this.from(start), text };
  }

  /** A name that is being made: a reserved word is reported and taken. */
  protected definedName(what: string): Name {
    if (this.at("special")) {
      const { start, end, text } = this.lexer;
      this.report(
        "syntax.reserved",
        { start, end },
        `${text} cannot be assigned to`,
        "Choose another name.",
      );
      this.advance();
      return { span: this.span(start, end), text: text.slice(1) };
    }
    const isReserved = !this.at("name");
    const name = this.word(what);
    if (isReserved)
      this.report(
        "syntax.reserved",
        name.span,
        `'${name.text}' is a reserved word and cannot be the name of a variable`,
        "Choose another name.",
      );
    return name;
  }
}

/** Where the head of a block or closure ends. */
export function isBar(kind: TokenKind): boolean {
  return kind === "|";
}
