import type { Command } from "commander";
import type { GroupBody, ObjectDocument } from "#contract";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { formatTable } from "../table.ts";

interface GroupOptions extends ConnectionOptions {
  description?: string;
  force?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  const group = declare("group", "The groups of a server, and who is in them", [
    "group create operators --description 'Night shift'",
    "group add operators alice bob",
  ]);
  const commands = [
    listCommand(),
    createCommand(),
    memberCommand("add", "Put users into a group"),
    memberCommand("remove", "Take users out of a group"),
    deleteCommand(),
  ];
  for (const each of commands) group.addCommand(each);
  return group;
}

function listCommand(): Command {
  return withConnection(declare("list", "List the groups", ["group list"]))
    .option("--json", "print one group a line as JSON")
    .action(async (options: GroupOptions) => {
      const groups = await Array.fromAsync(connect(options).children("/system/groups"));
      if (options.json === true) for (const each of groups) print(JSON.stringify(each));
      else print(formatTable(["NAME", "MEMBERS", "DESCRIPTION"], groups.map(row)));
    });
}

function createCommand(): Command {
  return withConnection(declare("create", "Make a group", ["group create operators"]))
    .argument("<name>", "name of the group")
    .option("--description <text>", "what it is for")
    .option("--reason <text>", "why; it is written down")
    .option("--json", "print the group as JSON")
    .action((name: string, options: GroupOptions) => {
      const { description } = options;
      const fields: GroupBody["fields"] = description === undefined ? {} : { description };
      return save({ name, fields }, options, "new");
    });
}

function memberCommand(action: "add" | "remove", summary: string): Command {
  const command = withConnection(declare(action, summary, [`group ${action} operators alice bob`]))
    .argument("<group>", "name of the group")
    .argument("<users...>", "names of users")
    .option("--reason <text>", "why; it is written down")
    .option("--json", "print the group as JSON");
  if (action === "remove") {
    command.option("--force", "also if objects are left that only administrators can manage");
  }
  return command.action((name: string, users: string[], options: GroupOptions) =>
    save({ name, fields: {}, [action]: users }, options, "existing"),
  );
}

function deleteCommand(): Command {
  return withConnection(
    declare("delete", "Take a group away, with what was granted to it", [
      "group delete night-shift",
    ]),
  )
    .argument("<name>", "name of the group")
    .option("--force", "also if objects are left that only administrators can manage")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print errors as problem documents")
    .action((name: string, { force, reason, ...connection }: GroupOptions) =>
      connect(connection).deleteGroup(name, {
        ...(force === undefined ? {} : { force }),
        ...(reason === undefined ? {} : { reason }),
      }),
    );
}

async function save(
  body: GroupBody,
  options: GroupOptions,
  which: "new" | "existing",
): Promise<void> {
  const { force, reason, json } = options;
  const group = await connect(options).savePeople(
    "groups",
    {
      ...body,
      ...(force === undefined ? {} : { force }),
      ...(reason === undefined ? {} : { reason }),
    },
    which,
  );
  print(json === true ? JSON.stringify(group) : row(group).slice(0, 2).join(": "));
}

function row({ name, fields }: ObjectDocument): string[] {
  const { members, description } = fields;
  const names = Array.isArray(members) ? members.map(String).join(", ") : "";
  return [name, names || "-", typeof description === "string" ? description : "-"];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
