import type { Command } from "commander";
import type { Json, ObjectDocument, UserBody } from "#contract";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { readInput } from "../standard-input.ts";
import { formatTable } from "../table.ts";

interface UserOptions extends ConnectionOptions {
  fullName?: string;
  email?: string;
  language?: string;
  administrator?: boolean;
  password?: boolean;
  force?: boolean;
  reason?: string;
  json?: boolean;
}

export function command(): Command {
  const user = declare("user", "The users of a server", [
    "user create alice --full-name 'Alice Example' --password < password.txt",
    "user disable alice",
  ]);
  const commands = [
    listCommand(),
    createCommand(),
    changeCommand(),
    passwordCommand(),
    switchCommand("disable", "Lock a user out: no sign-in, no token, nothing done for him", true),
    switchCommand("enable", "Let a disabled user in again", false),
  ];
  for (const each of commands) user.addCommand(each);
  return user;
}

function listCommand(): Command {
  return withConnection(declare("list", "List the users", ["user list"]))
    .option("--json", "print one user a line as JSON")
    .action(async (options: UserOptions) => {
      const users = await Array.fromAsync(connect(options).children("/system/users"));
      if (options.json === true) for (const each of users) print(JSON.stringify(each));
      else print(formatTable(["NAME", "FULL NAME", "MAIL", "GROUPS", "STATE"], users.map(row)));
    });
}

function createCommand(): Command {
  return withFields(
    declare("create", "Make a user", ["user create alice --password < password.txt"]),
  )
    .option("--password", "read his password from standard input; without one he cannot sign in")
    .action(async (name: string, options: UserOptions) => {
      const secret = options.password === true ? { password: await readPassword() } : {};
      await save({ name, fields: fieldsOf(options), ...secret }, options, "new");
    });
}

function changeCommand(): Command {
  return withFields(declare("change", "Change a user", ["user change alice --email a@example.com"]))
    .option("--no-administrator", "an administrator no longer")
    .option("--force", "also if objects are left that only administrators can manage")
    .action((name: string, options: UserOptions) =>
      save({ name, fields: fieldsOf(options) }, options, "existing"),
    );
}

function passwordCommand(): Command {
  return withConnection(
    declare("password", "Set a password, read from standard input; it ends his sessions", [
      "user password alice < password.txt",
    ]),
  )
    .argument("<name>", "name of the user")
    .option("--reason <text>", "why; it is written down")
    .option("--json", "print the user as JSON")
    .action(async (name: string, options: UserOptions) =>
      save({ name, fields: {}, password: await readPassword() }, options, "existing"),
    );
}

function switchCommand(name: string, summary: string, disabled: boolean): Command {
  return withConnection(declare(name, summary, [`user ${name} alice`]))
    .argument("<name>", "name of the user")
    .option("--force", "also if objects are left that only administrators can manage")
    .option("--reason <text>", "why; it is written down")
    .option("--json", "print the user as JSON")
    .action((user: string, options: UserOptions) =>
      save({ name: user, fields: { disabled } }, options, "existing"),
    );
}

function withFields(command: Command): Command {
  return withConnection(command)
    .argument("<name>", "name of the user")
    .option("--full-name <name>", "his name as people write it")
    .option("--email <address>", "his mail address")
    .option("--language <language>", "en or ja")
    .option("--administrator", "he may do everything")
    .option("--reason <text>", "why; it is written down")
    .option("--json", "print the user as JSON");
}

function fieldsOf({ fullName, email, language, administrator }: UserOptions): Record<string, Json> {
  const given = { full_name: fullName, email, language, administrator };
  return Object.fromEntries(
    Object.entries(given).filter(
      (field): field is [string, string | boolean] => field[1] !== undefined,
    ),
  );
}

async function save(
  body: UserBody,
  options: UserOptions,
  which: "new" | "existing",
): Promise<void> {
  const { force, reason, json } = options;
  const user = await connect(options).savePeople(
    "users",
    {
      ...body,
      ...(force === undefined ? {} : { force }),
      ...(reason === undefined ? {} : { reason }),
    },
    which,
  );
  print(json === true ? JSON.stringify(user) : user.path);
}

/** A password is never an argument: these are seen by everybody on the host. */
async function readPassword(): Promise<string> {
  return (await readInput("the password")).replace(/\r?\n$/, "");
}

function row({ name, fields }: ObjectDocument): string[] {
  const { full_name: fullName, email, groups, administrator, disabled } = fields;
  const state = disabled === true ? "disabled" : administrator === true ? "administrator" : "";
  const names = Array.isArray(groups) ? groups.map(String).join(",") : "";
  return [name, text(fullName), text(email), names || "-", state];
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "-";
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
