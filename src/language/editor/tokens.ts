import { findBuiltin } from "#machine";
import { isContextName } from "../analysis/made-names.ts";
import type { Declaration } from "../analysis/resolver.ts";
import type { Token } from "../syntax/cursor.ts";
import type { Span } from "../syntax/span.ts";
import type { Chain, Expression, Job } from "../syntax/tree.ts";
import { isSpecialName } from "../syntax/token.ts";
import { chainsOf, closuresIn, closuresOf, expressionsOf } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";

/** What a token is to the eye. `interpolation` is what is replaced in a string: `$name`, and the `${` and `}` around an expression. */
export type TokenKind =
  | "argument"
  | "bracket"
  | "builtin"
  | "command"
  | "comment"
  | "connector"
  | "context"
  | "field"
  | "interpolation"
  | "invalid"
  | "key"
  | "keyword"
  | "number"
  | "operator"
  | "parameter"
  | "path"
  | "pattern"
  | "special"
  | "string"
  | "variable";

export interface EditorToken {
  kind: TokenKind;
  start: number;
  end: number;
}

/**
 * The tokens that touch a part of the text, or all: in order, without overlap, with all of the text but white space. Most is
 * seen at the tokens themselves, so that a job that does not parse while it is written does not lose its colours.
 */
export function tokensOf(document: EditorDocument, within?: Span): EditorToken[] {
  const { rawTokens: tokens } = document;
  const first = within ? firstOfJob(document, within.start) : 0;
  const start = within ? (tokens[first]?.span.start ?? 0) : 0;
  const end = within?.end ?? document.source.length;
  const commands = commandStarts(document, { start, end });
  const names = new NameKinds(document, { start, end });
  const found: EditorToken[] = [];
  /** The strings and interpolations that are open. */
  const open: ("string" | "command" | "pattern" | "interpolation")[] = [];
  for (let index = first; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const { start: at } = token.span;
    if (at > end) break;
    let kind: TokenKind;
    if (token.kind === "string" || token.kind === "pattern") {
      if (token.edge === "open") {
        const isCommand =
          token.kind === "string" && (commands.has(at) || beginsCommand(document, index));
        open.push(isCommand ? "command" : token.kind);
      }
      kind = openText(open) ?? token.kind;
      if (token.edge === "close") open.splice(open.lastIndexOf(kind));
    } else if (token.kind === "operator" && token.edge !== null) {
      kind = "interpolation";
      if (token.edge === "open") open.push("interpolation");
      else open.splice(Math.max(0, open.lastIndexOf("interpolation")));
    } else if (token.kind === "variable") {
      kind = names.isReplaced(at, token.span.end) ? "interpolation" : (openText(open) ?? "string");
    } else {
      const isWord = token.kind === "name" || token.kind === "keyword";
      kind = isWord ? names.kindOf(index, at) : plainKind(document, token);
    }
    if (!within || token.span.end >= within.start)
      found.push({ kind, start: at, end: token.span.end });
  }
  return found;
}

/** The innermost text; null in an interpolation. */
function openText(open: readonly string[]): "string" | "command" | "pattern" | null {
  const last = open.at(-1);
  return last === "string" || last === "command" || last === "pattern" ? last : null;
}

function plainKind({ source }: EditorDocument, { kind, span }: Token): TokenKind {
  if (kind === "operator" && span.end - span.start === 1) {
    const mark = source.charAt(span.start);
    return "()[]{}".includes(mark) ? "bracket" : "operator";
  }
  if (kind === "name" || kind === "variable") return "variable";
  return kind;
}

/** The first token of the job of the outermost chain in which the offset lies: no string is open there. */
export function firstOfLink({ tree, rawTokens }: EditorDocument, offset: number): number {
  const link = tree.chain?.links.findLast(({ job }) => job.span.start <= offset);
  return link ? firstFrom(rawTokens, link.job.span.start) : 0;
}

/** The same of the innermost chain that stands in no string, for the tokens alone: brackets may be open there. */
function firstOfJob({ tree, rawTokens }: EditorDocument, offset: number): number {
  let first = 0;
  let chain = tree.chain;
  while (chain) {
    const job = chain.links.findLast((link) => link.job.span.start <= offset)?.job;
    if (!job) break;
    first = job.span.start;
    const closures = expressionsOf(job).flatMap((each) => (each.kind === "closure" ? each : []));
    const chains = [...closures, ...chainsOf(job)].flatMap((inner) => inner.chain ?? []);
    chain = lastFrom(chains, offset);
  }
  return firstFrom(rawTokens, first);
}

