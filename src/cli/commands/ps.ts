import { InvalidArgumentError, Option, type Command } from "commander";
import type { ObjectDocument, ProcessFields } from "#contract";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { told, toldWaits } from "../reader-language.ts";
import { formatTable } from "../table.ts";

interface PsOptions extends ConnectionOptions {
  all?: boolean;
  state?: string;
  jobflow?: string;
  limit: number;
  json?: boolean;
}

const limitMax = 1000;

const states = ["ready", "running", "waiting", "suspended", "done", "aborted", "cancelled"];

export function command(): Command {
  return withConnection(
    declare("ps", "List processes, the newest first", [
      "ps",
      "ps --all",
      "ps --state aborted --jobflow /ops/restart",
    ]),
  )
    .option("-a, --all", "also those that have ended")
    .addOption(new Option("--state <state>", "only of that state").choices(states))
    .option("--jobflow <path>", "only runs of that jobflow")
    .option("-n, --limit <number>", `how many at most, up to ${limitMax}`, parseLimit, 100)
    .option("--json", "print one process a line as JSON")
    .action(async ({ all, state, jobflow, limit, json, ...connection }: PsOptions) => {
      const wanted = state ?? (all === true ? undefined : "live");
      const which = {
        ...(wanted === undefined ? {} : { state: wanted }),
        ...(jobflow === undefined ? {} : { jobflow }),
      };
      const processes = await connect(connection).processes(which, limit);
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
  const fields = process.fields as unknown as ProcessFields;
  return [process.path, fields.state, fields.jobflow, fields.startedAt, waitsOf(fields)];
}

function waitsOf({ suspended, waitsFor }: ProcessFields): string {
  if (suspended === null) return toldWaits(waitsFor ?? "");
  const { by, reason } = suspended;
  return reason === null ? told(`suspended by ${by}`) : told(`suspended by ${by}: ${reason}`);
}
