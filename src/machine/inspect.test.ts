import { expect, test } from "vitest";
import { describeEnd, describeWait } from "./inspect.ts";
import { ObjectValue, ProcessValue, SecretValue, type Value } from "./value.ts";

const context = new Map<string, Value>([["__host__", "web01"]]);

test("a wait is described for people, without secrets", () => {
  const command = {
    text: new SecretValue("login s3cret"),
    script: null,
    arguments: [],
    stdin: null,
    timeout: null,
    context,
  };
  expect(describeWait({ kind: "command", command })).toBe("command on web01: ********");
  expect(
    describeWait(
      { kind: "command", command: { ...command, text: "echo s3cret", context: new Map() } },
      ["s3cret"],
    ),
  ).toBe("command: echo ********");
  // A long command is cut where the secret stands.
  const long = `${"x".repeat(197)} s3cret`;
  expect(
    describeWait({ kind: "command", command: { ...command, text: long } }, ["s3cret"]),
  ).not.toContain("s3");
  expect(describeWait({ kind: "receive", channel: new ObjectValue(1, "/alerts", "Channel") })).toBe(
    "message on /alerts",
  );
  expect(describeWait({ kind: "children", processes: [new ProcessValue(1)], atMost: 0 })).toBe(
    "end of 1 child process",
  );
  expect(describeWait({ kind: "sleep", until: 0 })).toBe("time: 1970-01-01T00:00:00Z");
});

test("an abnormal end says where", () => {
  const end = {
    state: "aborted",
    result: null,
    status: 1,
    reason: "exit",
    error: "broke",
    trace: [{ path: "/a", line: 12 }],
  } as const;
  expect(describeEnd(end)).toBe("aborted at line 12 in /a: broke");
  expect(describeEnd({ ...end, state: "done" })).toBeNull();
  expect(describeEnd({ ...end, trace: [], error: null })).toBe("ended with status 1");
});
