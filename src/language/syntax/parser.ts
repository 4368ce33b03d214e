import type { Diagnostic } from "../analysis/diagnostic.ts";
import type {
  Argument,
  Assignment,
  Block,
  CaseBlock,
  Chain,
  ChoiceArm,
  Connector,
  Expression,
  IfBlock,
  Job,
  Jobflow,
  Link,
  Name,
  Parameter,
} from "./tree.ts";
import { asConnector, panic, type Token } from "./cursor.ts";
import { ExpressionParser, isBar } from "./expression-parser.ts";
import type { TokenKind } from "./token.ts";

export type { Token } from "./cursor.ts";

/** A jobflow is a page or two; what is longer is no jobflow, and would keep the parser from its other callers. */
export const sourceLengthMax = 4 * 1024 * 1024;

/**
 * Turns source text into a tree. Never throws: what is wrong is said in the diagnostics, one for each mistake,
 * and an `error` node stands in its place.
 */
export function parse(source: string): Parsed {
  return read(source, null);
}

/** Cuts the source into what the eye distinguishes, in order, comments included; as the parser sees it. */
export function tokenize(source: string): Token[] {
  return parseWithTokens(source).tokens;
}

/** The tree, what is wrong, and the tokens in order, comments included. */
export function parseWithTokens(source: string): Parsed & { tokens: Token[] } {
  const tokens: Token[] = [];
  const parsed = read(source, tokens);
  for (const { span } of parsed.tree.comments) tokens.push({ kind: "comment", span });
  return { ...parsed, tokens: tokens.toSorted((a, b) => a.span.start - b.span.start) };
}

export interface Parsed {
  tree: Jobflow;
  diagnostics: Diagnostic[];
}

function read(source: string, tokens: Token[] | null): Parsed {
  if (source.length <= sourceLengthMax) {
    const parser = new Parser(source, tokens);
    const tree = parser.jobflow();
    return { tree, diagnostics: parser.diagnostics };
  }
  const span = { start: 0, end: source.length };
  return {
    tree: { kind: "jobflow", span, parameters: [], chain: null, comments: [] },
    diagnostics: [
      {
        code: "syntax.too-large",
        severity: "error",
        span: { start: 0, end: 0 },
        message: `the source is longer than the limit of 4 MB (${sourceLengthMax} characters)`,
        hint: "Keep data in objects, and procedures in several jobflows that call each other.",
      },
    ],
  };
}

/**
 * What may follow a chain that has ended without a connector: only the end of its block (`block`), the next
 * chain (`chain`: fork, choice), or the next arm (`arm`: case).
 */
type Follow = "block" | "chain" | "arm";

const connectors = "-> => ->> =>>";

/** The parser's half that reads parameters, chains, jobs and blocks. */
class Parser extends ExpressionParser {
  jobflow(): Jobflow {
    this.lexer.next();
    const parameters = this.parameters();
    const { start } = this.lexer;
    const links: Link[] = [];
    this.links("block", links);
    while (!this.at("end")) {
      this.unexpected("a connector or the end of the file");
      this.advance();
      this.links("block", links);
    }
    return {
      kind: "jobflow",
      span: { start: 0, end: this.lexer.source.length },
      parameters,
      chain: links.length > 0 ? { span: this.from(start), links } : null,
      comments: this.comments,
    };
  }

  /** `|a| |b = 1|`, `|a|b = 1|`, `|a, b = 1|`: a bar may close one parameter and open the next. */
  private parameters(): Parameter[] {
    const parameters: Parameter[] = [];
    while (this.take("|")) {
      do {
        this.recoverable(0, isEndOfParameter, () => {
          do parameters.push(this.parameter());
          while (this.take(","));
          if (!this.at("|"))
            this.fail("'|' or ',' after the parameter", "Parameters are |a| |b = 1|.");
        });
        this.take("|");
      } while (this.at("name") && !this.before("(") && !this.at("end"));
    }
    return parameters;
  }

