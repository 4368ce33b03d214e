import { expect, test } from "vitest";
import { seedsInCi, simulate } from "../simulate.ts";
import { mutants } from "./mutants.ts";

const timeout = 1_800_000;

test("there are mutants enough, each of its own", () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(20);
});

test.each(mutants)("it is found when $name", { timeout }, async ({ name, servers }) => {
  const several = servers === undefined ? [] : ["--servers", String(servers)];
  const told = await simulate(["--seeds", String(seedsInCi), "--brief", ...several], name);
  expect(told).toMatch(/breaks a promise/);
});
