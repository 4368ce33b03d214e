import type { Diagnostic } from "../analysis/diagnostic.ts";
import type {
  Argument,
  Chain,
  Comment,
  Expression,
  Job,
  Jobflow,
  Link,
  Parameter,
} from "./tree.ts";
import { asConnector, diagnosticsMax, panic, type Recording, type Token } from "./cursor.ts";
import { handOver, type JobRecord, type KeptJobs, type Range } from "./kept-jobs.ts";
import { BlockParser, ifForm, isEndOfArm, type Follow } from "./block-parser.ts";
import { wrongArrow } from "./foreign-habits.ts";
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
  return { ...read(source, { tokens, spans: [], jobs: [] }), tokens };
}

export interface Parsed {
  tree: Jobflow;
  diagnostics: Diagnostic[];
}

/**
 * A piece of a source at which reading may begin again: the parameters with the first job, and then each connector of the
 * outermost chain with its job. Whoever edits a source reads only the pieces again that were touched.
 */
export interface Piece extends Recording {
  /** Of its first token. */
  start: number;
  /** Where the token before it ended. */
  previousEnd: number;
  /** Where its last token ended. */
  end: number;
  /** Whether nothing before it hides its faults. */
  readonly isClean: boolean;
  /** Where the outermost chain begins, if this is the first piece. */
  chainStart: number;
  readonly parameters: Parameter[];
  readonly links: Link[];
  readonly comments: Comment[];
  readonly diagnostics: Diagnostic[];
}

/**
 * Reads from the beginning, or from that piece on, up to the end, or to before the first connector that `isKnown` knows
 * as the beginning of a piece. Jobs that are kept are not read.
 */
export function readPieces(
  source: string,
  from: Pick<Piece, "start" | "previousEnd"> | null,
  isKnown: (offset: number) => boolean,
  kept: KeptJobs | null,
): Piece[] {
  return new Parser(source, { tokens: [], spans: [], jobs: [] }, kept).pieces(from, isKnown);
}

