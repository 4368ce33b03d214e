import { describe, expect, test } from "vitest";
import type { Json } from "#machine";
import { Coverage } from "./coverage.ts";
import { rehearse } from "./rehearse.ts";
import { parseTestFile } from "./test-file.ts";

const machineType = {
  path: "/system/types/Machine",
  type: "Type",
  fields: {
    fields: [
      { name: "host", kind: "string" },
      { name: "state", kind: "string" },
      { name: "password", kind: "password" },
    ] as Json,
  },
};
const web01 = {
  path: "/web01",
  type: "Machine",
  fields: { host: "web01.example.com", password: "p4ss word" },
};
const tree = [machineType, web01, { path: "/alerts", type: "Channel", fields: {} }];

/** Rehearses a flow with a case written as in a test file; gives what does not hold, as text. */
async function problems(source: string, yaml: string, coverage?: Coverage): Promise<string[]> {
  const { cases, faults } = parseTestFile(`- name: x\n${yaml}`);
  expect(faults).toEqual([]);
  const [first] = cases;
  if (first === undefined) throw new Error("no case");
  const found = await rehearse({
    test: first,
    flow: "/flow",
    tree: [...tree, { path: "/flow", type: "Jobflow", fields: { source } }],
    observer: coverage?.observe([{ path: "/flow", file: "flow.jobflow", source }]),
  });
  return found.map(({ message, lines }) => [message, ...lines].join("\n"));
}

