import type {
  Assignment,
  Block,
  CaseBlock,
  Chain,
  ChoiceArm,
  Connector,
  Expression,
  IfBlock,
  Name,
} from "./tree.ts";
import type { Span } from "./span.ts";
import { asConnector, panic } from "./cursor.ts";
import { ExpressionParser, isBar } from "./expression-parser.ts";
import type { TokenKind } from "./token.ts";

/**
 * What may follow a chain that has ended without a connector: only the end of its block (`block`), the next
 * chain (`chain`: fork, choice), or the next arm (`arm`: case).
 */
export type Follow = "block" | "chain" | "arm";

/** Said where its arms are written in another way. */
export const ifForm = "An if is { if c | jobs elif c: jobs else: jobs }.";

/** The parser's part that reads blocks: their heads and arms, and how to go on after a fault in them. */
export abstract class BlockParser extends ExpressionParser {
  /** Where braces stand around the jobs of a block whose bar is missing; that was reported, and they have no head. */
  #innerBrace = -1;

  protected abstract chain(follow: Follow): Chain | null;

  protected block(): Block {
    const { start } = this.lexer;
    this.advance();
    const { kind } = this.lexer;
    switch (kind) {
      case "if":
        return this.ifBlock(start);
      case "case":
        return this.caseBlock(start);
      case "for":
        return this.forBlock(start);
      case "while":
        return this.whileBlock(start);
      case "fork":
        return this.forkBlock(start);
      case "pfor":
        return this.pforBlock(start);
      case "choice":
        return this.choiceBlock(start);
      case "timeout":
        return this.timeoutBlock(start);
      case "lock":
        return this.lockBlock(start);
      case "session":
        return this.sessionBlock(start);
      default:
        return this.plainBlock(start);
    }
  }

  private plainBlock(start: number): Block {
    let assignments: Assignment[] = [];
    if (this.take("}")) return { kind: "plain", span: this.from(start), assignments, chain: null };
    const isMeantAsBody = start === this.#innerBrace;
    const readHead = (read: () => void): void => (isMeantAsBody ? undefined : this.head(read));
    readHead(() => {
      if (this.at("|") || this.atJob()) return;
      if (!(this.atWord() || this.at("special")) || !this.beforeEquals())
        this.fail(
          "the head of a block",
          "A block is { | … }, { x = 1 | … } or begins with if, case, for, while, fork, pfor, choice, timeout, lock or session.",
        );
      assignments = this.assignments();
    });
    const chain = this.chain("block");
    this.close();
    return { kind: "plain", span: this.from(start), assignments, chain };
  }

  private ifBlock(start: number): Block {
    const arms: IfBlock["arms"] = [];
    const armStart = this.lexer.start;
    let condition: Expression = this.errorNode(armStart);
    this.head(() => {
      this.advance();
      condition = this.condition();
    });
    if (this.take("then")) this.colon();
    arms.push({ condition, chain: this.chain("block"), span: this.from(armStart) });
    while (this.at("elif")) {
      const elifStart = this.lexer.start;
      this.advance();
      const elifCondition = this.condition();
      this.colon(ifForm);
      arms.push({
        condition: elifCondition,
        chain: this.chain("block"),
        span: this.from(elifStart),
      });
    }
    const otherwise = this.otherwise();
    this.close();
    return { kind: "if", span: this.from(start), arms, else: otherwise };
  }

  private condition(): Expression {
    const condition = this.expression();
    if (!this.at("=")) return condition;
    this.unexpected("a comparison", "A comparison is written with ==.");
    this.advance();
    this.expression();
    return condition;
  }

  /** `else: chain`, if it is there. */
  private otherwise(): { span: { start: number; end: number }; chain: Chain | null } | null {
    const { start } = this.lexer;
    if (!this.take("else")) return null;
    this.colon(this.at("if") ? ifForm : undefined);
    const chain = this.chain("block");
    return { chain, span: this.from(start) };
  }

  /** Where the colon was forgotten before a job, reading goes on as if it were there. */
  private colon(hint = "An arm is written 'pattern': jobs, or else: jobs."): void {
    if (this.take(":")) return;
    this.unexpected("':'", hint);
    if (!this.atJob()) throw panic;
  }

  private caseBlock(start: number): Block {
    let subjects: Expression[] = [];
    const arms: CaseBlock["arms"] = [];
    let otherwise: CaseBlock["else"] = null;
    this.head(() => {
      this.advance();
      if (!this.at("|")) subjects = this.sideBySide();
    });
    const base = this.open.length;
    while (!this.at("}") && !this.at("end")) {
      const armStart = this.lexer.start;
      const { depth } = this;
      try {
        if (this.at(",") && arms.length > 0) {
          this.unexpected("the next arm", "Arms follow each other without a comma.");
          this.advance();
        } else if (this.at("else") && !otherwise) {
          this.advance();
          this.colon();
          const chain = this.chain("arm");
          otherwise = { chain, span: this.from(armStart) };
        } else {
          if (otherwise) this.fail("'}': else is the last arm");
          arms.push(this.caseArm());
        }
      } catch (error) {
        if (error !== panic) throw error;
        this.depth = depth;
        this.recover(base, { stopsAt: isColon, closes: true });
        if (this.take(":") || this.connector()) this.chain("arm");
        else if (this.lexer.start === armStart) break;
      }
    }
    this.close();
    return { kind: "case", span: this.from(start), subjects, arms, else: otherwise };
  }

  private caseArm(): CaseBlock["arms"][number] {
    const { start } = this.lexer;
    const patterns: Expression[][] = [];
    do patterns.push(this.sideBySide());
    while (this.take(","));
    this.colon();
    const chain = this.chain("arm");
    return { patterns, chain, span: this.from(start) };
  }

