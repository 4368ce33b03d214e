import { InvalidArgumentError, type Command } from "commander";
import type { ObjectDocument, ProcessFields } from "#contract";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { toldWaits } from "../reader-language.ts";
import { formatTable } from "../table.ts";

interface PsOptions extends ConnectionOptions {
  all?: boolean;
  limit: number;
  json?: boolean;
}

const limitMax = 1000;

export function command(): Command {
  return withConnection(declare("ps", "List processes, the newest first", ["ps", "ps --all"]))
    .option("-a, --all", "also those that have ended")
    .option("-n, --limit <number>", `how many at most, up to ${limitMax}`, parseLimit, 100)
    .option("--json", "print one process a line as JSON")
    .action(async ({ all, limit, json, ...connection }: PsOptions) => {
      const processes = await connect(connection).processes(all === true ? "all" : "live", limit);
      const text =
        json === true
          ? processes.map((each) => JSON.stringify(each)).join("\n")
          : formatTable(
              ["PROCESS", "STATE", "JOBFLOW", "STARTED", "WAITS FOR"],
              processes.map(row),
            );
      if (text !== "") process.stdout.write(`${text}\n`);
    });
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > limitMax) {
    throw new InvalidArgumentError(`A limit is a number from 1 to ${limitMax}.`);
  }
  return limit;
}

function row(process: ObjectDocument): string[] {
  const { state, jobflow, startedAt, waitsFor } = process.fields as unknown as ProcessFields;
  return [process.path, state, jobflow, startedAt, toldWaits(waitsFor ?? "")];
}