describe("what holds passes", () => {
  test.each([
    [
      "a session: each line is answered, and read afterwards",
      "{ session s, __node__ = /web01 | [s << 'enable'] -> <s> -> [s << /web01.password] -> <s> -> [s << 'show run'] -> <s> -> print($RESULT) }",
      "  answers: [{ session: enable }, { session: p4ss word }, { session: g'show *', host: g'web01*', output: \"line 1\\nline 2\\n\" }]\n  expect: { console: [line 1, line 2], commands: [enable, '********', { command: show run, host: web01.example.com }] }",
    ],
    [
      "a session that cannot be opened, one that says nothing, and one whose fate is unknown",
      "{ session s, __host__ = 'a' | <s> } =>> print($REASON, $ERROR) -> { session s, __host__ = 'b' | [s << 'x'] -> <s> =>> print($REASON) -> [s << 'y'] -> { __timeout__ = 5 | <s> } =>> print($REASON) -> [s << 'z'] -> <s> =>> print($REASON) }",
      "  answers: [{ session_open: a, unreachable: true }, { session: x, never: true }, { session: y, delay: 6, output: late }, { session: z, unknown: true }]\n  expect: { console: [unreachable a cannot be reached, timeout, timeout, unknown] }",
    ],
    [
      "files that are copied",
      "get('/etc/motd') -> print($RESULT) -> put('a.bin', '/tmp/a.bin') =>> print($REASON) -> put(target = '/etc/motd', content = 'x')",
      "  answers: [{ get: /etc/motd, result: hello }, { put: a.bin, unreachable: true }, { put: /etc/motd }]\n  expect: { console: [hello, unreachable] }",
    ],
    [
      "a mail, and a person who does not answer in time",
      "mailto('ops@example.com', 'hello') -> confirm('Restart?', timeout = 60) =>> print($REASON, $ERROR)",
      "  answers: [{ mailto: ops@example.com }, { confirm: 'Restart?', delay: 61, result: 'yes' }]\n  expect: { console: [timeout nobody answered within 60 s] }",
    ],
    [
      "a flow that sleeps a year",
      "sleep(365 * 86400) -> print(now())",
      "  expect: { console: ['2027-01-01T00:00:00Z'] }",
    ],
    [
      "output, error and status of a command",
      "['a'] => print('$RESULT|$ERROR|$STATUS|$REASON')",
      "  answers: [{ command: a, output: \"x\\n\", error: y, status: 3 }]\n  expect: { console: ['x|y|3|exit'] }",
    ],
    [
      "a command that is slower than its limit",
      "['a': timeout = 5] => print('$REASON after ${(now() - time(\"2026-01-01T00:00:00Z\"))}')",
      "  answers: [{ command: a, delay: 6 }]\n  expect: { console: [g'timeout after *5*'] }",
    ],
    [
      "a command that is as slow as its limit",
      "['a': timeout = 5] -> print($RESULT)",
      "  answers: [{ command: a, delay: 5, output: ok }]\n  expect: { console: [ok] }",
    ],
    [
      "a command that never answers",
      "{ timeout 60 | ['a'] else: print('given up') }",
      "  answers: [{ command: a, never: true }]\n  expect: { console: [given up] }",
    ],
    [
      "a fate that is unknown, which is never repeated",
      "['a': retry = 3] => print($REASON)",
      "  answers: [{ command: a, unknown: true, times: 1 }]\n  expect: { console: [unknown], commands: [a] }",
    ],
    [
      "answers that are used up one after the other",
      "{ for n in range(3) | ['a'] -> print($RESULT) }",
      "  answers: [{ command: a, output: '1', times: 2 }, { command: a, output: '2' }]\n  expect: { console: ['1', '1', '2'] }",
    ],
    [
      "a host of its own for each answer",
      "{ __node__ = ./web01 | ['a'] -> print($RESULT) } -> { __host__ = 'db01' | ['a'] -> print($RESULT) } -> ['a'] -> print($RESULT)",
      "  answers: [{ command: a, host: g'web01.*', output: web }, { command: a, host: db01, output: db }, { command: a, host: null, output: here }]\n  expect: { console: [web, db, here], commands: [{ command: a, host: web01.example.com }, { command: a, host: db01 }, { command: a, host: null }] }",
    ],
    [
      "requests by method, and bodies as JSON",
      "urlopen('http://a/', data = {n: 1}) -> print(json_parse($RESULT.body).id) -> urlopen('http://a/') -> print($RESULT.status)",
      "  answers: [{ urlopen: http://a/, method: post, body: { id: 7 } }, { urlopen: http://a/, status: 204 }]\n  expect: { console: ['7', '204'] }",
    ],
    [
      "a request that never answers ends after its own 30 seconds",
      "urlopen('http://a/b') =>> print($ERROR)",
      "  answers: [{ urlopen: g'*', never: true }]\n  expect: { console: [http://a did not answer within 30 s] }",
    ],
    [
      "what a person answers",
      "confirm('Restart?', to = 'ops') -> print($RESULT)",
      "  answers: [{ confirm: g'Restart*', result: 'yes', delay: 86400 }]\n  expect: { console: ['yes'] }",
    ],
    [
      "messages now and later",
      "<./alerts> -> print($RESULT.n) -> <./alerts> -> print($RESULT.n)",
      "  messages: { ./alerts: [{ n: 1 }, { after: 3600, message: { n: 2 } }] }\n  expect: { console: ['1', '2'] }",
    ],
    [
      "children, and objects that they write",
      "{ pfor n in [1, 2] | ['sleep $n'] -> print(n) } -> [./web01.state << 'up']",
      "  answers: [{ command: sleep 1, delay: 9 }, { command: sleep 2 }]\n  expect: { console: ['2', '1'], objects: { ./web01: { state: up }, /nothing: null } }",
    ],
    [
      "a flow that begins again for ever, as it is after an hour",
      "sleep(60) -> [./web01.state << string(now())] -> [self]",
      "  until: 3600\n  expect: { outcome: { state: waiting }, objects: { /web01: { state: '2026-01-01T01:00:00Z' } } }",
    ],
    [
      "an outcome with result",
      "return({a: [1, 'x']})",
      "  expect: { outcome: { state: done, result: { a: [1, g'*'] } } }",
    ],
    [
      "an abnormal end",
      "print('a')\n-> abort('no: $STATUS')",
      '  expect: { outcome: { state: aborted, reason: abort, status: 1, error: "aborted at line 2 in /flow: no: 0" } }',
    ],
    [
      "other fields for an object of the folder",
      "print(./web01.state)",
      "  objects: { ./web01: { fields: { state: down } } }\n  expect: { console: [down] }",
    ],
    [
      "a secret, which is shown as asterisks and known to its command",
      '["login ${sh(./web01.password)}"] -> print($RESULT)',
      "  answers: [{ command: \"login 'p4ss word'\", output: p4ss word }]\n  expect: { console: ['********'], commands: [login ********] }",
    ],
  ])("%s", async (_name, source, yaml) => {
    expect(await problems(source, yaml)).toEqual([]);
  });
});