  private forBlock(start: number): Block {
    const { names, iterable } = this.loopHead(() => {});
    const chain = this.chain("block");
    this.close();
    return { kind: "for", span: this.from(start), names, iterable, chain };
  }

  private pforBlock(start: number): Block {
    let limit: Expression | null = null;
    const { names, iterable } = this.loopHead(() => {
      if (!this.at("name") || this.lexer.text !== "limit") return;
      this.advance("keyword");
      limit = this.expression();
    });
    const chain = this.chain("block");
    this.close();
    return { kind: "pfor", span: this.from(start), names, iterable, limit, chain };
  }

  private loopHead(readMore: () => void): { names: Name[]; iterable: Expression } {
    const names: Name[] = [];
    let iterable: Expression = this.errorNode(this.lexer.start);
    this.head(() => {
      this.advance();
      do names.push(this.definedName("the name of a loop variable"));
      while (names.length < 2 && this.take(","));
      this.expect("in", "A loop is { for x in list | … } or { for key, value in dictionary | … }.");
      iterable = this.expression();
      readMore();
    });
    return { names, iterable };
  }

  private whileBlock(start: number): Block {
    let condition: Expression = this.errorNode(this.lexer.start);
    this.head(() => {
      this.advance();
      condition = this.condition();
    });
    const chain = this.chain("block");
    this.close();
    return { kind: "while", span: this.from(start), condition, chain };
  }

  private forkBlock(start: number): Block {
    this.head(() => this.advance());
    const chains: Chain[] = [];
    while (!this.at("}") && !this.at("end")) {
      const before = this.lexer.start;
      const chain = this.chain("chain");
      if (chain) chains.push(chain);
      if (this.lexer.start === before) break;
    }
    this.close();
    return { kind: "fork", span: this.from(start), chains };
  }

  private choiceBlock(start: number): Block {
    this.head(() => this.advance());
    const arms: ChoiceArm[] = [];
    const base = this.open.length;
    while (!this.at("}") && !this.at("end")) {
      const armStart = this.lexer.start;
      let after: Expression | null = null;
      if (this.atAfter("chain")) {
        this.recoverable(base, isColon, () => {
          this.advance("keyword");
          after = this.expression();
          if (!this.at(":")) this.colon();
        });
        this.take(":");
        after ??= this.errorNode(armStart);
      }
      const chain = this.chain("chain");
      if (after) arms.push({ after, chain, span: this.from(armStart) });
      else if (chain) arms.push({ after, chain, span: this.from(armStart) });
      if (this.lexer.start === armStart) break;
    }
    this.close();
    return { kind: "choice", span: this.from(start), arms };
  }

  private timeoutBlock(start: number): Block {
    let seconds: Expression = this.errorNode(this.lexer.start);
    this.head(() => {
      this.advance();
      seconds = this.expression();
    });
    const chain = this.chain("block");
    const otherwise = this.otherwise();
    this.close();
    return { kind: "timeout", span: this.from(start), seconds, chain, else: otherwise };
  }

  private lockBlock(start: number): Block {
    let object: Expression = this.errorNode(this.lexer.start);
    this.head(() => {
      this.advance();
      object = this.expression();
    });
    const chain = this.chain("block");
    this.close();
    return { kind: "lock", span: this.from(start), object, chain };
  }

  private sessionBlock(start: number): Block {
    let name: Name = { span: this.from(this.lexer.start), text: "" };
    let assignments: Assignment[] = [];
    this.head(() => {
      this.advance();
      name = this.definedName("the name of the session");
      this.take(",");
      if (!this.at("|")) assignments = this.assignments();
    });
    const chain = this.chain("block");
    this.close();
    return { kind: "session", span: this.from(start), name, assignments, chain };
  }

  /** Reads the head of a block and its bar; a fault in it costs the head only. */
  private head(read: () => void): void {
    const base = this.open.length;
    this.recoverable(base, isBar, () => {
      read();
      if (this.at("|")) return;
      this.unexpected("'|' after the head of the block", this.headHint());
      if (this.at("{")) this.#innerBrace = this.lexer.start;
      if (!this.atJob() && !this.at("then")) throw panic;
    });
    this.take("|");
  }

  private headHint(): string {
    if (this.at("=")) return "A comparison is written with ==.";
    if (this.at(":")) return "The head of a block ends with '|', not with ':'.";
    return "A block is { head | jobs }; the head may be empty: { | jobs }.";
  }

  private close(): void {
    this.expect("}");
  }

  protected assignments(): Assignment[] {
    const assignments: Assignment[] = [];
    do {
      const { start } = this.lexer;
      const name = this.definedName("the name of a variable");
      this.expect("=");
      const value = this.expression();
      assignments.push({ span: this.from(start), name, value });
    } while (this.take(","));
    return assignments;
  }

  protected connector(): { span: Span; text: Connector } | null {
    const { kind, start } = this.lexer;
    const text = asConnector(kind);
    if (!text) return null;
    this.advance();
    return { span: this.from(start), text };
  }

  protected atJob(): boolean {
    if (this.at("[") || this.at("<") || this.at("{")) return true;
    if (this.at("break") || this.at("continue")) return true;
    return this.at("name") && this.before("(");
  }

  protected atAfter(follow: Follow): boolean {
    return follow === "chain" && this.at("name") && this.lexer.text === "after";
  }
}

/** Where a fault in an arm ends at the latest. */
export function isEndOfArm(kind: TokenKind): boolean {
  return kind === "else" || kind === "elif";
}

function isColon(kind: TokenKind): boolean {
  return kind === ":";
}
