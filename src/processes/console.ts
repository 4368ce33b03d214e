import type { Transaction } from "#database";

/** A line of a process's console; numbers grow by one, from 1. */
export interface ConsoleLine {
  number: number;
  /** Milliseconds since the epoch. */
  at: number;
  text: string;
}

/** Appends what one turn printed, as one row. */
export async function appendConsole(
  tx: Transaction,
  process: number,
  firstLine: number,
  at: number,
  lines: readonly string[],
): Promise<void> {
  await tx.run("insert into console (process, first_line, printed_at, text) values (?, ?, ?, ?)", [
    process,
    firstLine,
    at,
    lines.join("\n"),
  ]);
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
  const lines: ConsoleLine[] = [];
  for (const row of rows) {
    let number = row.first_line;
    for (const text of row.text.split("\n")) {
      if (number > after && lines.length < limit) lines.push({ number, at: row.printed_at, text });
      number += 1;
    }
  }
  return lines;
}
