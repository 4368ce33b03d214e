import type { Command } from "commander";
import { TsunagiError } from "#kernel";
import { connect, processPath, withConnection, type ConnectionOptions } from "../client.ts";
import { collect, declare } from "../declare.ts";
import { parseParameters } from "../parameters.ts";

interface RerunOptions extends ConnectionOptions {
  fromFailed?: boolean;
  set?: readonly string[];
  setJson?: readonly string[];
  step?: boolean;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("rerun", "Do an ended process again, as a new one whose path is printed", [
      "rerun 17",
      "rerun 17 --from-failed",
      "rerun 17 --from-failed --set host=web02",
    ]),
  )
    .argument("<process>", "number or path of the process")
    .option(
      "--from-failed",
      "from the job that failed, with the program and the state that it had; else from the start, as the jobflow is saved now, with the same parameters",
    )
    .option(
      "--set <name=value>",
      "with --from-failed: another value for a variable of the flow in which it failed",
      collect,
    )
    .option("--set-json <name=json>", "the same as JSON", collect)
    .option("--step", "stop before each command")
    .option("--json", "print the new process as JSON, and errors as problem documents")
    .action(rerun);
}

async function rerun(name: string, options: RerunOptions): Promise<void> {
  const { fromFailed = false, set = [], setJson = [], step = false } = options;
  const variables = parseParameters(set, setJson, ["--set", "--set-json"]);
  if (!fromFailed && Object.keys(variables).length > 0) {
    throw new TsunagiError("USAGE", "--set goes with --from-failed", {
      hint: "From the start, the process has the same parameters; start the jobflow for others.",
    });
  }
  const from = fromFailed ? "failed" : "start";
  const started = await connect(options).rerun(processPath(name), from, { variables, step });
  const text = options.json === true ? JSON.stringify({ process: started }) : started;
  process.stdout.write(`${text}\n`);
}
