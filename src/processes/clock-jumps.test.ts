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
  const { engine, ...test } = await open(clock);
  const id = await test.start("/sleep", "sleep(1800) -> return('woken')");
  await engine.settled();
  clock.set(hour);
  clock.advance(60_000);
  expect(await test.ended(id)).toMatchObject({ state: "done" });
});

test("a clock that was set back and put right again delays nobody by more than a minute", async () => {
  const clock = new SetClock();
  const { engine, ...test } = await open(clock);
  const id = await test.start("/sleep", "sleep(10) -> return('woken')");
  await engine.settled();
  clock.set(-hour);
  clock.advance(10_000);
  await engine.settled();
  clock.set(hour);
  clock.advance(60_000);
  expect(await test.ended(id)).toMatchObject({ state: "done" });
});

async function open(clock: TestClock) {
  const test = await TestEngine.open({ clock });
  return {
    engine: test.engine,
    start: (path: string, source: string) => test.start(path, source),
    ended: (id: number) => test.ended(id),
  };
}
