import { Choices, shrink } from "./choices.ts";
import { assertKeeps, assertReads, assertRuns, assertShows } from "./laws.ts";
import { generateProgram, type GeneratedProgram } from "./program-generator.ts";
import type { Reach } from "./reach.ts";
import { generateText } from "./text-generator.ts";
import type { Progress } from "./watchdog.ts";
import { programPath } from "./world.ts";

/** How often something is tried, in a row that repeats: the dear laws are tried for some programs only. */
export interface Plan {
  /** One in so many is saved and loaded before every instruction. */
  savedOneIn: number;
  /** One in so many runs a second time; where it is asked for, watched for what it reaches. */
  againOneIn: number;
  /** One in so many is laid out and stored. */
  laidOutOneIn: number;
  /** So many texts that are no programs come with each program. */
  textsPerProgram: number;
}

export interface Finding {
  kind: "program" | "text";
  index: number;
  /** Shrunk. */
  source: string;
  error: unknown;
}

export interface Tally {
  programs: number;
  /** Those of them that compiled. */
  compiled: number;
  /** Those that came to an end, or to a wait for ever, within the bounds. */
  finished: number;
  saved: number;
  texts: number;
}

export function newTally(): Tally {
  return { programs: 0, compiled: 0, finished: 0, saved: 0, texts: 0 };
}

export interface Run {
  plan: Plan;
  tally: Tally;
  /** Where it is asked for: what the programs reach. */
  reach: Reach | null;
  progress: Progress;
}

/** Tries the program and the texts of that number; gives what was found, if there is something. */
export function tryOne(
  seed: number,
  index: number,
  { plan, tally, reach, progress }: Run,
): Finding | null {
  const isSaved = index % plan.savedOneIn === 0;
  const isAgain = !isSaved && index % plan.againOneIn === 1 % plan.againOneIn;
  const repeated = isSaved ? "saved" : "again";
  const second = isSaved ? "saved" : isAgain ? (reach ?? "again") : "none";
  const isLaidOut = index % plan.laidOutOneIn === 0;
  const programs: Subject<GeneratedProgram> = {
    kind: "program",
    generate: generateProgram,
    attempt(generated, isFirst) {
      progress.beat();
      if (isFirst) tryProgram(generated, { isLaidOut, second }, tally);
      else tryProgram(generated, { isLaidOut: true, second: repeated }, newTally());
    },
    sourceOf: ({ source }) => source,
  };
  tally.programs += 1;
  if (isSaved) tally.saved += 1;
  const finding = trySubject(programs, Choices.ofSeed(seed, index), index);
  if (finding !== null) return finding;

  const texts: Subject<string> = {
    kind: "text",
    generate: generateText,
    attempt(text) {
      progress.beat();
      tryText(text);
    },
    sourceOf: (text) => text,
  };
  const due =
    Math.floor((index + 1) * plan.textsPerProgram) - Math.floor(index * plan.textsPerProgram);
  for (let count = 0; count < due; count += 1) {
    tally.texts += 1;
    const choices = Choices.ofSeed(seed ^ 0x5eed_7e87, index * 16 + count);
    const found = trySubject(texts, choices, index);
    if (found !== null) return found;
  }
  return null;
}

function tryProgram(
  generated: GeneratedProgram,
  { isLaidOut, second }: { isLaidOut: boolean; second: "none" | "again" | "saved" | Reach },
  tally: Tally,
): void {
  const program = assertReads(generated.source);
  if (program === null) return;
  if (isLaidOut) assertKeeps(generated.source, program);
  tally.compiled += 1;
  const trial =
    typeof second === "string" ? second : second.observe(generated.source, program, programPath);
  const finished = assertRuns(generated, program, { second: trial });
  if (finished) tally.finished += 1;
}

function tryText(text: string): void {
  const program = assertReads(text);
  if (program !== null) assertKeeps(text, program);
  assertShows(text);
}

/** What is generated and tried. */
interface Subject<T> {
  kind: Finding["kind"];
  generate: (choices: Choices) => T;
  attempt: (generated: T, isFirst: boolean) => void;
  sourceOf: (generated: T) => string;
}

function trySubject<T>(subject: Subject<T>, choices: Choices, index: number): Finding | null {
  const generated = subject.generate(choices);
  try {
    subject.attempt(generated, true);
    return null;
  } catch (error) {
    return shrunk(subject, choices.taken, index, error);
  }
}

function shrunk<T>(
  { kind, generate, attempt, sourceOf }: Subject<T>,
  choices: readonly number[],
  index: number,
  first: unknown,
): Finding {
  let error = first;
  const best = shrink(choices, (candidate) => {
    try {
      attempt(generate(Choices.given(candidate)), false);
      return false;
    } catch (fault) {
      // Another fault is another finding.
      if (nameOf(fault) !== nameOf(first)) return false;
      error = fault;
      return true;
    }
  });
  return { kind, index, source: sourceOf(generate(Choices.given(best))), error };
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? `${fault.name} ${fault.message.slice(0, 24)}` : String(fault);
}
