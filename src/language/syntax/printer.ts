import type { Job, Jobflow } from "./tree.ts";
import { allExpressions, allJobs } from "./walk.ts";
import { parseWithTokens, type Token } from "./parser.ts";

/**
 * Lays a jobflow out: what stands on a line keeps standing on one line, and everything else about blanks and
 * indentation is decided here. So two people's flows look alike, and a short chain may stay short.
 *
 *   P1  the tree is the same before and after, and no comment is lost
 *   P2  formatting what was formatted changes nothing
 *   P3  a source with errors is given back as it is
 */
export function format(source: string): string {
  const { tree, diagnostics, tokens } = parseWithTokens(source);
  if (diagnostics.some(({ severity }) => severity === "error")) return source;
  const layout = new Layout(source, tree);
  return print(source, readAtoms(source, tree, tokens), layout);
}

/** A token, a comment, or a whole string. */
interface Atom {
  kind: Token["kind"];
  text: string;
  start: number;
  end: number;
}

interface Bracket {
  start: number;
  /** The indentation of the line in which it opened. */
  indent: number;
}

function print(source: string, atoms: readonly Atom[], layout: Layout): string {
  let printed = "";
  let indent = 0;
  const open: Bracket[] = [];
  for (const [index, atom] of atoms.entries()) {
    const before = atoms[index - 1];
    const isClosing = isCloser(atom);
    if (before) {
      const lines = lineBreaks(source, atoms, index);
      if (lines > 0) {
        const around = open.at(-1);
        const isTight = isClosing || layout.opens(before, open.at(-1)?.start);
        printed += lines > 1 && !isTight ? "\n\n" : "\n";
        indent = around
          ? around.indent + (isClosing ? 0 : 1 + layout.armDepth(around.start, atom.start))
          : 0;
        printed += "  ".repeat(indent);
      } else if (layout.isSpaced(before, atom, open)) {
        printed += " ";
      }
    }
    if (isClosing) open.pop();
    printed += atom.text;
    if (isOpener(atom)) open.push({ start: atom.start, indent });
  }
  return printed === "" ? "" : `${printed}\n`;
}

/** How many line ends stand before the atom: a connector goes to the line of its job. */
function lineBreaks(source: string, atoms: readonly Atom[], index: number): number {
  const atom = atoms[index];
  const before = atoms[index - 1];
  const after = atoms[index + 1];
  if (!atom || !before) return 0;
  const written = countLines(source, before, atom);
  if (before.kind === "comment") return Math.max(1, written);
  if (before.kind === "connector" && atom.kind !== "comment") return 0;
  if (atom.kind !== "connector" || !after || after.kind === "comment") return written;
  return Math.max(written, countLines(source, atom, after));
}

function countLines(source: string, before: Atom, after: Atom): number {
  let count = 0;
  for (let at = before.end; at < after.start; at++) if (source.charCodeAt(at) === 10) count++;
  return count;
}

/** The tokens with the comments, and with the pieces of each string put together. */
function readAtoms(source: string, tree: Jobflow, tokens: readonly Token[]): Atom[] {
  const strings = stringSpans(source, tree);
  const atoms: Atom[] = [];
  let next = 0;
  let end = 0;
  for (const { kind, span } of tokens) {
    if (span.start < end) continue;
    while ((strings[next]?.start ?? Infinity) < span.start) next++;
    const string = strings[next];
    end = string?.start === span.start ? string.end : span.end;
    const text = source.slice(span.start, end);
    atoms.push({ kind, text: kind === "comment" ? text.trimEnd() : text, start: span.start, end });
  }
  return atoms;
}

