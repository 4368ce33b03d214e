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

// Characters of a console that are kept: the newest. A flow that prints for years, or a gigabyte at once, fills no disk.
const consoleMax = 8_000_000;

// Characters of a line.
const lineMax = 100_000;

// Characters that are read for one page.
const pageMax = 4_000_000;
const rowsPerRead = 200;

/** The lines of a text that is printed; one that is too long is cut. */
export function linesToPrint(text: string): string[] {
  const lines = text.split("\n");
  if (text.length <= lineMax) return lines;
  return lines.map((line) =>
    line.length <= lineMax
      ? line
      : `${line.slice(0, lineMax)}… (${line.length - lineMax} more characters)`,
  );
}

/** Appends what one turn printed; `updateProcess` then writes the row. Gives a promise where old lines are dropped. */
export function appendConsole(
  writes: LateWrites,
  row: ProcessRow,
  at: number,
  lines: readonly string[],
): Promise<void> | undefined {
  const tail = row.console_tail ?? String(row.console_lines + 1);
  row.console_tail = `${tail}\n${JSON.stringify([at, ...lines])}`;
  row.console_lines += lines.length;
  if (row.console_tail.length <= tailMax) return undefined;
  moveTail(writes, row, row.console_tail);
  return row.console_size <= consoleMax ? undefined : dropOldest(writes, row);
}

/** Lines after that number that are kept, in order; fewer than `limit` where they are long. */
export async function readConsole(
  tx: Transaction,
  process: number,
  after: number,
  limit: number,
): Promise<ConsoleLine[]> {
  const lines: ConsoleLine[] = [];
  let size = 0;
  const take = (line: ConsoleLine): void => {
    if (line.number <= after || lines.length >= limit || size >= pageMax) return;
    lines.push(line);
    size += line.text.length;
  };
  for await (const { first_line: first, printed_at: at, text } of storedLines(tx, process, after)) {
    if (at === inChunks) linesOf(first, text).forEach(take);
    else text.split("\n").forEach((line, index) => take({ number: first + index, at, text: line }));
    if (lines.length >= limit || size >= pageMax) return lines;
  }
  const own = await tx.get<{ console_tail: string | null }>(
    "select console_tail from process where id = ?",
    [process],
  );
  if (own?.console_tail != null) {
    const { first, chunks } = partsOf(own.console_tail);
    linesOf(first, chunks).forEach(take);
  }
  return lines;
}

/** When a row of `console` was written last, as far as it tells. */
export function endOfConsole({
  printed_at: at,
  text,
}: {
  printed_at: number;
  text: string;
}): number {
  if (at !== inChunks) return at;
  const last = /(?:^|\n)\[(\d+)[^\n]*$/.exec(text)?.[1];
  return last === undefined ? 0 : Number(last);
}

interface StoredLines {
  first_line: number;
  printed_at: number;
  text: string;
}

async function* storedLines(
  tx: Transaction,
  process: number,
  after: number,
): AsyncGenerator<StoredLines> {
  // The row that holds the line after `after` may begin before it.
  const start = await tx.get<{ first_line: number }>(
    "select first_line from console where process = ? and first_line <= ? order by first_line desc limit 1",
    [process, after + 1],
  );
  let from = start?.first_line ?? 0;
  for (;;) {
    const rows = await tx.all<StoredLines>(
      "select first_line, printed_at, text from console where process = ? and first_line >= ? order by first_line limit ?",
      [process, from, rowsPerRead],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsPerRead) return;
    from = last.first_line + 1;
  }
}

/** Half of what is kept goes at once, so that it is seldom looked for. */
async function dropOldest(writes: LateWrites, row: ProcessRow): Promise<void> {
  const rows = await writes.all<{ first_line: number; size: number }>(
    "select first_line, length(text) as size from console where process = ? order by first_line desc",
    [row.id],
  );
  row.console_size = 0;
  for (const { first_line: first, size } of rows) {
    if (row.console_size + size > consoleMax / 2 && row.console_size > 0) {
      await writes.run("delete from console where process = ? and first_line <= ?", [
        row.id,
        first,
      ]);
      return;
    }
    row.console_size += size;
  }
}

/** Stands for the time of a row of `console` that holds chunks. */
const inChunks = 0;

function moveTail(writes: LateWrites, row: ProcessRow, tail: string): void {
  const { first, chunks } = partsOf(tail);
  row.console_tail = null;
  row.console_size += chunks.length;
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
