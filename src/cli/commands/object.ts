import type { Command } from "commander";
import { z } from "zod";
import { fieldsSchema, putBody, type ObjectDocument } from "#contract";
import { resolvePath, TsunagiError } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { attachCommand, downloadCommand } from "../object-files.ts";
import { parseJson } from "../parameters.ts";
import { readInput } from "../standard-input.ts";
import { formatTable } from "../table.ts";

interface PutOptions extends ConnectionOptions {
  type?: string;
  draft?: boolean;
  reason?: string;
}

interface AsOfOption {
  asOf?: string;
}

interface RemoveOptions {
  recursive?: boolean;
  reason?: string;
}

const asOfHelp = "as it was then: a time with its zone, a date, or the number of a change";
const reasonHelp = "why; it stands in the history";

export function command(): Command {
  const object = declare("object", "Read and change objects on a server", [
    "object ls /",
    "object get /web/servers/web01",
  ]);
  for (const each of [
    getCommand(),
    putCommand(),
    patchCommand(),
    listCommand(),
    removeCommand(),
    attachCommand(),
    downloadCommand(),
  ]) {
    object.addCommand(each);
  }
  return object;
}

function getCommand(): Command {
  return withConnection(
    declare("get", "Print an object as JSON", ["object get /web/servers/web01"]),
  )
    .argument("<path>", "path of the object")
    .option("--as-of <moment>", asOfHelp)
    .option("--json", "print errors as problem documents")
    .action(async (path: string, options: ConnectionOptions & AsOfOption) => {
      const object = await connect(options).get(resolvePath(path), options.asOf);
      print(JSON.stringify(object, null, 2));
    });
}

function putCommand(): Command {
  return withConnection(
    declare("put", "Make or replace an object; its JSON is `{type, fields}`", [
      `object put /web/servers/web01 '{"type": "Server", "fields": {"host": "192.0.2.1"}}'`,
      "object put /ops/restart --type Jobflow < restart.jobflow",
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("[json]", "`{type, fields}`; else it is read from standard input")
    .option("--type <type>", "of a Jobflow, Script or Text: standard input is its source, not JSON")
    .option("--draft", "keep source that does not compile as not runnable")
    .option("--reason <text>", reasonHelp)
    .option("--json", "print the object as JSON")
    .action(async (path: string, json: string | undefined, options: PutOptions & JsonOption) => {
      const { reason } = options;
      const body = {
        ...(await objectToPut(json, options)),
        ...(reason === undefined ? {} : { reason }),
      };
      const object = await connect(options).put(resolvePath(path), body, {
        draft: options.draft ?? false,
      });
      print(
        options.json === true
          ? JSON.stringify(object)
          : `${object.path} revision ${object.revision}`,
      );
    });
}

function patchCommand(): Command {
  return withConnection(
    declare("patch", "Change some fields of an object and leave the others", [
      `object patch /web/servers/web01 '{"port": 2222}'`,
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("[json]", "values by field; else they are read from standard input")
    .option("--reason <text>", reasonHelp)
    .option("--json", "print the object as JSON")
    .action(async (path: string, json: string | undefined, options: PutOptions & JsonOption) => {
      const given = parseJson(json ?? (await readInput("the fields")));
      const parsed = fieldsSchema.safeParse(given);
      if (!parsed.success) {
        throw new TsunagiError("USAGE", "the fields are no JSON object", {
          hint: `Write them as {"host": "192.0.2.1"}.`,
        });
      }
      const object = await connect(options).patch(resolvePath(path), parsed.data, options.reason);
      print(
        options.json === true
          ? JSON.stringify(object)
          : `${object.path} revision ${object.revision}`,
      );
    });
}

function listCommand(): Command {
  return withConnection(declare("ls", "List a directory", ["object ls /web/servers"]))
    .argument("[path]", "path of the directory", "/")
    .option("--as-of <moment>", asOfHelp)
    .option("--json", "print one object a line as JSON")
    .action(async (path: string, options: ConnectionOptions & JsonOption & AsOfOption) => {
      const children = connect(options).children(resolvePath(path), options.asOf);
      const objects = await Array.fromAsync(children);
      if (options.json === true) for (const each of objects) print(JSON.stringify(each));
      else print(formatTable(["NAME", "TYPE", "CHANGED", "OWNER"], objects.map(row)));
    });
}

function removeCommand(): Command {
  return withConnection(declare("rm", "Delete an object", ["object rm /web/servers/web02"]))
    .argument("<path>", "path of the object")
    .option("-r, --recursive", "with everything below it")
    .option("--reason <text>", reasonHelp)
    .option("--json", "print errors as problem documents")
    .action(async (path: string, options: ConnectionOptions & RemoveOptions) => {
      const { recursive, reason } = options;
      await connect(options).delete(resolvePath(path), {
        recursive: recursive ?? false,
        ...(reason === undefined ? {} : { reason }),
      });
    });
}

interface JsonOption {
  json?: boolean;
}

async function objectToPut(json: string | undefined, options: PutOptions) {
  if (options.type !== undefined) {
    const source = json ?? (await readInput("the source"));
    return {
      type: options.type,
      fields: { [options.type === "Text" ? "text" : "source"]: source },
    };
  }
  const parsed = putBody.safeParse(parseJson(json ?? (await readInput("the object"))));
  if (parsed.success) return parsed.data;
  throw new TsunagiError("USAGE", `this is no object: ${z.prettifyError(parsed.error)}`, {
    hint: `Write it as {"type": "Server", "fields": {"host": "192.0.2.1"}}.`,
  });
}

function row(object: ObjectDocument): string[] {
  return [object.name, object.type, object.updatedAt, object.owner ?? ""];
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
