import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { deltaLines } from "../delta-lines.ts";

interface DiffOptions extends ConnectionOptions {
  from: string;
  to?: string;
  json?: boolean;
}

const signs = { added: "+", removed: "-", changed: "~" } as const;

export function command(): Command {
  return withConnection(
    declare("diff", "Show what lies between two moments, of an object and all below it", [
      "diff /web --from 2026-11-20T10:00:00Z",
      "diff /web/servers/web01 --from 8120 --to 8123",
    ]),
  )
    .argument("<path>", "path of the object")
    .requiredOption("--from <moment>", "a time with its zone, a date, or the number of a change")
    .option("--to <moment>", "the later moment (else now)")
    .option("--json", "print one object a line as JSON")
    .action(async (path: string, { from, to, json, ...connection }: DiffOptions) => {
      const client = connect(connection);
      let after: number | null = 0;
      while (after !== null) {
        const page = await client.compare(resolvePath(path), {
          from,
          limit: "1000",
          after: String(after),
          ...(to === undefined ? {} : { to }),
        });
        for (const one of page.differences) {
          const text = `${signs[one.kind]} ${one.objectPath} (${one.objectType})`;
          print(json === true ? JSON.stringify(one) : [text, ...deltaLines(one)].join("\n"));
        }
        after = page.next;
      }
    });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