describe("what does not hold is shown", () => {
  test.each([
    [
      "another console",
      "print('a') -> print('b') -> print('c')",
      "  expect: { console: [a, x, c] }",
      ["the console is another one (- expected, + got)\n  a\n- x\n+ b\n  c"],
    ],
    [
      "a line that is missing",
      "print('a')",
      "  expect: { console: { contains: [b] } }",
      ["the console does not contain what was expected (- expected, + got)\n- b\n+ a"],
    ],
    [
      "commands in another order",
      "['a'] -> ['b']",
      "  answers: [{ command: g'*' }]\n  expect: { commands: [b, a] }",
      ["other commands ran (- expected, + got)\n- b\n  a\n+ b"],
    ],
    [
      "objects that hold something else",
      "[./web01.state << 'up']",
      "  expect: { objects: { /web01: { state: down, colour: red }, /web02: {}, /alerts: null } }",
      [
        "objects hold something else (- expected, + got)\n- /web01.state: down\n+ /web01.state: up\n- /web01.colour: red\n+ /web01.colour: (no such field)\n- /web02\n+ (no such object)\n- (no object /alerts)\n+ /alerts",
      ],
    ],
    [
      "a flow that does not end well, if nothing else is expected",
      "['a']",
      "  answers: [{ command: a, status: 2, error: no }]",
      [
        "it ended otherwise (- expected, + got)\n- state: done\n+ state: aborted\n  error: aborted at line 1 in /flow: no",
      ],
    ],
  ])("%s", async (_name, source, yaml, expected) => {
    expect(await problems(source, yaml)).toEqual(expected);
  });
});

describe("what the flow asks for and the test does not say is shown as the lines to add", () => {
  test.each([
    [
      "commands, each once",
      "{ fork | ['a'] ['a'] { __host__ = 'h' | [\"g'x'\"] } }",
      "",
      [
        "the flow asks for something that the test does not answer; add to the case\n  answers:\n    - command: a\n      output: ''\n    - command: r'^g'x'$'\n      host: h\n      output: ''",
      ],
    ],
    [
      "requests and people",
      "{ fork | urlopen('http://a/', method = 'PUT') confirm('Sure?') }",
      "",
      [
        "the flow asks for something that the test does not answer; add to the case\n  answers:\n    - urlopen: http://a/\n      method: PUT\n      status: 200\n      body: ''\n    - confirm: Sure?\n      result: null",
      ],
    ],
    [
      "messages",
      "<./alerts>",
      "",
      [
        "it ended otherwise (- expected, + got)\n- state: done\n+ state: waiting",
        "the flow waits for messages that the test does not give; to give some, add to the case\n  messages:\n    /alerts:\n      - {}",
      ],
    ],
    [
      "objects",
      "print(/nodes/a)",
      "",
      [
        "it ended otherwise (- expected, + got)\n- state: done\n+ state: aborted\n  error: aborted at line 1 in /flow: no object at /nodes/a",
        "the flow looks up an object that is not there; to give it, add to the case\n  objects:\n    /nodes/a:\n      type: Text\n      fields: {}",
      ],
    ],
    [
      "parameters",
      "|a, b, c = 1| print('$a$b$c')",
      "  parameters: { a: 1 }",
      [
        "/flow cannot be started: /flow needs its argument 'b'; add to the case\n  parameters:\n    b: ''",
      ],
    ],
    [
      "when to look at what never ends",
      "sleep(1) -> [self]",
      "",
      [
        "the flow still goes on after 10000 waits; say when to look at it, in seconds, with\n  until: 3600",
      ],
    ],
  ])("%s", async (_name, source, yaml, expected) => {
    expect(await problems(source, yaml)).toEqual(expected);
  });
});

