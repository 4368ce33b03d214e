import { Argument, type Command } from "commander";
import { stepDecisions, type ProcessFields, type StepDecision } from "#contract";
import { TsunagiError } from "#kernel";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { heldLines } from "../stepper.ts";

type Word = StepDecision | "on" | "off";

interface StepOptions extends ConnectionOptions {
  turn?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("step", "Show before which command a process is held, and decide about it", [
      "step 17",
      "step 17 go",
      "step 17 skip --turn 12",
      "step 17 on",
    ]),
  )
    .argument("<process>", "number or path of the process")
    .addArgument(
      new Argument(
        "[word]",
        "go: do it; skip: leave it out; abort: end the process; free: do it and step no more; on, off: switch stepping",
      ).choices([...stepDecisions, "on", "off"]),
    )
    .option("--turn <number>", "decide only if it is held at that turn (else at the one it is at)")
    .option("--json", "print what it is held before as JSON, and errors as problem documents")
    .action(step);
}

async function step(name: string, word: Word | undefined, options: StepOptions): Promise<void> {
  const client = connect(options);
  const path = processPath(name);
  if (word === "on" || word === "off") return client.step(path, word === "on");
  const { held } = (await client.get(path)).fields as unknown as ProcessFields;
  if (word !== undefined) {
    const turn = options.turn === undefined ? held?.turn : Number(options.turn);
    if (turn === undefined) throw notHeld(path);
    return client.decide(path, turn, word);
  }
  if (held === null) throw notHeld(path);
  const lines = options.json === true ? [JSON.stringify(held)] : heldLines(path, held);
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function notHeld(path: string): TsunagiError {
  return new TsunagiError("DECISION_OUTDATED", `${path} is not held before a command`, {
    hint: "`tsunagi step N on` makes it stop before the next one.",
  });
}
