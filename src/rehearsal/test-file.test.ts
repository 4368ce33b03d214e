import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTestFile } from "./test-file.ts";

describe("what a test file may not hold is said with its place", () => {
  test.each([
    ["[x", "1:3 this is no YAML: Flow sequence must end with a ]"],
    ["", "1:1 expected a list of cases, each with a name"],
    ["a: 1", "1:1 expected a list of cases, each with a name"],
    ["[]", "1:1 expected a list of cases, each with a name"],
    ["- {}", "1:3 expected a text for 'name', got nothing"],
    ["- name: ''", "1:9 expected a text that is not empty for 'name', got the text ''"],
    ["- name: x\n  paramters: {}", "2:3 'paramters' is unknown here; did you mean 'parameters'?"],
    ["- name: x\n  until: -3", "2:10 expected 0 or more for 'until', got -3"],
    [
      "- name: x\n  now: yesterday",
      "2:8 expected a time such as 2026-01-01T00:00:00Z or 2026-01-01T09:00:00+09:00",
    ],
    [
      "- name: x\n  answers: [{ command: r'(' }]",
      "2:24 the pattern r'(' is not valid: error parsing regexp: missing closing ): `(`",
    ],
    [
      "- name: x\n  answers: [{ output: a }]",
      "2:13 an answer says to what: one of command, session, session_open, mailto, urlopen, put, get, confirm is missing",
    ],
    [
      "- name: x\n  answers: [{ command: 3 }]",
      "2:24 expected a text for 'command', got 3 (quotes would make it a text)",
    ],
    [
      "- name: x\n  answers: [{ command: a, urlopen: b }]",
      "2:36 an answer is to one thing: to 'command' or to 'urlopen'",
    ],
    [
      "- name: x\n  answers: [{ urlopen: a, host: b }]",
      "2:33 an answer to 'urlopen' has no 'host'",
    ],
    [
      "- name: x\n  answers: [{ command: a, never: true, unknown: true }]",
      "2:49 an answer has one fate: 'never' or 'unknown'",
    ],
    [
      "- name: x\n  expect: { outcome: { state: finished } }",
      "2:31 expected one of done, aborted, cancelled, waiting, running for 'state', got the text 'finished'",
    ],
    ["- name: x\n  expect: { console: 3 }", "2:22 expected a list for 'console', got 3"],
    [
      "- name: x\n  expect: { console: [g'a: *'] }",
      "2:28 a '*' stands here for an anchor that is not there: put the whole text into quotes",
    ],
    [
      "- name: x\n  expect: { commands: [a, { command: 1 }] }",
      "2:38 expected a text for 'command', got 1 (quotes would make it a text)",
    ],
  ])("%s", (text, fault) => {
    const { cases, faults } = parseTestFile(text);
    expect(cases).toEqual([]);
    expect(faults.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      fault,
    ]);
  });

  test("all at once", () => {
    const text = "- nam: x\n  until: a\n- name: y\n  answers: [{}]\n";
    expect(parseTestFile(text).faults.map(({ line }) => line)).toEqual([1, 1, 2, 4]);
  });
});

test("a mapping of `after` and `message` comes later, any other is the message", () => {
  const [first] = parseTestFile(
    "- name: x\n  messages: { /c: [1, { after: 60, message: { a: 1 } }, { after: 60 }] }",
  ).cases;
  expect(first?.messages).toEqual([
    { channel: "/c", afterSeconds: 0, body: 1 },
    { channel: "/c", afterSeconds: 60, body: { a: 1 } },
    { channel: "/c", afterSeconds: 0, body: { after: 60 } },
  ]);
});

test("whatever the file holds, it is read or said to be wrong", () => {
  const word = fc.constantFrom(
    "- ",
    "name",
    ": ",
    "\n",
    "  ",
    "answers",
    "command",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "'",
    "3",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join("")),
  );
  fc.assert(
    fc.property(text, (each) => {
      const { cases, faults } = parseTestFile(each);
      expect(cases.length === 0).toBe(faults.length > 0);
    }),
  );
});

test("aliases of aliases are refused before they fill the memory", () => {
  const lines = Array.from({ length: 20 }, (_, n) => `- &a${n + 1} [*a${n}, *a${n}, *a${n}]`);
  expect(parseTestFile(`- &a0 x\n${lines.join("\n")}`).faults).toHaveLength(1);
});