describe("what cannot be given is said", () => {
  test.each([
    ["  objects: { /x: { type: Machin } }", "there is no type 'Machin'"],
    ["  objects: { /x: { fields: {} } }", "no object at /x"],
    ["  messages: { /web01: [1] }", "/web01 is of the type Machine"],
    ["  messages: { /nothing: [{ after: 1, message: 1 }] }", "no object at /nothing"],
  ])("%s", async (yaml, message) => {
    expect(await problems("sleep(2)", yaml)).toEqual([expect.stringContaining(message)]);
  });
});

describe("coverage", () => {
  async function covered(source: string, ...cases: string[]): Promise<string[]> {
    const coverage = new Coverage();
    for (const yaml of cases) await problems(source, yaml, coverage);
    const [flow] = coverage.flows();
    if (flow === undefined) throw new Error("no flow");
    const { jobs, sides, missed } = flow;
    return [
      `${jobs.ran}/${jobs.total} ${sides.taken}/${sides.total}`,
      ...missed.map(({ line, message }) => `${line} ${message}`),
    ];
  }
  const good = "  answers: [{ command: g'*' }]";
  const bad = "  answers: [{ command: g'*', status: 1 }]";

  test.each<[string, string, string[], string[]]>([
    ["all of it", "['a'] ->> print('x') =>> print('y')", [good, bad], ["3/3 4/4"]],
    [
      "only the good",
      "['a'] ->> print('x')\n=>> print('y')",
      [good],
      ["2/3 2/4", "1 '->>' never saw a failure", "2 never ran: print('y')"],
    ],
    [
      "only the bad",
      "['a'] ->> print('x') =>> print('y')",
      [bad],
      ["2/3 2/4", "1 never ran: print('x')", "1 '=>>' never saw a success"],
    ],
    ["either way", "['a'] => print('x')", [good], ["2/2 1/2", "1 '=>' never saw a failure"]],
    ["either way, seen both", "['a'] => print('x')", [bad, good], ["2/2 2/2"]],
    [
      "what returns never comes to the next connector",
      "['a'] ->> return(1) =>> print('y')",
      [good, bad],
      ["3/3 3/3"],
    ],
    [
      "a block that never ran is named once",
      "{ if false |\n  ['a'] -> ['b'] ->> ['c'] }",
      [good],
      ["1/4 0/2", "2 never ran: ['a']", "2 never ran: ['b']", "2 never ran: ['c']"],
    ],
    [
      "a handled failure is one for `=>>`, and a skipped job is no success",
      "['a'] =>> print('x') -> print('z')",
      [good],
      ["2/3 1/2", "1 never ran: print('x')"],
    ],
    [
      "closures, children, and what goes on after a wait",
      "[f = {|| ['a'] => return(1)}] -> [f] -> { pfor n in [1] | sleep(5) -> ['b'] => sleep(1) } -> { fork | print('x') }",
      [bad],
      ["10/10 2/4", "1 '=>' never saw a success", "1 '=>' never saw a success"],
    ],
    [
      "loops, with what leaves them",
      "{ for n in [1, 2] | { if n == 1 | continue else: break } -> print('no') } ->> print('x')",
      [good],
      ["5/6 1/2", "1 '->>' never saw a failure", "1 never ran: print('no')"].toSorted(),
    ],
    [
      "arms of a choice, and a timeout",
      "{ choice | <./alerts> -> print('m') after 60: print('late') } -> { timeout 1 | sleep(9) } =>> print('t')",
      [good],
      ["5/7 1/2"],
    ],
  ])("%s", async (_name, source, cases, expected) => {
    const found = await covered(source, ...cases);
    if (expected.length === 1) expect(found[0]).toEqual(expected[0]);
    else expect(found.toSorted()).toEqual(expected.toSorted());
  });
});
