import { assert } from "#kernel";
import type { Builtin } from "./builtins/builtin.ts";
import { findBuiltin } from "./builtins/list.ts";
import { restore, store, type Stored } from "./encoding.ts";
import type { Value } from "./value.ts";

/**
 * What a jobflow is compiled to: a plain value that holds no path, no time and nothing of the place where it was made,
 * so that its hash is its identity. A process keeps the program it began with (DESIGN section 2).
 */
export interface Program {
  readonly format: 1;
  /** The first is the flow itself. */
  readonly functions: readonly FunctionCode[];
  readonly constants: readonly Value[];
  /** Built-in functions by name. */
  readonly builtins: readonly string[];
}

/** `flow`: a jobflow; `closure`: `{|a| …}`; `child`: a branch of a fork or the body of a pfor. */
export type FunctionKind = "flow" | "closure" | "child";

export interface FunctionCode {
  readonly kind: FunctionKind;
  /** They are the first slots. */
  readonly parameters: readonly { readonly name: string; readonly isRequired: boolean }[];
  /** Copied when a closure is written or a child starts: from a slot of the function around it, to one of its own; in pairs. */
  readonly captures: readonly number[];
  /** The variable in each slot; null where the machine keeps something. */
  readonly slots: readonly (string | null)[];
  readonly code: readonly number[];
  /**
   * Where a failing job goes on, innermost first, in sixes: start and end in the code, target, how many blocks
   * stay open, and the slots that are unset (from, to before). No entry: the function ends abnormally.
   */
  readonly handlers: readonly number[];
  /** In pairs: from this place in the code on, this line of the source. */
  readonly lines: readonly number[];
  /** The jobs, those within another one before it. Programs of before 0.2 have none. */
  readonly jobs?: readonly JobPlace[];
}

/**
 * Where a job stands: start and end in the code, line and column in the source; of what kind it is, how it begins, and how many
 * blocks are open where it begins (unknown in the first programs).
 */
export type JobPlace = readonly [
  start: number,
  end: number,
  line: number,
  column: number,
  kind: string,
  text: string,
  depth?: number,
];

/** The text that is stored; its hash names the program. */
export function encodeProgram(program: Program): string {
  const constants = program.constants.map((constant): unknown => JSON.parse(store(constant)));
  return JSON.stringify({ ...program, constants });
}

/** The inverse of {@link encodeProgram}. */
export function decodeProgram(text: string): Program {
  const stored = JSON.parse(text) as Omit<Program, "constants"> & { constants: Stored[] };
  assert(stored.format === 1, `a program of the unknown format ${String(stored.format)}`);
  return { ...stored, constants: stored.constants.map((constant) => restore(constant) as Value) };
}

/** A program made ready to run. */
export interface LoadedProgram {
  readonly program: Program;
  readonly functions: readonly LoadedFunction[];
  readonly constants: readonly Value[];
  readonly builtins: readonly Builtin[];
}

export interface LoadedFunction extends FunctionCode {
  readonly instructions: Int32Array;
  /** The innermost job at each place in the code, made when it is first asked for. */
  jobIndexes?: Int32Array;
}

const loaded = new WeakMap<Program, LoadedProgram>();

export function loadProgram(program: Program): LoadedProgram {
  const known = loaded.get(program);
  if (known !== undefined) return known;
  const made: LoadedProgram = {
    program,
    functions: program.functions.map((code) => ({
      ...code,
      instructions: Int32Array.from(code.code),
    })),
    constants: program.constants,
    builtins: program.builtins.map((name) => {
      const builtin = findBuiltin(name);
      assert(builtin !== undefined, `the program uses the unknown built-in '${name}'`);
      return builtin;
    }),
  };
  loaded.set(program, made);
  return made;
}

/** The line of the source at a place in the code. */
export function lineAt(code: FunctionCode, pc: number): number {
  let low = 0;
  let high = code.lines.length / 2 - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((code.lines[middle * 2] as number) <= pc) low = middle;
    else high = middle - 1;
  }
  return code.lines[low * 2 + 1] ?? 1;
}

/** The index of the innermost job at a place in the code; -1: there is none. */
export function jobAt(code: LoadedFunction, place: number): number {
  code.jobIndexes ??= indexJobs(code);
  return code.jobIndexes[place] ?? -1;
}

function indexJobs({ code, jobs = [] }: FunctionCode): Int32Array {
  const indexes = new Int32Array(code.length).fill(-1);
  // Those around others come later in the list: inner ones are written over them.
  for (let index = jobs.length - 1; index >= 0; index -= 1) {
    const [start, end] = jobs[index] as JobPlace;
    indexes.fill(index, start, end);
  }
  return indexes;
}
