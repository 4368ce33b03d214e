import { expect, test } from "vitest";
import { TestClock, TestEngine } from "./test-engine.ts";

/** The clock of a computer that is set: its timers go on counting what passes. */
class SetClock extends TestClock {
  #setMs = 0;

  override now(): number {
    return super.now() + this.#setMs;
  }

  set(byMs: number): void {
    this.#setMs += byMs;
  }
}

const hour = 3_600_000;

test("a process that sleeps wakes within a minute when the clock was set beyond its time", async () => {
  const clock = new SetClock();
  const { engine, ...house } = await open(clock);
  const id = await house.start("/sleep", "sleep(1800) -> return('woken')");
  await engine.settled();
  clock.set(hour);
  clock.advance(60_000);
  expect(await house.ended(id)).toMatchObject({ state: "done" });
});

test("a clock that was set back and put right again delays nobody by more than a minute", async () => {
  const clock = new SetClock();
  const { engine, ...house } = await open(clock);
  const id = await house.start("/sleep", "sleep(10) -> return('woken')");
  await engine.settled();
  clock.set(-hour);
  clock.advance(10_000);
  await engine.settled();
  clock.set(hour);
  clock.advance(60_000);
  expect(await house.ended(id)).toMatchObject({ state: "done" });
});

test("after a standstill, a message that comes with the deadline of its receiver is not lost", async () => {
  const { engine, put, console, ...house } = await open(new TestClock());
  await put("/c", "Channel", {});
  const listener = `{ choice | <./c> -> print("got $RESULT") after 10: print('nobody') }`;
  const id = await house.start("/listen", listener);
  await house.start("/send", "sleep(5) -> [./c << 'm']");
  await engine.settled();
  house.clock.advance(20_000);
  await house.ended(id);
  expect(await console(id)).toEqual(["got m"]);
});

async function open(clock: TestClock) {
  const house = await TestEngine.open({ clock });
  return {
    engine: house.engine,
    clock,
    put: house.put.bind(house),
    start: (path: string, source: string) => house.start(path, source),
    ended: house.ended.bind(house),
    console: house.console.bind(house),
  };
}
