import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tsunagi, type Outcome } from "./tsunagi.ts";

/** The command line as it is called: arguments in, both outputs and the status out. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const commands = [
  "serve",
  "demo",
  "run",
  "check",
  "fmt",
  "test",
  "send",
  "object",
  "object get",
  "object put",
  "object patch",
  "object ls",
  "object rm",
  "object attach",
  "object download",
  "import",
  "export",
  "apply",
  "update",
  "rights",
  "grant",
  "revoke",
  "user",
  "user list",
  "user create",
  "user change",
  "user password",
  "user disable",
  "user enable",
  "group",
  "group list",
  "group create",
  "group add",
  "group remove",
  "ps",
  "log",
  "cancel",
  "suspend",
  "resume",
  "rerun",
  "token",
  "token create",
  "token ls",
  "token revoke",
  "jobmanager",
];

describe("help", () => {
  test.each(commands)("of '%s' shows how it is called, with an example", async (name) => {
    const { status, stdout, stderr } = await tsunagi([...name.split(" "), "--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`Usage: tsunagi ${name} `);
    expect(stdout).toMatch(/Examples?:\n {2}\$ tsunagi /);
  });

  test("lists every command", async () => {
    const { stdout } = await tsunagi(["--help"]);
    for (const name of commands.filter((each) => !each.includes(" "))) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    }
  });
});

test("the version is printed", async () => {
  expect((await tsunagi(["--version"])).stdout).toMatch(/^tsunagi \d+\.\d+\.\d+\n$/);
});

describe("wrong usage ends with 2 and one line that says what is right", () => {
  const cases: [string, string][] = [
    ["serve --prot 1", "unknown option '--prot'; did you mean --port?"],
    ["run x.jobflow --parm a=1", "unknown option '--parm'; did you mean --param?"],
    ["serv", "unknown command 'serv'; did you mean serve?"],
    ["constructor", "unknown command 'constructor'"],
    ["object gett /", "unknown command 'gett'; did you mean get?"],
    ["log", "missing required argument 'process'"],
    ["ps 17", "too many arguments for 'ps'. Expected 0 arguments but got 1: 17."],
  ];
  test.each(cases)("%s", async (line, message) => {
    const outcome = await tsunagi(line.split(" "));
    expect(outcome).toEqual({ status: 2, stdout: "", stderr: `error[USAGE]: ${message}\n` });
  });
});

describe("check", () => {
  test("prints all errors with file, line and column, and ends with 2", async () => {
    const file = fileOf("broken.jobflow", "print('a'\n-> [x\n");
    const { status, stdout, stderr } = await tsunagi(["check", file]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatch(/broken\.jobflow:\d+:\d+: /);
  });

  test("is quiet and ends with 0 where nothing is wrong", async () => {
    const file = fileOf("right.jobflow", "print('a')");
    expect(await tsunagi(["check", file])).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("says which file cannot be read", async () => {
    const { status, stderr } = await tsunagi(["check", join(folder, "missing.jobflow")]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error\[FILE_UNREADABLE\]: .*missing\.jobflow cannot be read/);
  });
});

test("a failure is a problem document with --json", async () => {
  const { status, stdout, stderr } = await tsunagi([
    "ps",
    "--json",
    "--server",
    "http://127.0.0.1:9",
  ]);
  expect({ status, stdout }).toEqual({ status: 69, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({ code: "SERVER_UNREACHABLE", status: 503 });
});

test("what is not read any more ends without a complaint", async () => {
  const outcome = await new Promise<Outcome>((resolve) => {
    execFile("sh", ["-c", "bin/tsunagi run --help | head -1"], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : 1, stdout, stderr });
    });
  });
  expect(outcome).toMatchObject({ status: 0, stderr: "" });
});
