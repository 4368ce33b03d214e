import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { checkSource } from "../src/cli/source-check.ts";
import { format } from "../src/language/index.ts";

const files = globSync("examples/**/*.jobflow").toSorted((a, b) => (a < b ? -1 : 1));

/** They listen for ever; 5-listener and outage start them, send to them and end them. */
const endless = ["examples/seeds/listen.jobflow", "examples/web-recovery/monitor.jobflow"];

/** What is the same on every machine. */
const expected: Record<string, string[]> = {
  "examples/basics/hello.jobflow": ["Hello, world"],
  "examples/basics/closure.jobflow": ["Hello, Hanako!", "こんにちは, 花子!"],
  "examples/basics/connectors.jobflow": [
    "either way: the status is 1",
    "handled: the file is missing",
    "so the flow goes on",
    "one of several jobs failed with status 3",
  ],
  "examples/basics/decide.jobflow": ["clean up /var"],
  "examples/basics/loops.jobflow": [
    "host: web01",
    "host: web02",
    "host: db01",
    "http: 80",
    "https: 443",
    "total: 10",
  ],
  "examples/basics/parallel.jobflow": ["number 3, number 1, number 2", "left and right"],
  "examples/basics/retry.jobflow": ["succeeded at try 3"],
  "examples/basics/session.jobflow": ["the shell says: /usr sda"],
  "examples/seeds/3-call.jobflow": [
    "web01のhttpdを再起動します",
    "httpdを再起動しました: systemctl restart httpd",
  ],
  "examples/seeds/6-slide.jobflow": [
    "メール ops@example.com: /tmp/tsunagi-slide-page.html 障害を検知しました",
    "シナリオ1: start httpd",
    "メール ops@example.com: /tmp/tsunagi-slide-page.html 復旧しました",
    "Apacheプロセスの生存確認を行います",
    "Apache存在しない",
    "シナリオ1: start httpd",
    "復旧しました",
  ],
};

test("all examples are in the canonical layout", () => {
  const untidy = files.filter((file) => {
    const source = readFileSync(file, "utf8");
    return format(source) !== source;
  });
  expect(untidy, "lay them out with bin/tsunagi fmt examples").toEqual([]);
});

describe("the tests of the examples", () => {
  test("are there for each of them", () => {
    const tests = files.map((file) => file.replace(/\.jobflow$/, ".test.yaml"));
    expect(tests.filter((file) => !existsSync(file))).toEqual([]);
  });

  test("pass, and together run every job", async () => {
    const { stdout } = await promisify(execFile)("bin/tsunagi", [
      "test",
      "--json",
      "--coverage",
      "examples",
    ]);
    const { passed, coverage } = JSON.parse(stdout) as {
      passed: number;
      coverage: { file: string; missed: { line: number; message: string }[] }[];
    };
    expect(passed).toBeGreaterThanOrEqual(files.length);
    const missed = coverage.flatMap((flow) =>
      flow.missed.map(({ line, message }) => `${flow.file}:${line}: ${message}`),
    );
    expect(missed).toEqual([]);
  });
});

describe("every example", () => {
  test.each(files)("%s compiles without a warning", (file) => {
    expect(checkSource(file, readFileSync(file, "utf8")).map((each) => each.text)).toEqual([]);
  });

  test.each(files.filter((file) => !endless.includes(file)))("%s runs", async (file) => {
    const { stdout, stderr } = await promisify(execFile)("bin/tsunagi", ["run", file]);
    expect(stderr).toBe("");
    const lines = expected[file];
    if (lines !== undefined) expect(stdout.split("\n").slice(0, -1)).toEqual(lines);
  });

  test("is in the list", () => {
    const list = readFileSync("examples/README.md", "utf8");
    expect(files.filter((file) => !list.includes(`(${file.slice("examples/".length)})`))).toEqual(
      [],
    );
  });
});

test("the listener recovers what each alert names", async () => {
  const { stdout } = await promisify(execFile)("bin/tsunagi", [
    "run",
    "examples/seeds/5-listener.jobflow",
  ]);
  // Lines of two processes come as they are written; each process's own are in order.
  expect(stdout.split("\n").filter((line) => line.startsWith("回復の連絡"))).toEqual([
    "回復の連絡: web01",
    "回復の連絡: web02",
  ]);
});
