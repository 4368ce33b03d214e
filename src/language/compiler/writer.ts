import { assert } from "#kernel";
import {
  encodeValue,
  opcode,
  type FunctionCode,
  type JobPlace,
  type Program,
  type Value,
} from "#machine";
import type { FunctionSlots } from "./slots.ts";

/** Collects what the functions of a program share. */
export class ProgramWriter {
  readonly #constants: Value[] = [];
  readonly #constantIndexes = new Map<string, number>();
  readonly #builtins: string[] = [];
  readonly #functions: (FunctionCode | null)[] = [];

  /** The place of a constant; equal ones are kept once. */
  constant(value: Value): number {
    const key = encodeValue(value);
    const known = this.#constantIndexes.get(key);
    if (known !== undefined) return known;
    this.#constantIndexes.set(key, this.#constants.length);
    return this.#constants.push(value) - 1;
  }

  builtin(name: string): number {
    const known = this.#builtins.indexOf(name);
    return known >= 0 ? known : this.#builtins.push(name) - 1;
  }

  /** The number of a function whose code is written later. */
  reserveFunction(): number {
    return this.#functions.push(null) - 1;
  }

  setFunction(index: number, code: FunctionCode): void {
    this.#functions[index] = code;
  }

  finish(): Program {
    const functions = this.#functions.map((code) => {
      assert(code !== null, "a function was reserved and not written");
      return code;
    });
    return { format: 1, functions, constants: this.#constants, builtins: this.#builtins };
  }
}

/** A place in the code that is known later. */
export class Label {
  place: number | null = null;
  readonly uses: number[] = [];
}

/** Writes the code of one function. */
export class CodeWriter {
  readonly code: number[] = [];
  readonly lines: number[] = [];
  readonly jobs: JobPlace[] = [];
  readonly #handlers: {
    start: number;
    end: number;
    target: Label;
    depth: number;
    slots: [number, number];
  }[] = [];

  get place(): number {
    return this.code.length;
  }

  emit(instruction: number, ...operands: (number | Label)[]): void {
    this.code.push(instruction);
    for (const operand of operands) {
      if (operand instanceof Label) this.#use(operand);
      else this.code.push(operand);
    }
  }

  /** The label is here. */
  mark(label: Label): void {
    label.place = this.place;
    for (const use of label.uses) this.code[use] = label.place;
  }

  /** What follows belongs to that line of the source. */
  line(line: number): void {
    if (this.lines.at(-1) === line) return;
    if (this.lines.at(-2) === this.place) this.lines.length -= 2;
    this.lines.push(this.place, line);
  }

  /** A failure between two places goes on at the label; inner ranges are told before outer ones. */
  handler(start: number, target: Label, depth: number, slots: [number, number]): void {
    if (start < this.place) this.#handlers.push({ start, end: this.place, target, depth, slots });
  }

  finish(options: Pick<FunctionCode, "kind" | "parameters">, slots: FunctionSlots): FunctionCode {
    this.emit(opcode.end);
    return {
      ...options,
      captures: slots.captures,
      slots: slots.names,
      code: this.code,
      handlers: this.#handlers.flatMap(({ start, end, target, depth, slots: [from, to] }) => {
        assert(target.place !== null, "a handler without a place");
        return [start, end, target.place, depth, from, to];
      }),
      lines: this.lines,
      jobs: this.jobs,
    };
  }

  #use(label: Label): void {
    if (label.place === null) label.uses.push(this.place);
    this.code.push(label.place ?? -1);
  }
}
