import { expect, test } from "vitest";
import { seedsInCi, simulate } from "./simulate.ts";

const timeout = 1_800_000;

test("ten thousand seeds break no promise", { timeout }, async () => {
  expect(await simulate(["--seeds", String(seedsInCi)])).toMatch(/no finding/);
});

test("a seed does the same every time, whatever ran before it", { timeout }, async () => {
  const fingerprints = async (from: number, count: number) => {
    const options = ["--seeds", String(count), "--from", String(from), "--fingerprints"];
    return (await simulate(options)).match(/^seed .*$/gm);
  };
  const all = await fingerprints(8, 12);
  expect(all).toHaveLength(12);
  expect(await fingerprints(16, 4)).toEqual(all?.slice(8));
});