function read(source: string, recording: Recording | null): Parsed {
  if (source.length <= sourceLengthMax) {
    const parser = new Parser(source, recording);
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

const connectors = "-> => ->> =>>";

/**
 * The parser's outermost part, which reads parameters, chains and jobs. The layers below read, from the outside in,
 * blocks, expressions and texts; cursor.ts is what they stand on.
 */
class Parser extends BlockParser {
  /** The links of the outermost chain, while pieces are read, and what is done before each of its connectors. */
  #outermost: Link[] | null = null;
  #beforeConnector = (): void => {};
  readonly #kept: KeptJobs | null;

  constructor(source: string, recording: Recording | null, kept: KeptJobs | null = null) {
    super(source, recording);
    this.#kept = kept;
  }

  jobflow(): Jobflow {
    this.lexer.next();
    const parameters = this.parameters();
    const { start } = this.lexer;
    const links: Link[] = [];
    this.links("block", links);
    this.toEnd(links);
    return {
      kind: "jobflow",
      span: { start: 0, end: this.lexer.source.length },
      parameters,
      chain: links.length > 0 ? { span: this.from(start), links } : null,
      comments: this.takeComments(),
    };
  }

  pieces(
    from: Pick<Piece, "start" | "previousEnd"> | null,
    isKnown: (offset: number) => boolean,
  ): Piece[] {
    const recording = this.recording as Recording;
    const pieces: Piece[] = [];
    const links: Link[] = [];
    if (from) this.lexer.moveTo(from.start);
    this.previousEnd = from?.previousEnd ?? 0;
    this.lexer.next();
    const first = this.lexer.start;
    let begun = { start: first, previousEnd: this.previousEnd, isClean: true };
    let parameters: Parameter[] = [];
    let chainStart = first;
    const cut = (): void => {
      const comments = this.takeComments();
      pieces.push({
        ...begun,
        end: this.previousEnd,
        chainStart,
        parameters,
        links: links.splice(0),
        comments,
        diagnostics: this.diagnostics.splice(0),
        tokens: recording.tokens.splice(0),
        spans: recording.spans.splice(0),
        jobs: recording.jobs.splice(0),
      });
      parameters = [];
    };
    this.#outermost = links;
    this.#beforeConnector = () => {
      const { start } = this.lexer;
      if (start === first || this.open.length > 0) return;
      cut();
      begun = { start, previousEnd: this.previousEnd, isClean: !this.isQuiet };
      if (begun.isClean && isKnown(start)) this.lexer.stop();
    };
    if (!from) parameters = this.parameters();
    chainStart = this.lexer.start;
    this.links("block", links, from !== null);
    this.toEnd(links);
    if (this.previousEnd > begun.previousEnd || pieces.length === 0) cut();
    return pieces;
  }

  private toEnd(links: Link[]): void {
    while (!this.at("end")) {
      const isArm = this.at("else") || this.at("elif");
      this.unexpected("a connector or the end of the file", isArm ? ifForm : undefined);
      this.advance();
      this.links("block", links);
    }
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
      } while (this.at("name") && !this.before("("));
    }
    return parameters;
  }

  protected chainOfClosure(): Chain | null {
    return this.chain("block");
  }

  protected chain(follow: Follow): Chain | null {
    const { start } = this.lexer;
    const links: Link[] = [];
    this.links(follow, links);
    return links.length > 0 ? { span: this.from(start), links } : null;
  }

  /** Reads links until no connector follows, and goes on with a chain that was broken off by a fault. */
  private links(follow: Follow, links: Link[], goesOn = links.length > 0): void {
    const { depth } = this;
    if (!goesOn) {
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
      if (links === this.#outermost && this.atConnector()) this.#beforeConnector();
      // Whatever arrow stands here is taken: nothing below reads over it.
      const connector = this.meantConnector() ?? this.connector();
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
        links.push({ connector: { span: this.span(at, at), text: "->" }, job: this.job() });
        continue;
      }
      this.recover(this.open.length, { stopsAt: isEndOfArm, closes: true });
      if (!this.atConnector()) return;
    }
  }

  /** Takes an arrow that is no connector for the one that was meant: `-->` for `->`. */
  private meantConnector(): Link["connector"] {
    if (this.isQuiet || (this.atConnector() && !this.atLongArrow())) return null;
    const { source, start } = this.lexer;
    const arrow = wrongArrow(source, start);
    if (!arrow) return null;
    const span = this.span(start, arrow.end);
    const written = source.slice(start, arrow.end);
    this.report(
      "syntax.arrow",
      span,
      `'${written}' is no connector`,
      `Did you mean '${arrow.meant}'?`,
    );
    this.record("connector", start, arrow.end);
    this.lexer.moveTo(arrow.end);
    this.resume();
    return { span, text: arrow.meant };
  }

  /** `=>>>` begins with a connector, but is none. */
  private atLongArrow(): boolean {
    return this.atConnector() && this.lexer.source.charCodeAt(this.lexer.end) === 62;
  }

  private connectorHint(): string | undefined {
    if (this.at(">") || this.at("-") || this.at(">=") || this.at("<<") || this.at("|"))
      return `The connectors are ${connectors}.`;
    return undefined;
  }

  private atEndOfChain(): boolean {
    return this.at("}") || this.at("end") || this.at("else") || this.at("elif");
  }

  private job(): Job {
    const { depth } = this;
    const { start } = this.lexer;
    const base = this.open.length;
    const kept = this.isQuiet ? null : (this.#kept?.at(start, depth) ?? null);
    if (kept) return this.keep(kept);
    const record = this.beginRecord();
    const faults = this.diagnostics.length;
    try {
      this.nest();
      const job = this.jobByToken();
      this.depth = depth;
      if (record) this.endRecord(record, this.diagnostics.length === faults ? job : null);
      return job;
    } catch (error) {
      if (error !== panic) throw error;
      this.depth = depth;
      this.recover(base, { stopsAt: isEndOfArm, closes: true });
      return this.errorNode(start);
    }
  }

  private keep(kept: NonNullable<ReturnType<KeptJobs["at"]>>): Job {
    this.recordComments(this.lexer.start);
    this.keepComments(handOver(kept, this.recording as Recording, this.comments.length));
    this.lexer.moveTo(kept.record.end);
    this.resume();
    return kept.job;
  }

  private beginRecord(): JobRecord | null {
    const { recording, depth } = this;
    if (!recording || this.isQuiet || this.diagnostics.length >= diagnosticsMax) return null;
    const { start } = this.lexer;
    this.recordComments(start);
    const record = {
      job: null,
      start,
      end: start,
      depth,
      tokens: beginsAt(recording.tokens),
      spans: beginsAt(recording.spans),
      comments: beginsAt(this.comments),
      jobs: beginsAt(recording.jobs),
    };
    recording.jobs.push(record);
    return record;
  }

  private endRecord(record: JobRecord, job: Job | null): void {
    const { recording, comments, previousEnd } = this;
    if (!recording || !job || isOpenEnded(job)) return;
    record.job = job;
    record.end = previousEnd;
    record.tokens.to = recording.tokens.length;
    record.spans.to = recording.spans.length;
    record.jobs.to = recording.jobs.length;
    // Those behind it were read together with the token behind it.
    let last = comments.length;
    while ((comments[last - 1]?.span.start ?? -1) >= previousEnd) last--;
    record.comments.to = last;
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
    if (target.kind === "string" && this.previousEnd === this.lexer.start)
      return "A quotation mark inside of a string is written \\' or \\\".";
    if (this.beforeEquals()) return "Arguments stand behind a colon: [./flow: 1, name = 2].";
    if (target.kind === "string") return undefined;
    if (this.at("string") || this.at("number") || this.at("name"))
      return "Arguments stand behind a colon: [./flow: 1, name = 2].";
    return undefined;
  }

  private event(): Job {
    const { start } = this.lexer;
    this.advance();
    const channel = this.channel();
    if (this.at(">=")) this.lexer.splitGreater();
    this.expect(">", "An event is <channel>.");
    return { kind: "event", span: this.from(start), channel };
  }
}

function beginsAt(list: readonly unknown[]): Range {
  return { from: list.length, to: list.length };
}

/** Whether what follows may be part of it. */
function isOpenEnded(job: Job): boolean {
  return job.kind === "builtin" && (job.name.text === "break" || job.name.text === "continue");
}

/** A parameter ends at its bar; without one, where the chain begins. */
function isEndOfParameter(kind: TokenKind): boolean {
  return kind === "|" || kind === "[" || kind === "<" || kind === "{" || !!asConnector(kind);
}
