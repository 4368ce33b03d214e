import { expect, test } from "vitest";
import { VirtualClock } from "./virtual-clock.ts";

test("time stands still until it jumps, from timer to timer, in the order in which they were set", () => {
  const clock = new VirtualClock(1000);
  const called: string[] = [];
  clock.after(500, () => called.push(`b at ${clock.now()}`));
  clock.after(200, () => called.push(`a at ${clock.now()}`));
  clock.after(500, () => called.push(`c at ${clock.now()}`));
  expect(clock.now()).toBe(1000);
  while (clock.jump(Infinity));
  expect(called).toEqual(["a at 1200", "b at 1500", "c at 1500"]);
});

test("it does not jump beyond the end, nor to what was taken back", () => {
  const clock = new VirtualClock(0);
  const takeBack = clock.after(10, () => expect.unreachable());
  takeBack();
  expect(clock.jump(Infinity)).toBe(false);
  clock.after(3_600_000, () => undefined);
  expect(clock.jump(3_599_999)).toBe(false);
  expect(clock.now()).toBe(0);
  expect(clock.jump(3_600_000)).toBe(true);
});