function stringSpans(source: string, tree: Jobflow): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (const expression of allExpressions(tree)) {
    if (expression.kind === "string" || expression.kind === "pattern") spans.push(expression.span);
    if (expression.kind === "dictionary")
      for (const { key } of expression.entries)
        if (/['"]/.test(source.charAt(key.span.start))) spans.push(key.span);
  }
  // The outermost first of those that begin together; readAtoms passes over what lies within it.
  return spans.toSorted((a, b) => a.start - b.start || b.end - a.end);
}

function isOpener({ kind, text }: Atom): boolean {
  return kind === "operator" && (text === "(" || text === "[" || text === "{");
}

function isCloser({ kind, text }: Atom): boolean {
  return kind === "operator" && (text === ")" || text === "]" || text === "}");
}

type Role =
  | "block"
  | "closure"
  | "dictionary"
  | "subscript"
  | "sign"
  | "eventOpen"
  | "eventClose"
  | "barOpen"
  | "barClose"
  | "barBoth";

/** What the tree knows about the marks of the source, by offset. */
class Layout {
  readonly #roles = new Map<number, Role>();
  /** For each block, the parts that stand a level deeper: the chains of its arms. */
  readonly #arms = new Map<number, { start: number; end: number }[]>();
  readonly #source: string;

  constructor(source: string, tree: Jobflow) {
    this.#source = source;
    this.#bars(tree.parameters, 0);
    for (const job of allJobs(tree)) this.#addJob(job);
    for (const expression of allExpressions(tree)) {
      const { start, end } = expression.span;
      if (expression.kind === "dictionary") this.#roles.set(start, "dictionary");
      if (expression.kind === "closure") {
        this.#roles.set(start, "closure");
        this.#bars(expression.parameters, start + 1);
      }
      if (expression.kind === "unary" && expression.operator === "-")
        this.#roles.set(start, "sign");
      if (expression.kind === "index" || expression.kind === "slice")
        this.#roles.set(this.#find("[", expression.object.span.end, end), "subscript");
    }
  }

  /** Whether a line ends behind that atom because a part begins. */
  opens(atom: Atom, bracket: number | undefined): boolean {
    if (isOpener(atom)) return true;
    const isBlock = bracket !== undefined && this.#roles.get(bracket) === "block";
    return isBlock && (atom.text === "|" || atom.text === ":");
  }

  /** 1 in the arm of such a block, else 0. */
  armDepth(bracket: number, offset: number): number {
    const arms = this.#arms.get(bracket) ?? [];
    return arms.some(({ start, end }) => offset > start && offset < end) ? 1 : 0;
  }

  isSpaced(before: Atom, atom: Atom, open: readonly Bracket[]): boolean {
    if (atom.kind === "comment" || before.kind === "connector") return true;
    const role = this.#roles.get(before.start);
    const next = this.#roles.get(atom.start);
    const around = open.at(-1);
    const bracket = around && this.#roles.get(around.start);
    if (role === "sign" || role === "eventOpen" || next === "eventClose") return false;
    if (role === "barOpen" || role === "barBoth") return false;
    if (next === "barClose" || next === "barBoth") return false;
    if (role === "closure" || role === "dictionary" || next === "subscript") return false;
    if (before.kind !== "operator" && atom.kind !== "operator") return true;
    if (before.kind === "operator" && (before.text === "(" || before.text === "[")) return false;
    if (before.text === "." && before.kind === "operator") return false;
    if (before.text === ":" && before.kind === "operator") return bracket !== "subscript";
    if (atom.kind !== "operator") return true;
    switch (atom.text) {
      case ",":
      case ":":
      case ")":
      case "]":
        return false;
      case ".":
        // `. .name` reads a field of the directory; `..` would be another path.
        return before.kind === "path" && before.text.endsWith(".");
      case "(":
        return !(before.kind === "name" || before.text === "break" || before.text === "continue");
      case "}":
        return bracket === "block";
      default:
        return true;
    }
  }

  #addJob(job: Job): void {
    const { start, end } = job.span;
    if (job.kind === "event") {
      this.#roles.set(start, "eventOpen");
      this.#roles.set(end - 1, "eventClose");
      return;
    }
    if (job.kind === "bracket" || job.kind === "assignment" || job.kind === "update") return;
    if (job.kind === "builtin" || job.kind === "error") return;
    this.#roles.set(start, "block");
    this.#arms.set(start, this.#armsOf(job));
  }

  #armsOf(job: Job): { start: number; end: number }[] {
    const arms: { start: number; end: number }[] = [];
    const add = (start: number, chain: { span: { end: number } } | null): void => {
      if (chain) arms.push({ start, end: chain.span.end });
    };
    if (job.kind === "if")
      for (const [index, { condition, chain }] of job.arms.entries()) {
        const from = condition.span.end;
        // `then:` itself stands where `elif` and `else` do.
        const then = chain ? this.#code(from, chain.span.start).search(/\bthen\b/) : -1;
        if (then >= 0) add(from + then, chain);
        else if (index > 0) add(from, chain);
      }
    if (job.kind === "case")
      for (const { patterns, chain } of job.arms)
        add(patterns.at(-1)?.at(-1)?.span.end ?? 0, chain);
    if (job.kind === "if" || job.kind === "case" || job.kind === "timeout")
      if (job.else) add(job.else.span.start, job.else.chain);
    if (job.kind === "fork") for (const chain of job.chains) add(chain.span.start, chain);
    if (job.kind === "choice")
      for (const { after, chain } of job.arms)
        add(after ? after.span.end : (chain?.span.start ?? 0), chain);
    return arms;
  }

  /** The bars around parameters; those of a closure begin there. */
  #bars(parameters: readonly { span: { start: number; end: number } }[], from: number): void {
    if (parameters.length === 0) {
      if (from === 0) return;
      const first = this.#find("|", from, this.#source.length);
      this.#roles.set(first, "barOpen");
      this.#roles.set(this.#find("|", first + 1, this.#source.length), "barClose");
      return;
    }
    let end = from;
    for (const { span } of parameters) {
      const between = this.#marks("|", end, span.start);
      for (const [index, at] of between.entries()) {
        const isOpen = index === between.length - 1;
        const isClose = index === 0 && end > from;
        this.#roles.set(at, isOpen ? (isClose ? "barBoth" : "barOpen") : "barClose");
      }
      end = span.end;
    }
    this.#roles.set(this.#find("|", end, this.#source.length), "barClose");
  }

  #find(mark: string, from: number, to: number): number {
    return this.#marks(mark, from, to)[0] ?? -1;
  }

  /** Where that mark stands between two offsets that hold no string, comments passed over. */
  #marks(mark: string, from: number, to: number): number[] {
    const marks: number[] = [];
    for (let at = from; at < to; at++) {
      const character = this.#source.charAt(at);
      if (character === "#") {
        const end = this.#source.indexOf("\n", at);
        at = end < 0 ? to : end;
      } else if (character === mark) {
        marks.push(at);
        if (mark === "[" || (mark === "|" && to === this.#source.length)) break;
      }
    }
    return marks;
  }

  /** The source between two offsets, with blanks instead of comments. */
  #code(from: number, to: number): string {
    return this.#source.slice(from, to).replace(/#.*/g, (comment) => " ".repeat(comment.length));
  }
}