function lastFrom<Node extends { span: Span }>(
  nodes: readonly Node[],
  offset: number,
): Node | null {
  return nodes.findLast(({ span }) => span.start <= offset) ?? null;
}

/** The index of the first token that begins there or behind. */
export function firstFrom(tokens: readonly { span: Span }[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as { span: Span }).span.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where the strings of commands begin, in that part of the text. */
function commandStarts({ tree }: EditorDocument, within: Span): Set<number> {
  const starts = new Set<number>();
  const add = (target: Expression): void => {
    if (target.kind === "string") starts.add(target.span.start);
    if (target.kind !== "binary" || target.operator !== "+") return;
    add(target.left);
    add(target.right);
  };
  const visitChain = ({ links }: Chain): void => {
    for (const { job } of links) {
      if (job.span.end < within.start) continue;
      if (job.span.start > within.end) return;
      visit(job);
    }
  };
  const visit = (job: Job): void => {
    if (job.kind === "bracket") add(job.target);
    for (const closure of closuresOf(job)) if (closure.chain) visitChain(closure.chain);
    for (const { chain } of chainsOf(job)) visitChain(chain);
  };
  for (const { default: value } of tree.parameters)
    for (const closure of value ? closuresIn(value) : [])
      if (closure.chain) visitChain(closure.chain);
  if (tree.chain) visitChain(tree.chain);
  return starts;
}

/** Whether the string behind `[` is a command, where that can be seen at what stands before: also in a job that is broken. */
function beginsCommand({ source, rawTokens }: EditorDocument, index: number): boolean {
  const bracket = rawTokens[index - 1];
  if (!bracket || source.charAt(bracket.span.start) !== "[") return false;
  const before = rawTokens[index - 2];
  return !before || before.kind === "connector" || source.charAt(before.span.start) === "|";
}

/** What names are, by what they mean and, where they mean nothing, by what stands around them. */
class NameKinds {
  readonly #document: EditorDocument;
  readonly #declarations: readonly Declaration[];
  #nextUse = 0;
  #nextDeclaration = 0;

  constructor(document: EditorDocument, { start, end }: Span) {
    this.#document = document;
    const { declarations, uses } = document.names;
    this.#declarations = declarations
      .filter(({ name }) => name.span.start >= start && name.span.start <= end)
      .toSorted((a, b) => a.name.span.start - b.name.span.start);
    this.#nextUse = firstFrom(uses, start);
  }

  /** Called for offsets that only grow. */
  kindOf(index: number, start: number): TokenKind {
    const declaration = this.#declarationAt(start);
    if (declaration) return declaration.kind === "parameter" ? "parameter" : "variable";
    const { source, rawTokens } = this.#document;
    const token = rawTokens[index] as Token;
    const text = source.slice(token.span.start, token.span.end);
    if (isContextName(text)) return "context";
    const before = rawTokens[index - 1];
    const after = rawTokens[index + 1];
    const next = after?.kind === "operator" ? source.slice(after.span.start, after.span.end) : "";
    const isReserved = token.kind === "keyword";
    if (before && before.kind === "operator" && source.charAt(before.span.start) === ".")
      return "field";
    if (next === "=") return "argument";
    if (isReserved) return "keyword";
    if (next === "(") return "builtin";
    if (next === ":") return "key";
    return findBuiltin(text)?.kind === "job" ? "builtin" : "variable";
  }

  /** Whether `$word` is replaced. */
  isReplaced(start: number, end: number): boolean {
    if (this.#declarationAt(start + 1)) return true;
    const word = this.#document.source.slice(start + 1, end);
    const ascii = /^[A-Za-z0-9_]*/.exec(word)?.[0] ?? "";
    return isSpecialName(word) || isSpecialName(ascii) || isContextName(word);
  }

  #declarationAt(start: number): Declaration | null {
    const { uses } = this.#document.names;
    while ((uses[this.#nextUse]?.span.start ?? Infinity) < start) this.#nextUse++;
    const use = uses[this.#nextUse];
    if (use?.span.start === start && use.declaration) return use.declaration;
    const made = this.#declarations;
    while ((made[this.#nextDeclaration]?.name.span.start ?? Infinity) < start)
      this.#nextDeclaration++;
    const declaration = made[this.#nextDeclaration];
    return declaration?.name.span.start === start ? declaration : null;
  }
}
