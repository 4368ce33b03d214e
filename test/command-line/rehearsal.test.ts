import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tsunagi } from "./tsunagi.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe("tsunagi test", () => {
  test("ends with 1 when a case failed, and says which", async () => {
    const flow = put("greet.jobflow", "print('hello')\n");
    const file = put(
      "greet.test.yaml",
      "- name: greets\n  expect: { console: [hello] }\n- name: greets in Japanese\n  expect: { console: [こんにちは] }\n",
    );
    const { status, stdout, stderr } = await tsunagi(["test", flow]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(stdout).toBe(`${file}:3: failed: greets in Japanese
    the console is another one (- expected, + got):
      - こんにちは
      + hello

1 passed, 1 failed
`);
  });

  test("--json prints all of it as one document", async () => {
    const { status, stdout } = await tsunagi([
      "test",
      "--json",
      "--coverage",
      join(folder, "greet.test.yaml"),
    ]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: 1,
      failed: 1,
      files: [
        {
          faults: [],
          cases: [
            { name: "greets", line: 1, passed: true, problems: [] },
            { name: "greets in Japanese", line: 3, passed: false },
          ],
        },
      ],
      coverage: [{ jobs: { total: 1, ran: 1 }, sides: { total: 0, taken: 0 }, missed: [] }],
    });
  });

  test("ends with 2 when a test file is broken, and runs the others", async () => {
    const file = put("broken.test.yaml", "- name: x\n  answer: []\n");
    put("broken.jobflow", "print('x')\n");
    const { status, stdout } = await tsunagi(["test", folder]);
    expect(status).toBe(2);
    expect(stdout).toContain(
      `${file}:2:3: error: 'answer' is unknown here; did you mean 'answers'?\n`,
    );
    expect(stdout).toContain("1 passed, 1 failed\n");
  });

  test.each([
    ["lonely.test.yaml", "lonely.test.yaml:1:1: error: there is no "],
    ["wrong.test.yaml", "wrong.jobflow:1:9: error: "],
  ])("ends with 2 for %s, whose jobflow is missing or does not compile", async (name, message) => {
    const file = put(name, "- name: x\n");
    put("wrong.jobflow", "print(a b)\n");
    const { status, stdout } = await tsunagi(["test", file]);
    expect(status).toBe(2);
    expect(stdout).toContain(message);
  });

  test("says that there is no test", async () => {
    const { status, stderr } = await tsunagi(["test", put("x.txt", "")]);
    expect(status).toBe(2);
    expect(stderr).toContain("is neither a test file nor a jobflow");
    const empty = mkdtempSync(join(folder, "empty-"));
    expect((await tsunagi(["test", empty])).stderr).toContain(`there is no test in ${empty}`);
  });
});
