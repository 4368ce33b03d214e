import { expect, test } from "vitest";
import type { Hello } from "#contract";
import { settle, type OpenCommand } from "./settlement.ts";

/** One command, number 5, against what a journal `J` of the job manager `here` says of it. */
function check(
  command: Partial<OpenCommand> | null,
  hello: { says?: "running" | "finished"; highest?: number; highestTaken?: number },
  expected: string,
): void {
  const message: Hello = {
    kind: "hello",
    protocol: 1,
    name: "here",
    realm: "default",
    version: "1",
    journal: "J",
    highest: hello.highest ?? 9,
    open: hello.says === undefined ? [] : [{ number: 5, state: hello.says }],
    draining: false,
  };
  const commands =
    command === null
      ? []
      : [{ number: 5, manager: "here", journal: "J", isHanded: true, ...command }];
  const { lost, ...others } = settle(message, commands, hello.highestTaken ?? 9);
  const found = Object.entries({ ...others, lost }).filter(([, numbers]) => numbers.length > 0);
  const told = found.map(([what]) => what).join(" ") + lost.map(({ why }) => `: ${why}`).join("");
  expect(told).toContain(expected);
  if (expected === "") expect(told).toBe("");
}

test("what runs or has finished there is held", () => {
  check({}, { says: "running" }, "held");
  check({}, { says: "finished" }, "held");
});

test("what that journal does not know can be sent", () => {
  check({}, {}, "unseen");
  check({}, { highest: 3, highestTaken: 3 }, "unseen");
});

test("what an older copy of that journal does not know is lost", () => {
  check(
    {},
    { highest: 3, highestTaken: 5 },
    "lost: the journal of the job manager 'here' was set back",
  );
});

test("what its earlier journal had is lost; what another job manager has, is none of its business", () => {
  check({ journal: "K" }, {}, "lost: the job manager 'here' has come back with another journal");
  check({ journal: "K", manager: "there" }, {}, "");
});

test("what was not handed over yet goes its own way", () => {
  check({ isHanded: false }, {}, "");
  check({ isHanded: false, journal: "K" }, {}, "");
  check({ isHanded: false, journal: null, manager: null }, {}, "");
});

test("what it has, but should not have, tells of a database that was set back", () => {
  check({ isHanded: false, journal: null, manager: null }, { says: "running" }, "cancel lost");
  check({ journal: "K", manager: "there" }, { says: "finished" }, "forget lost");
});

test("what nobody waits for is ended or forgotten there", () => {
  check(null, { says: "running" }, "cancel");
  check(null, { says: "finished" }, "forget");
});
