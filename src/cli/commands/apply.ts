import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { parseDocument } from "yaml";
import { z } from "zod";
import { transactionBody, type TransactionBody, type TransactionDocument } from "#contract";
import { TsunagiError } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { told } from "../reader-language.ts";
import { readInput } from "../standard-input.ts";
import { faultLines, previewLines } from "../transfer-report.ts";

interface ApplyOptions extends ConnectionOptions {
  dryRun?: boolean;
  draft?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("apply", "Do several operations as one change, all or none", [
      "apply rack-17.yaml --dry-run",
      "apply rack-17.yaml --reason 'the new rack'",
    ]),
  )
    .argument("<file>", "YAML: a list of operations, or `operations: […]`; - is standard input")
    .option("--dry-run", "only show what would be done, and what is wrong")
    .option("--draft", "keep source that does not compile as not runnable")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the result as JSON")
    .action(async (file: string, options: ApplyOptions) => {
      const { dryRun, draft, reason } = options;
      const body = {
        ...parseOperations(await read(file), file),
        ...(dryRun === true ? { dryRun } : {}),
        ...(draft === true ? { draft } : {}),
        ...(reason === undefined ? {} : { reason }),
      };
      try {
        report(await connect(options).transact(body), options);
      } catch (error) {
        if (options.json !== true) showFaults(error);
        throw error;
      }
    });
}

/** All that is wrong, before the failure itself. */
export function showFaults(error: unknown): void {
  if (!(error instanceof TsunagiError) || error.code !== "OPERATIONS_REFUSED") return;
  const { faults, total } = error.details as {
    faults: TransactionDocument["faults"];
    total: number;
  };
  for (const line of faultLines(faults, total)) process.stderr.write(`${line}\n`);
}

function report(done: TransactionDocument, { json, dryRun }: ApplyOptions): void {
  const { change, made, faults, objects, total } = done;
  if (json === true) process.stdout.write(`${JSON.stringify(done)}\n`);
  else if (dryRun === true) {
    for (const line of previewLines(objects, total)) process.stdout.write(`${line}\n`);
    for (const line of faultLines(faults)) process.stderr.write(`${line}\n`);
    process.stdout.write(`${told(`would change ${total} objects`)}\n`);
  } else {
    for (const [tempId, path] of Object.entries(made)) process.stdout.write(`${tempId} ${path}\n`);
    process.stdout.write(`${change === null ? told("nothing has changed") : `change ${change}`}\n`);
  }
  if (faults.length > 0) process.exitCode = 65;
}

function parseOperations(text: string, file: string): TransactionBody {
  const document = parseDocument(text, { prettyErrors: true });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const message = fault.message.split("\n")[0] ?? "";
    throw new TsunagiError("FILE_UNREADABLE", `${file} is no YAML: ${message}`);
  }
  const value = document.toJS({ maxAliasCount: 100 }) as unknown;
  const parsed = transactionBody.safeParse(Array.isArray(value) ? { operations: value } : value);
  if (parsed.success) return parsed.data;
  throw new TsunagiError("USAGE", `${file} holds no operations: ${z.prettifyError(parsed.error)}`, {
    hint: "Write a list such as `- {op: create, path: /racks/r1, type: Rack, fields: {}}`.",
  });
}

async function read(file: string): Promise<string> {
  if (file === "-") return readInput("the operations");
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new TsunagiError(
      "FILE_UNREADABLE",
      `${file} cannot be read: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}
