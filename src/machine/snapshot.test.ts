import { TsunagiError } from "#kernel";
import { expect, test } from "vitest";
import { Frame, State } from "./state.ts";
import { decodeState, encodeState } from "./snapshot.ts";
import { ClosureValue, SecretValue, type Value } from "./value.ts";

function stateWith(slots: (Value | undefined)[]): State {
  const context = new Map([["__host__", "web01"]]);
  const frame = new Frame({
    program: "hash",
    function: 0,
    slots,
    context,
    entryContext: context,
    path: "/ops/restart",
    runsAs: 5,
    self: new ClosureValue("hash", 1, [undefined, 1], "/ops/restart", 5),
  });
  const state = new State();
  state.frames.push(frame);
  return state;
}

test("a state is the same after it was stored", () => {
  const state = stateWith([1, undefined, "x", [undefined as unknown as Value], undefined]);
  const [frame] = state.frames as [Frame];
  frame.blocks.push(
    { kind: "context", saved: new Map() },
    { kind: "timeout", deadline: 5, seconds: 1, pc: 3, target: -1 },
  );
  frame.replaced = [{ path: "/a", line: 3 }];
  frame.discardsResult = true;
  state.secrets = ["s3cret"];
  state.releases.push({ kind: "session", handle: 7, context: new Map() });
  const restored = decodeState(encodeState(state));
  expect(restored).toEqual(state);
  expect(restored.frames[0]?.slots.length).toBe(5);
  expect(encodeState(restored)).toBe(encodeState(state));
});

test("frames share what they have in common", () => {
  const state = stateWith([]);
  const alone = encodeState(state).length;
  for (let count = 0; count < 10; count += 1) state.frames.push(state.frames[0] as Frame);
  expect(encodeState(state).length).toBeLessThan(alone * 8);
});

test.each([
  ["a long text", ["x".repeat(4 * 1024 * 1024)]],
  ["Japanese, of which a character has three bytes", ["あ".repeat(1_500_000)]],
  [
    "a value that holds the same text many times",
    [Array.from({ length: 100 }, () => "x".repeat(100_000))],
  ],
])("%s is too large to be stored", (_, slots) => {
  expect(() => encodeState(stateWith(slots))).toThrow(TsunagiError);
});

test("what is just below the limit is stored", () => {
  expect(
    encodeState(stateWith(["あ".repeat(1_300_000), new SecretValue("x")])).length,
  ).toBeGreaterThan(1_300_000);
});
