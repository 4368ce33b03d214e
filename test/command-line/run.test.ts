import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tsunagi } from "./tsunagi.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-run-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes files, and runs the first. */
function run(files: Record<string, string>, ...args: string[]) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return tsunagi(["run", join(folder, Object.keys(files)[0] ?? ""), ...args]);
}

describe("standard output holds what print wrote, and nothing else", () => {
  test("of the flow, of flows that it calls, and of its children", async () => {
    const outcome = await run({
      "main.jobflow":
        "print('one') -> [./lib/two] -> ['echo unseen'] -> { pfor n in [3] | print('three') }",
      "lib/two.jobflow": "print('two')",
    });
    expect(outcome).toEqual({ status: 0, stdout: "one\ntwo\nthree\n", stderr: "" });
  });

  test("and with -v commands and their output are on standard error", async () => {
    const outcome = await run({ "main.jobflow": "['echo seen'] -> print('done')" }, "-v");
    expect(outcome).toMatchObject({ status: 0, stdout: "done\n" });
    expect(outcome.stderr).toContain("echo seen");
    expect(outcome.stderr).toMatch(/^seen$/m);
  });

  test("and with --json one document holds lines and result", async () => {
    const { status, stdout } = await run(
      { "main.jobflow": "print('a') -> return({n: 1})" },
      "--json",
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: "done", result: { n: 1 }, console: ["a"] });
  });
});

describe("the exit status", () => {
  const cases: [string, number][] = [
    ["print('a')", 0],
    ["exit(0)", 0],
    ["exit(3)", 3],
    ["['exit 4']", 1],
    ["abort('no')", 1],
    ["print(", 2],
    ["|host| print(host)", 2],
  ];
  test.each(cases)("of `%s` is %i", async (source, status) => {
    expect((await run({ "main.jobflow": source })).status).toBe(status);
  });

  test("of an abnormal end comes with line, path and message", async () => {
    const outcome = await run({
      "main.jobflow": "print('a')\n-> [./lib/fails]",
      "lib/fails.jobflow": "\n\nabort('the disk is full')",
    });
    expect(outcome).toEqual({
      status: 1,
      stdout: "a\n",
      stderr: expect.stringContaining("aborted at line 3 in /lib/fails: the disk is full"),
    });
  });

  test("of a missing parameter says which", async () => {
    const { status, stderr } = await run({ "main.jobflow": "|host| print(host)" });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining("host") });
  });
});

test("an object of the folder that does not fit is named and left out", async () => {
  const { status, stdout, stderr } = await run({
    "main.jobflow": "{ for s in ./servers | print(s.host) }",
    "servers/good.yaml": "type: Server\nfields: { host: good }",
    "servers/bad.yaml": "type: Server\nfields: { host: bad, port: many }",
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "good\n" });
  expect(stderr).toMatch(/^warning: .*bad\.yaml is left out: .*port.*\n$/);
});

describe("parameters", () => {
  test("keep what a number would lose", async () => {
    const { stdout } = await run(
      { "main.jobflow": "|a| |b| |c| |d| print(type(a) + type(b) + type(c)) -> print(d)" },
      ..."--param a=00123 --param b=12 --param c=true --param-json".split(" "),
      'd=[1,"2"]',
    );
    expect(stdout).toBe('stringintegerboolean\n[1,"2"]\n');
  });
});

describe("the tree", () => {
  test("is the folder of the file, with its types, objects and scripts", async () => {
    const outcome = await run({
      "main.jobflow":
        "[./web01.kernel << 'x'] -> print('${(./web01).host} ${(./web01).kernel}') -> [./lib/hi: 'you'] -> print($RESULT)",
      "system/types/Host.yaml":
        "type: Type\nfields: { fields: [{ name: host, kind: string }, { name: kernel, kind: string }] }",
      "web01.yaml": "type: Host\nfields: { host: web01.example.com }",
      "lib/hi.sh": 'echo "hi $1"',
    });
    expect(outcome).toEqual({ status: 0, stdout: "web01.example.com x\nhi you\n", stderr: "" });
  });

  test("begins at --root, and the path says where the file lies in it", async () => {
    const outcome = await run(
      { "ops/main.jobflow": "[../lib/two]", "lib/two.jobflow": "print('two')" },
      "--root",
      folder,
    );
    expect(outcome).toMatchObject({ status: 0, stdout: "two\n" });
  });

  test("may hold what is broken: nothing is said of what nobody needs", async () => {
    const outcome = await run({
      "main.jobflow": "print('fine')",
      "broken.jobflow": "print(",
      "compose.yaml": "services: {}",
    });
    expect(outcome).toEqual({ status: 0, stdout: "fine\n", stderr: "" });
  });

  test("is short of what is broken and needed, and says so", async () => {
    const outcome = await run({
      "main.jobflow": "{ | [./broken] } =>> print($ERROR) -> [./compose]",
      "broken.jobflow": "print(",
      "compose.yaml": "services: {}",
    });
    expect(outcome).toMatchObject({
      status: 1,
      stdout: "/broken has no version that compiles\n",
    });
    expect(outcome.stderr).toMatch(
      /broken\.jobflow cannot be called, because it does not compile:\n.*:1:7: /,
    );
    expect(outcome.stderr).toMatch(/compose\.yaml is left out: /);
  });

  test("is kept with --data: what flows wrote is not undone by the files", async () => {
    const files = {
      "main.jobflow": "[./count.n << (./count).n + 1] -> print((./count).n)",
      "system/types/Count.yaml": "type: Type\nfields: { fields: [{ name: n, kind: integer }] }",
      "count.yaml": "type: Count\nfields: { n: 0 }",
    };
    const data = join(folder, ".data");
    expect((await run(files, "--data", data)).stdout).toBe("1\n");
    expect((await run(files, "--data", data)).stdout).toBe("2\n");
  });
});

