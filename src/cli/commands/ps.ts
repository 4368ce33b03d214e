import type { Command } from "commander";
import type { ObjectDocument, ProcessFields } from "#contract";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { formatTable } from "../table.ts";

interface PsOptions extends ConnectionOptions {
  all?: boolean;
  json?: boolean;
}

export function command(): Command {
  return withConnection(declare("ps", "List processes, the newest first", ["ps", "ps --all"]))
    .option("-a, --all", "also those that have ended")
    .option("--json", "print one process a line as JSON")
    .action(async (options: PsOptions) => {
      const processes = await Array.fromAsync(connect(options).children("/process"));
      const shown = processes.filter((each) => options.all === true || !hasEnded(each));
      const text =
        options.json === true
          ? shown.map((each) => JSON.stringify(each)).join("\n")
          : formatTable(["PROCESS", "STATE", "JOBFLOW", "STARTED", "WAITS FOR"], shown.map(row));
      if (text !== "") process.stdout.write(`${text}\n`);
    });
}

const fieldsOf = (process: ObjectDocument) => process.fields as unknown as ProcessFields;

function hasEnded(process: ObjectDocument): boolean {
  return fieldsOf(process).endedAt !== null;
}

function row(process: ObjectDocument): string[] {
  const { state, jobflow, startedAt, waitsFor } = fieldsOf(process);
  return [process.path, state, jobflow, startedAt, waitsFor ?? ""];
}
