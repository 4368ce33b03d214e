import type { Recording } from "./cursor.ts";
import type { Comment, Job } from "./tree.ts";

/**
 * The jobs of a source before it was edited, at all depths: one that the edit did not touch is taken as it is, with all
 * that was recorded of it, wherever it stands in the new source.
 *
 *   K1  what a job is depends on its own text and on how deep it stands, if nothing is wrong with it
 *   K2  `break` and `continue` are not kept: they go on where a parenthesis follows
 */
export interface JobRecord {
  /** Null: something is wrong with it, or it is one that is not kept. */
  job: Job | null;
  start: number;
  end: number;
  readonly depth: number;
  /** What belongs to it, by its places in the lists of a {@link Recording}. */
  tokens: Range;
  spans: Range;
  comments: Range;
  /** The jobs in it, and itself as the first. */
  jobs: Range;
}

export interface Range {
  from: number;
  to: number;
}

/** What was recorded of a part of the source; see Piece. */
export interface RecordedPart extends Recording {
  readonly start: number;
  readonly comments: readonly Comment[];
}

/** What was replaced: the texts are equal before `start`, and behind `oldEnd` and `newEnd`. */
export interface Replacement {
  start: number;
  oldEnd: number;
  newEnd: number;
}

export class KeptJobs {
  readonly #parts: readonly RecordedPart[];
  readonly #replaced: Replacement;

  /** The parts in their order. */
  constructor(parts: readonly RecordedPart[], replaced: Replacement) {
    this.#parts = parts;
    this.#replaced = replaced;
  }

  /** The job that begins at that offset of the new source, and by how much it has to be moved. */
  at(
    offset: number,
    depth: number,
  ): { part: RecordedPart; record: JobRecord; job: Job; shift: number } | null {
    const { start, oldEnd, newEnd } = this.#replaced;
    const shift = offset < start ? 0 : newEnd - oldEnd;
    const before = offset - shift;
    if (shift !== 0 && before < oldEnd) return null;
    const part = lastUpTo(this.#parts, before);
    const record = part && lastUpTo(part.jobs, before);
    if (!part || !record?.job || record.start !== before || record.depth !== depth) return null;
    const isUntouched = before >= oldEnd || record.end < start;
    return isUntouched ? { part, record, job: record.job, shift } : null;
  }
}

/** Of a list in order of start the last that begins there or before. */
function lastUpTo<Element extends { readonly start: number }>(
  list: readonly Element[],
  offset: number,
): Element | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Element).start <= offset) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

/** Hands over what was recorded of a job, moved to its new place; the comments are given back. */
export function handOver(
  { record, part, shift }: { record: JobRecord; part: RecordedPart; shift: number },
  to: Recording,
  commentCount: number,
): Comment[] {
  const { tokens, spans, comments, jobs } = record;
  const moves = {
    tokens: to.tokens.length - tokens.from,
    spans: to.spans.length - spans.from,
    comments: commentCount - comments.from,
    jobs: to.jobs.length - jobs.from,
  };
  for (let index = tokens.from; index < tokens.to; index++) {
    const token = part.tokens[index] as Recording["tokens"][number];
    moveSpan(token.span, shift);
    to.tokens.push(token);
  }
  for (let index = spans.from; index < spans.to; index++) {
    const span = part.spans[index] as Recording["spans"][number];
    moveSpan(span, shift);
    to.spans.push(span);
  }
  const kept = part.comments.slice(comments.from, comments.to);
  for (const each of part.jobs.slice(jobs.from, jobs.to)) {
    moveSpan(each, shift);
    moveRange(each.tokens, moves.tokens);
    moveRange(each.spans, moves.spans);
    moveRange(each.comments, moves.comments);
    moveRange(each.jobs, moves.jobs);
    to.jobs.push(each);
  }
  return kept;
}

export function moveSpan(span: { start: number; end: number }, by: number): void {
  span.start += by;
  span.end += by;
}

function moveRange(range: Range, by: number): void {
  range.from += by;
  range.to += by;
}
