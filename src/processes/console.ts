import type { Transaction } from "#database";
import type { LateWrites } from "./late-writes.ts";
import type { ProcessRow } from "./process-table.ts";

/**
 * What processes printed. The newest lines of a process stand in its own row, which every turn writes anyway, and move on to a row
 * of `console` when they have become some: a row a turn, with its place in an index, would cost more than all else of the turn.
 *
 * Both hold chunks, a line each: the time of a turn and what it printed, as a JSON list. Before them, in the process's row, stands
 * the number of the first line. A row of `console` with a time of its own is of an older release and holds the lines themselves.
 */

/** A line of a process's console; numbers grow by one, from 1. */
export interface ConsoleLine {
  number: number;
  /** Milliseconds since the epoch. */
  at: number;
  text: string;
}

// The process's row is written every turn, so it stays small.
const tailMax = 500;

/** Appends what one turn printed; `updateProcess` then writes the row. */
export function appendConsole(
  writes: LateWrites,
  row: ProcessRow,
  at: number,
  lines: readonly string[],
): void {
  const tail = row.console_tail ?? String(row.console_lines + 1);
  row.console_tail = `${tail}\n${JSON.stringify([at, ...lines])}`;
  row.console_lines += lines.length;
  if (row.console_tail.length > tailMax) moveTail(writes, row, row.console_tail);
}

/** Lines after that number, in order. */
export async function readConsole(
  tx: Transaction,
  process: number,
  after: number,
  limit: number,
): Promise<ConsoleLine[]> {
  // The row that holds the line after `after` may begin before it.
  const start = await tx.get<{ first_line: number }>(
    "select first_line from console where process = ? and first_line <= ? order by first_line desc limit 1",
    [process, after + 1],
  );
  const rows = await tx.all<{ first_line: number; printed_at: number; text: string }>(
    "select first_line, printed_at, text from console where process = ? and first_line >= ? order by first_line limit ?",
    [process, start?.first_line ?? 0, limit],
  );
  const own = await tx.get<{ console_tail: string | null }>(
    "select console_tail from process where id = ?",
    [process],
  );
  const lines: ConsoleLine[] = [];
  const take = (line: ConsoleLine): void => {
    if (line.number > after && lines.length < limit) lines.push(line);
  };
  for (const { first_line: first, printed_at: at, text } of rows) {
    if (at === inChunks) linesOf(first, text).forEach(take);
    else text.split("\n").forEach((line, index) => take({ number: first + index, at, text: line }));
  }
  if (own?.console_tail != null) {
    const { first, chunks } = partsOf(own.console_tail);
    linesOf(first, chunks).forEach(take);
  }
  return lines;
}

/** Stands for the time of a row of `console` that holds chunks. */
const inChunks = 0;

function moveTail(writes: LateWrites, row: ProcessRow, tail: string): void {
  const { first, chunks } = partsOf(tail);
  row.console_tail = null;
  writes.append("insert into console (process, first_line, printed_at, text) values (?, ?, ?, ?)", [
    row.id,
    first,
    inChunks,
    chunks,
  ]);
}

function partsOf(tail: string): { first: number; chunks: string } {
  const end = tail.indexOf("\n");
  return { first: Number(tail.slice(0, end)), chunks: tail.slice(end + 1) };
}

function linesOf(first: number, chunks: string): ConsoleLine[] {
  let number = first - 1;
  return chunks.split("\n").flatMap((chunk) => {
    const [at, ...texts] = JSON.parse(chunk) as [number, ...string[]];
    return texts.map((text) => {
      number += 1;
      return { number, at, text };
    });
  });
}
