/** `run --step`: shows before what processes are held, and asks what to do, on a terminal or from a pipe. */
import { createInterface, type Interface } from "node:readline";
import type {
  HeldJob,
  ObjectDocument,
  ProcessFields,
  StepDecision,
  VariablesDocument,
} from "#contract";
import { TsunagiError } from "#kernel";
import { told } from "./reader-language.ts";
import { variablesLines } from "./variables-report.ts";

/** The processes that may be held, wherever they run. */
export interface SteppedRun {
  /** Those that are held now, the newest first. */
  held(): Promise<readonly ObjectDocument[]>;
  decide(process: string, turn: number, decision: StepDecision): Promise<unknown>;
  variables(process: string): Promise<VariablesDocument>;
}

const words: Record<string, StepDecision | "variables"> = {
  "": "go",
  g: "go",
  go: "go",
  s: "skip",
  skip: "skip",
  a: "abort",
  abort: "abort",
  f: "free",
  free: "free",
  v: "variables",
  variables: "variables",
};

const question = "[enter] go, s skip, a abort, f free (no more questions), v variables? ";

export class Stepper {
  readonly #input: Interface;
  readonly #lines: AsyncIterator<string>;
  readonly #write: (text: string) => void;

  constructor(input: NodeJS.ReadableStream, write: (text: string) => void) {
    // Not as a terminal: Ctrl-C is to end the run, as it does without stepping.
    this.#input = createInterface({ input, terminal: false });
    this.#lines = this.#input[Symbol.asyncIterator]();
    this.#write = write;
  }

  /** Asks about every process that is held, one after the other, until none is. */
  async ask(run: SteppedRun): Promise<void> {
    for (;;) {
      const process = (await run.held()).at(-1);
      if (process === undefined) return;
      await this.#askAbout(run, process);
    }
  }

  close(): void {
    this.#input.close();
  }

  async #askAbout(run: SteppedRun, { path, fields }: ObjectDocument): Promise<void> {
    const { held } = fields as unknown as ProcessFields;
    if (held === null) return;
    for (const line of heldLines(path, held)) this.#write(`${line}\n`);
    for (;;) {
      this.#write(told(question));
      const { value, done } = await this.#lines.next();
      if (done === true) this.#write(`\n${told("the input has ended: aborted")}\n`);
      const word = done === true ? "abort" : words[value.trim().toLowerCase()];
      if (word === undefined) continue;
      if (word === "variables") {
        const lines = variablesLines(await run.variables(path));
        for (const line of lines) this.#write(`${line}\n`);
        continue;
      }
      try {
        await run.decide(path, held.turn, word);
        return;
      } catch (error) {
        if (!(error instanceof TsunagiError)) throw error;
        this.#write(`${told(error.message)}\n`);
        // Somebody else was faster, or it was cancelled; what cannot be done is asked again.
        if (error.code !== "ARGUMENT_INVALID") return;
      }
    }
  }
}

/** What a process is about to do. */
export function heldLines(path: string, held: HeldJob): string[] {
  const where = `${held.host === null ? "" : ` on ${held.host}`}${held.user === null ? "" : ` as ${held.user}`}`;
  return [
    told(`${path} is held at line ${held.line} in ${held.path}, before: ${held.kind}${where}`),
    ...(held.text ?? "").split("\n").map((line) => `  ${line}`),
  ];
}
