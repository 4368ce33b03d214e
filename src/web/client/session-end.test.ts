import { expect, test } from "vitest";
import { sessionEnd } from "./session-end.ts";

test("a refusal ends a session only where there was one, and what was refused waits for the next", async () => {
  expect(sessionEnd.signedInAgain()).toBeUndefined();
  sessionEnd.begin();
  const told: boolean[] = [];
  const stop = sessionEnd.onChange(() => told.push(sessionEnd.hasEnded));
  const [first, second] = [sessionEnd.signedInAgain(), sessionEnd.signedInAgain()];
  expect(sessionEnd.hasEnded).toBe(true);
  sessionEnd.forget();
  await Promise.all([first, second]);
  // One sign-in for all of them.
  expect(told).toEqual([true, false]);
  stop();
});