  protected chainOfClosure(): Chain | null {
    return this.chain("block");
  }

  private chain(follow: Follow): Chain | null {
    const { start } = this.lexer;
    const links: Link[] = [];
    this.links(follow, links);
    return links.length > 0 ? { span: this.from(start), links } : null;
  }

  /** Reads links until no connector follows, and goes on with a chain that was broken off by a fault. */
  private links(follow: Follow, links: Link[]): void {
    const { depth } = this;
    if (links.length === 0) {
      if (this.atConnector()) {
        this.unexpected("a job before the connector");
        this.advance();
      }
      if (this.atEndOfChain() || (follow === "arm" && !this.atJob())) return;
      if (this.atAfter(follow)) return;
      links.push({ connector: null, job: this.job() });
    }
    for (;;) {
      this.depth = depth;
      const connector = this.connector();
      if (connector) {
        links.push({ connector, job: this.job() });
        continue;
      }
      if (this.atEndOfChain() || follow === "arm") return;
      if (follow === "chain" && (this.atJob() || this.atAfter(follow))) return;
      if (links.at(-1)?.job.kind !== "error") {
        this.unexpected(
          `a connector (${connectors}) or the end of the block`,
          this.atJob() ? "Between two jobs stands a connector: [a] -> [b]." : this.connectorHint(),
        );
      }
      if (this.atJob()) {
        const at = this.previousEnd;
        links.push({ connector: { span: { start: at, end: at }, text: "->" }, job: this.job() });
        continue;
      }
      this.recover(this.open.length, { stopsAt: isEndOfArm, closes: true });
      if (!this.atConnector()) return;
    }
  }

  private connectorHint(): string | undefined {
    if (this.at(">") || this.at("-") || this.at(">=") || this.at("<<") || this.at("|"))
      return `The connectors are ${connectors}.`;
    return undefined;
  }

  private connector(): { span: { start: number; end: number }; text: Connector } | null {
    const { kind, start } = this.lexer;
    const text = asConnector(kind);
    if (!text) return null;
    this.advance();
    return { span: this.from(start), text };
  }

  private atEndOfChain(): boolean {
    return this.at("}") || this.at("end") || this.at("else") || this.at("elif");
  }

  private atJob(): boolean {
    if (this.at("[") || this.at("<") || this.at("{")) return true;
    if (this.at("break") || this.at("continue")) return true;
    return this.at("name") && this.before("(");
  }

  private atAfter(follow: Follow): boolean {
    return follow === "chain" && this.at("name") && this.lexer.text === "after";
  }

  private job(): Job {
    const { depth } = this;
    const { start } = this.lexer;
    const base = this.open.length;
    try {
      this.nest();
      const job = this.jobByToken();
      this.depth = depth;
      return job;
    } catch (error) {
      if (error !== panic) throw error;
      this.depth = depth;
      this.recover(base, { stopsAt: isEndOfArm, closes: true });
      return this.errorNode(start);
    }
  }

  private jobByToken(): Job {
    const { kind, start } = this.lexer;
    switch (kind) {
      case "[":
        return this.bracket();
      case "<":
        return this.event();
      case "{":
        return this.block();
      case "break":
      case "continue": {
        const name = this.word("a job");
        const jobArguments = this.at("(") ? this.parenthesizedArguments() : [];
        return { kind: "builtin", span: this.from(start), name, arguments: jobArguments };
      }
      case "name":
        if (!this.before("(")) return this.fail("a job", this.jobHint());
        return {
          kind: "builtin",
          name: this.word("a job"),
          arguments: this.parenthesizedArguments(),
          span: this.from(start),
        };
      default:
        return this.fail("a job", this.jobHint());
    }
  }

