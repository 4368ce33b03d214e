import { isDeepStrictEqual } from "node:util";
import {
  compile,
  disassemble,
  format,
  formatDiagnostics,
  tokenize,
  translateDiagnostic,
  type Diagnostic,
} from "#language";
import { decodeProgram, encodeProgram, type Observer, type Program } from "#machine";
import { TooLarge, TooLong } from "../language/simulated-host.ts";
import type { GeneratedProgram } from "./program-generator.ts";
import { runInWorld, secretText, type Bounds, type Outcome } from "./world.ts";

/**
 * What must hold of every text and of every program. A law that is broken throws; so does a fault of ours on the way.
 *
 *   L1  reading never throws; its tokens are in order, and without a fault they are all of the text but its blanks
 *   L2  a text has a program exactly if nothing in it is an error, and every diagnostic is about a part of it
 *   L3  formatting keeps the meaning and is stable; a text with errors stays as it is
 *   L4  a program is the same when it was stored
 *   L5  a run has the same outcome again, and when it is saved and loaded before every instruction
 *   L6  no secret is shown
 */
export class BrokenLaw extends Error {
  override name = "BrokenLaw";
}

/** L1 and L2. Gives the program, if there is one. */
export function assertReads(source: string): Program | null {
  const { program, diagnostics } = compile(source);
  assertInOrder(source, { hasGaps: hasSyntaxFault(diagnostics) });
  const hasError = diagnostics.some(({ severity }) => severity === "error");
  claim(hasError === (program === null), "L2: an error and a program, or neither");
  for (const diagnostic of diagnostics) assertWithin(source, diagnostic);
  if (hasSyntaxFault(diagnostics))
    claim(format(source) === source, "L3: a text with errors was changed");
  return program;
}

/** L3 and L4. */
export function assertKeeps(source: string, program: Program): void {
  const formatted = format(source);
  if (formatted !== source) {
    claim(format(formatted) === formatted, `L3: formatted again, it changes:\n${formatted}`);
    const again = compile(formatted).program;
    claim(
      again !== null && meaningOf(again) === meaningOf(program),
      `L3: formatted, it means something else:\n${formatted}`,
    );
  }
  const stored = encodeProgram(program);
  claim(encodeProgram(decodeProgram(stored)) === stored, "L4: stored, it is another program");
}

/** How a run is tried; the more is tried, the longer it takes. */
export interface Trial {
  /** A second time: as it was, saved and loaded before every instruction, or watched. */
  second: "none" | "again" | "saved" | Observer;
}

// Saving takes a hundred times as long as an instruction, and some programs have no end.
const bounds = { instructionsMax: 1500, turnsMax: 300 };

/** L5 and L6. Says whether the program came to its end, or to a wait for ever, within the bounds. */
export function assertRuns(
  generated: GeneratedProgram,
  program: Program,
  { second }: Trial,
): boolean {
  const run = (savesEveryInstruction: boolean, more: Partial<Bounds> = {}) =>
    attempt(() => runInWorld(generated, program, { ...bounds, ...more, savesEveryInstruction }));
  const first = run(false, { depthMax: 40, recordsJobs: second !== "none" });
  if (typeof first === "string") return false;
  assertHidden(first.shown);
  if (second === "none") return true;
  const again = run(second === "saved", typeof second === "string" ? {} : { observer: second });
  if (again === "too large") return true;
  const how = typeof second === "string" ? second : "watched";
  claim(
    typeof again !== "string" && first.seen === again.seen,
    `L5: ${how}, its outcome is another:\n${first.seen}\n${typeof again === "string" ? again : again.seen}`,
  );
  return true;
}

function attempt(run: () => Outcome): Outcome | "too long" | "too large" {
  try {
    return run();
  } catch (error) {
    if (error instanceof TooLarge) return "too large";
    if (error instanceof TooLong) return "too long";
    throw error;
  }
}

/** What the parser skipped after a fault within a string, or beyond a limit, has no tokens. */
function assertInOrder(source: string, { hasGaps }: { hasGaps: boolean }): void {
  let end = 0;
  for (const { span, kind } of [...tokenize(source), { span: last(source), kind: "end" }]) {
    claim(span.start >= end, `L1: the token ${kind} at ${span.start} begins within the one before`);
    claim(span.end >= span.start && span.end <= source.length, "L1: a token outside of the text");
    claim(hasGaps || isBlank(source.slice(end, span.start)), `L1: no token for the text at ${end}`);
    end = span.end;
  }
}

function last({ length }: string): { start: number; end: number } {
  return { start: length, end: length };
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

function assertWithin(source: string, diagnostic: Diagnostic): void {
  const { start, end } = diagnostic.span;
  claim(0 <= start && start <= end && end <= source.length, "L2: a diagnostic outside of the text");
}

function hasSyntaxFault(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ code }) => code.startsWith("syntax."));
}

function assertHidden(shown: string): void {
  claim(!shown.includes(secretText), `L6: a secret is shown:\n${shown}`);
}

/** What a program does: everything but where its parts stood. */
function meaningOf(program: Program): string {
  const functions = program.functions.map((each) => ({ ...each, lines: [], jobs: [] }));
  return encodeProgram({ ...program, functions });
}

function claim(holds: boolean, law: string): asserts holds {
  if (!holds) throw new BrokenLaw(law);
}

/** What tools show of a text: that must work for every text, too, and takes longer. */
export function assertShows(source: string): void {
  const { program, diagnostics } = compile(source);
  formatDiagnostics(diagnostics, source, "text");
  for (const diagnostic of diagnostics) translateDiagnostic(diagnostic, "ja");
  if (program !== null) claim(disassemble(program).length > 0, "a program without a text");
  claim(isDeepStrictEqual(compile(source).diagnostics, diagnostics), "L2: other diagnostics");
}