test("it ends when all processes that it started have ended", async () => {
  const file = join(folder, "late");
  const outcome = await run(
    {
      "main.jobflow": "|file| spawn(./late, file) -> print('main')",
      "late.jobflow": "|file| [\"sleep 0.2; echo late > ${sh(file)}\"] -> print('late')",
    },
    "--param",
    `file=${file}`,
  );
  expect(outcome).toMatchObject({ status: 0, stdout: "main\nlate\n" });
  expect(readFileSync(file, "utf8")).toBe("late\n");
});

const thing = `type: Type
fields:
  fields:
    - { name: status, kind: string }
    - { name: other, kind: object }
`;

describe("objects are what the files say, named in the flow or not", () => {
  test("an object may be made of a type that nothing else is of", async () => {
    const outcome = await run({
      "main.jobflow": "[./db.add: 'x', 'Thing', status = 'made'] -> print(./db/x.status)",
      "db/y.yaml": "type: Text",
      "system/types/Thing.yaml": thing,
    });
    expect(outcome).toEqual({ status: 0, stdout: "made\n", stderr: "" });
  });

  test("who refers to an object is found wherever he is", async () => {
    const outcome = await run({
      "main.jobflow": "[./two.refers] -> print($RESULT)",
      "two.yaml": "type: Thing",
      "far/web.yaml": "type: Thing\nfields: { other: /two }",
      "system/types/Thing.yaml": thing,
    });
    expect(outcome).toEqual({ status: 0, stdout: '["/far/web"]\n', stderr: "" });
  });

  test("an object has a name, a path and a type besides its fields", async () => {
    const outcome = await run({
      "main.jobflow": "[o = ./日本] -> print('${o.name} ${o.path} ${o.type}')",
      "日本.yaml": "type: Text",
    });
    expect(outcome).toEqual({ status: 0, stdout: "日本 /日本 Text\n", stderr: "" });
  });

  test("the root has fields and methods as any other has", async () => {
    const outcome = await run({
      "main.jobflow": "[/.add: 'x', 'Text', text = 'made'] -> print(/x.text) -> print(/.path)",
    });
    expect(outcome).toEqual({ status: 0, stdout: "made\n/\n", stderr: "" });
  });

  test("one that is gone is named by where it was", async () => {
    const outcome = await run({
      "main.jobflow": "[o = ./日本] -> [o.delete] -> print(o.text) => print($ERROR)",
      "日本.yaml": "type: Text",
    });
    expect(outcome.stdout).toBe("no object at /日本\n");
  });

  test("the history holds what the flow wrote just now", async () => {
    const outcome = await run({
      "main.jobflow":
        "[o = ./t] -> [o.text << 'new'] -> [o.history] -> print($RESULT[0].before) -> print(length($RESULT))",
      "t.yaml": "type: Text\nfields: { text: old }",
    });
    expect(outcome).toEqual({ status: 0, stdout: '{"text":"old"}\n2\n', stderr: "" });
  });
});

describe("messages name what was written", () => {
  const cases: [string, string][] = [
    ["['true': timeout = 0]", "timeout must be more than 0 seconds"],
    ["{ __timeout__ = 0 | ['true'] }", "__timeout__ must be more than 0 seconds"],
    [
      "{ __env__ = {A: null} | ['true'] }",
      "__env__ gives 'A' a value of type 'null', which is no text: say join or string, or leave it out",
    ],
    ["[/.add: 'a/b', 'Text']", "'a/b' is no name: a name may not contain '/'"],
    ["[./main.rename: '']", "'' is no name: a name may not be empty"],
    ["wait(/process/1)", "a process that waits for its own end would never end"],
    ["confirm('Sure?')", "'confirm' is not built yet"],
    ["mailto('ops@example.com')", "'mailto' is not built yet"],
  ];
  test.each(cases)("%s", async (job, message) => {
    const { stdout } = await run({ "main.jobflow": `${job} =>> print($ERROR)` });
    expect(stdout).toBe(`${message}\n`);
  });
});

test("a process that grew too large says at which line", async () => {
  const outcome = await run({
    "main.jobflow": "[s = 'x']\n-> { for n in range(23) | [s = s + s] }\n-> sleep(0.01)",
  });
  expect(outcome.status).toBe(1);
  expect(outcome.stderr).toMatch(/^aborted at line 3 in \/main: the process is too large/);
});