  private jobHint(): string {
    const { text } = this.lexer;
    if (this.at("string")) return "A command stands in a bracket: ['uname -a'].";
    if (this.at("/") || this.at(".")) return "A call stands in a bracket: [./flow].";
    if (this.at("name") && this.beforeEquals())
      return `An assignment stands in a bracket: [${text} = …].`;
    if (this.at("name")) return `Write [${text}] to run or call it, ${text}(…) if it is built in.`;
    return "Jobs are ['command'], [./flow: 1], [x = 1], [object.field << 1], <channel>, print(…) and { … | … }.";
  }

  private bracket(): Job {
    const { start } = this.lexer;
    this.advance();
    if ((this.atWord() || this.at("special")) && this.beforeEquals()) {
      const assignments = this.assignments();
      this.closeBracket();
      return { kind: "assignment", span: this.from(start), assignments };
    }
    if (this.at("]")) this.fail("a command, a call, an assignment or an update");
    const target = this.expression();
    if (this.take("<<")) {
      const value = this.expression();
      this.closeBracket();
      return { kind: "update", span: this.from(start), target, value };
    }
    const jobArguments: Argument[] = this.take(":") ? this.arguments("]") : [];
    this.closeBracket(target);
    return { kind: "bracket", span: this.from(start), target, arguments: jobArguments };
  }

  private closeBracket(target?: Expression): void {
    if (this.at("=>") && !/^\s*[[<{\p{L}_]/u.test(this.lexer.source.slice(this.lexer.end)))
      this.swappedComparison();
    this.expect("]", target && this.bracketHint(target));
  }

  /** `[x => 3]` compares; taken as a connector it would be a second fault. */
  private swappedComparison(): never {
    this.unexpected("']'", "'Greater than or equal' is written >=.");
    this.advance();
    throw panic;
  }

  private bracketHint(target: Expression): string | undefined {
    const { start, end } = target.span;
    const text = this.lexer.source.slice(start, end);
    if (this.at("=") && target.kind === "member")
      return `A field is written with an update: [${text} << value].`;
    if (this.at("=")) return "An assignment is [name = value]; a comparison is ==.";
    if (this.at(",")) return "Arguments stand behind a colon: [./flow: 1, name = 2].";
    if (target.kind === "string")
      return this.previousEnd === this.lexer.start
        ? "A quotation mark inside of a string is written \\' or \\\"."
        : undefined;
    if (this.at("string") || this.at("number") || this.at("name"))
      return "Arguments stand behind a colon: [./flow: 1, name = 2].";
    return undefined;
  }

  private assignments(): Assignment[] {
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

  private event(): Job {
    const { start } = this.lexer;
    this.advance();
    const channel = this.channel();
    if (this.at(">=")) this.lexer.splitGreater();
    this.expect(">", "An event is <channel>.");
    return { kind: "event", span: this.from(start), channel };
  }

  private block(): Block {
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
    this.head(() => {
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
      this.colon();
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
    this.colon();
    const chain = this.chain("block");
    return { chain, span: this.from(start) };
  }

  /** Where the colon was forgotten before a job, reading goes on as if it were there. */
  private colon(): void {
    if (this.take(":")) return;
    this.unexpected("':'", "An arm is written 'pattern': jobs, or else: jobs.");
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
        if (this.at("else") && !otherwise) {
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
      if (!this.atJob() && !this.at("then")) throw panic;
    });
    this.take("|");
  }

  private headHint(): string {
    return this.at("=")
      ? "A comparison is written with ==."
      : "A block is { head | jobs }; the head may be empty: { | jobs }.";
  }

  private close(): void {
    this.expect("}");
  }
}

/** Where a fault in an arm ends at the latest. */
function isEndOfArm(kind: TokenKind): boolean {
  return kind === "else" || kind === "elif";
}

function isColon(kind: TokenKind): boolean {
  return kind === ":";
}

/** A parameter ends at its bar; without one, where the chain begins. */
function isEndOfParameter(kind: TokenKind): boolean {
  return kind === "|" || kind === "[" || kind === "<" || kind === "{" || !!asConnector(kind);
}
