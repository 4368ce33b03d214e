import { expect, test } from "vitest";
import type { ManagerConnection, ManagerMessage } from "#contract";
import { ClockFixture } from "./remote-fixture.ts";
import { openManagerGate } from "./manager-gate.ts";

const hello = {
  kind: "hello",
  protocol: 1,
  name: "here",
  realm: "default",
  version: "1",
  journal: "0123456789abcdef",
  highest: 0,
  open: [],
  draining: false,
};

function open() {
  const clock = new ClockFixture();
  const told: string[] = [];
  let connection: ManagerConnection | undefined;
  const received: ManagerMessage[] = [];
  const gate = openManagerGate(
    {
      send: (text) => told.push(text),
      close: (code, reason) => told.push(`closed ${code} ${reason}`),
    },
    {
      connected: (each) => {
        connection = each;
        told.push("connected");
      },
      received: (_connection, messages) => received.push(...messages),
      disconnected: () => told.push("disconnected"),
    },
    clock,
  );
  return { clock, told, received, gate, connection: () => connection };
}

test("hello comes first, heartbeats stay here, the rest goes on", () => {
  const at = open();
  at.gate.received(JSON.stringify([hello, { kind: "started", number: 1 }]));
  at.gate.received(JSON.stringify([{ kind: "pong" }]));
  expect(at.told).toEqual(["connected"]);
  expect(at.received).toEqual([{ kind: "started", number: 1 }]);
  at.gate.closed();
  expect(at.told).toEqual(["connected", "disconnected"]);
  expect(at.clock.timerCount).toBe(0);
});

test("whoever is silent for too long is cut off", () => {
  const at = open();
  at.gate.received(JSON.stringify([hello]));
  for (let beat = 0; beat < 3; beat += 1) at.clock.pass(10_000);
  at.gate.received(JSON.stringify([{ kind: "pong" }]));
  for (let beat = 0; beat < 4; beat += 1) at.clock.pass(10_000);
  expect(at.told).toEqual([
    "connected",
    ...Array.from({ length: 6 }, () => '[{"kind":"ping"}]'),
    "disconnected",
    "closed 1001 nothing was heard for 30 s",
  ]);
});

test("what is no message of the protocol ends the connection", () => {
  for (const text of [
    "{",
    "{}",
    '[{"kind":"what"}]',
    JSON.stringify([{ ...hello, journal: "short" }]),
    '[{"kind":"pong"}]',
  ]) {
    const at = open();
    at.gate.received(text);
    expect(at.told.at(-1)).toMatch(/^closed 1002 /);
    expect(at.told).not.toContain("connected");
    at.gate.received(JSON.stringify([hello]));
    expect(at.told).toHaveLength(1);
  }
});
