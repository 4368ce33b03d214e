import type { Command } from "commander";
import { resolvePath } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { parseJson } from "../parameters.ts";
import { readInput } from "../standard-input.ts";

export function command(): Command {
  return withConnection(
    declare("send", "Send a message to a channel", [
      `send /web/alerts '{"host": "web01", "state": "down"}'`,
      "send /web/alerts < alert.json",
    ]),
  )
    .argument("<channel>", "path of the channel")
    .argument("[json]", "the message; else it is read from standard input")
    .option("--json", "print errors as problem documents")
    .action(send);
}

async function send(channel: string, json: string | undefined, options: ConnectionOptions) {
  const message = parseJson(json ?? (await readInput("the message")));
  const client = connect(options);
  const path = resolvePath(channel);
  await client.assertType(path, "Channel", "Start jobflows with `tsunagi run`.");
  await client.post(path, message);
}
