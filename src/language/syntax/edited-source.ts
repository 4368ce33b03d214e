import type { Diagnostic } from "../analysis/diagnostic.ts";
import { diagnosticsMax, type Token } from "./cursor.ts";
import { parseWithTokens, readPieces, sourceLengthMax, type Parsed, type Piece } from "./parser.ts";
import { KeptJobs, moveSpan, type Replacement } from "./kept-jobs.ts";
import type { Jobflow } from "./tree.ts";

/**
 * A source that is written at this moment: it is parsed again at every keystroke, but only the jobs that were touched. The
 * others are kept: in pieces, and within a piece that was touched one by one. Of what stands behind the edit the spans are
 * moved in place.
 *
 *   E1  tree, diagnostics and tokens are those that {@link parseWithTokens} gives for the whole source
 *   E2  what was handed out belongs to the source: the next update moves it
 *   E3  a piece that is kept behind the edit begins at a place where the parser has nothing on its mind, and neither it
 *       nor what follows is faulty, because faults speak of lines
 */
export class EditedSource implements Parsed {
  source: string;
  tree: Jobflow = emptyTree;
  diagnostics: Diagnostic[] = [];
  #pieces: readonly Piece[] = [];
  #tokens: readonly Token[] | null = null;

  constructor(source: string) {
    this.source = source;
    this.#read([], null, () => false);
  }

  /** In the order of the source, comments included. */
  get tokens(): readonly Token[] {
    this.#tokens ??= this.#pieces.flatMap(({ tokens }) => tokens);
    return this.#tokens;
  }

  update(source: string): void {
    if (source === this.source) return;
    const old = this.#pieces;
    const replaced = difference(this.source, source);
    const { start, oldEnd, newEnd } = replaced;
    const shift = newEnd - oldEnd;
    this.source = source;
    // The connector of a piece is the last that was looked at before the piece before it ended.
    const touched = old.findLastIndex(
      (piece, index) => index > 0 && piece.isClean && piece.start + connectorMax <= start,
    );
    const faulty = old.findLastIndex(({ diagnostics }) => diagnostics.length > 0);
    const after = old.slice(Math.max(faulty, touched) + 1).filter((piece) => piece.start >= oldEnd);
    let passed = 0;
    const isKnown = (offset: number): boolean => {
      while ((after[passed]?.start ?? Infinity) + shift < offset) passed++;
      const piece = after[passed];
      return piece !== undefined && piece.start + shift === offset && piece.isClean;
    };
    const rest = (): Piece[] => {
      const kept = after.slice(passed);
      if (shift !== 0) for (const piece of kept) move(piece, shift);
      return kept;
    };
    const first = Math.max(0, touched);
    const kept = new KeptJobs(old.slice(first), replaced);
    this.#read(old.slice(0, first), old[touched] ?? null, isKnown, kept, rest);
  }

  #read(
    before: readonly Piece[],
    from: Piece | null,
    isKnown: (offset: number) => boolean,
    kept: KeptJobs | null = null,
    rest: () => Piece[] = () => [],
  ): void {
    const { source } = this;
    this.#tokens = null;
    if (source.length > sourceLengthMax) return this.#readWhole();
    let isStopped = false;
    const isEnd = (offset: number): boolean => {
      isStopped = isKnown(offset);
      return isStopped;
    };
    const read = readPieces(source, from, isEnd, kept);
    this.#pieces = [...before, ...read, ...(isStopped ? rest() : [])];
    this.diagnostics = this.#pieces.flatMap(({ diagnostics }) => diagnostics);
    // The parser counts the diagnostics of a whole source.
    if (this.diagnostics.length >= diagnosticsMax) return this.#readWhole();
    this.tree = treeOf(this.#pieces, source);
  }

  #readWhole(): void {
    const { tree, diagnostics, tokens } = parseWithTokens(this.source);
    this.tree = tree;
    this.diagnostics = diagnostics;
    this.#tokens = tokens;
    this.#pieces = [];
  }
}

/** `=>>` and `->>` */
const connectorMax = 3;

const emptyTree: Jobflow = {
  kind: "jobflow",
  span: { start: 0, end: 0 },
  parameters: [],
  chain: null,
  comments: [],
};

function difference(before: string, after: string): Replacement {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  return { start, oldEnd: before.length - end, newEnd: after.length - end };
}

function move(piece: Piece, by: number): void {
  piece.start += by;
  piece.previousEnd += by;
  piece.end += by;
  piece.chainStart += by;
  for (const span of piece.spans) moveSpan(span, by);
  for (const { span } of piece.tokens) moveSpan(span, by);
  for (const job of piece.jobs) moveSpan(job, by);
}

function treeOf(pieces: readonly Piece[], source: string): Jobflow {
  const [first] = pieces;
  const last = pieces.at(-1);
  const links = pieces.flatMap((piece) => piece.links);
  return {
    kind: "jobflow",
    span: { start: 0, end: source.length },
    parameters: first?.parameters ?? [],
    chain:
      links.length > 0 && first && last
        ? { span: { start: first.chainStart, end: last.end }, links }
        : null,
    comments: pieces.flatMap(({ comments }) => comments),
  };
}
