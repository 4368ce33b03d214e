import { expect, test } from "vitest";
import type { Clock } from "#kernel";
import { Live, type LiveConnection, type LiveEvents } from "./live.ts";

class FakeConnection implements LiveConnection {
  sent: unknown[] = [];
  events: LiveEvents;
  constructor(events: LiveEvents) {
    this.events = events;
  }
  send = (text: string) => void this.sent.push(JSON.parse(text));
}

class FakeClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];
  now = () => this.#now;
  after = (delayMs: number, callback: () => void) => {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  };
  pass(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }
}

function setUp() {
  const connections: FakeConnection[] = [];
  const clock = new FakeClock();
  const connect = (events: LiveEvents) => {
    const connection = new FakeConnection(events);
    connections.push(connection);
    return connection;
  };
  return { connections, clock, live: new Live({ connect, clock }) };
}

test("a hint reaches who watches the topic, and nobody else", () => {
  const { connections, live } = setUp();
  const heard: string[] = [];
  live.watch("process/17", () => heard.push("17"));
  live.watch("process/18", () => heard.push("18"));
  connections[0]?.events.opened();
  expect(connections[0]?.sent).toEqual([{ watch: "process/17" }, { watch: "process/18" }]);
  connections[0]?.events.message('{"changed":"process/17"}');
  expect(heard).toEqual(["17"]);
});

test("a topic is watched once, and left when the last one goes", () => {
  const { connections, live } = setUp();
  const first = live.watch("processes", () => {});
  connections[0]?.events.opened();
  const second = live.watch("processes", () => {});
  first();
  expect(connections[0]?.sent).toEqual([{ watch: "processes" }]);
  second();
  expect(connections[0]?.sent.at(-1)).toEqual({ unwatch: "processes" });
});

test("a short break goes unnoticed, and all topics are watched again", () => {
  const { connections, clock, live } = setUp();
  live.watch("processes", () => {});
  connections[0]?.events.opened();
  connections[0]?.events.closed();
  expect(live.state.kind).toBe("reconnecting");
  clock.pass(500);
  connections[1]?.events.opened();
  clock.pass(2_000);
  expect(live.state.kind).toBe("live");
  expect(connections[1]?.sent).toEqual([{ watch: "processes" }]);
});

test("a longer break is said, with its beginning, until it is over", () => {
  const { connections, clock, live } = setUp();
  live.watch("processes", () => {});
  connections[0]?.events.opened();
  connections[0]?.events.closed();
  clock.pass(500);
  connections[1]?.events.closed();
  clock.pass(1_500);
  expect(live.state).toEqual({ kind: "stale", since: 0 });
  connections[2]?.events.opened();
  expect(live.state.kind).toBe("live");
});
