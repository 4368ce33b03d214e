import { readFileSync } from "node:fs";
import { Session, type Profiler } from "node:inspector/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Which branches of a folder's code ran, as V8 counts them: a branch is a function, or a part of one that may run another
 * number of times than what is around it. What stands in the file stands at the same place in the code that V8
 * sees, since Node.js replaces types by blanks.
 */
export interface BranchCoverage {
  reached: number;
  total: number;
  /** The largest parts that never ran: `src/machine/loop.ts:12 text of the line`. */
  missed: string[];
}

/** Counts from here on; must begin before the code is loaded. */
export async function startCoverage(folder: string): Promise<() => Promise<BranchCoverage>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return async () => {
    const { result } = await session.post("Profiler.takePreciseCoverage");
    await session.post("Profiler.stopPreciseCoverage");
    session.disconnect();
    return sum(folder, result);
  };
}

function sum(folder: string, scripts: readonly Profiler.ScriptCoverage[]): BranchCoverage {
  let [reached, total] = [0, 0];
  const missed: { size: number; text: string }[] = [];
  for (const { url, functions } of scripts) {
    if (!url.startsWith("file:") || !fileURLToPath(url).startsWith(`${folder}/`)) continue;
    const file = fileURLToPath(url);
    const source = readFileSync(file, "utf8");
    for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
      total += 1;
      if (count > 0) reached += 1;
      else
        missed.push({ size: endOffset - startOffset, text: describe(file, source, startOffset) });
    }
  }
  const largest = missed.toSorted((a, b) => b.size - a.size).map(({ text }) => text);
  return { reached, total, missed: largest };
}

function describe(file: string, source: string, offset: number): string {
  const line = source.slice(0, offset).split("\n").length;
  const text = source.slice(offset).trimStart().split("\n", 1)[0] ?? "";
  return `${relative(process.cwd(), file)}:${line} ${text.slice(0, 80)}`;
}
