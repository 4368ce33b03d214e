import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { version } from "../../src/runtime/index.ts";
import { formatsFolder, runToEnd, storeSample, type Stored } from "./formats.ts";
import { goOn, storeWaiting, waitingFlows } from "./waiting.ts";

const releases = readdirSync(formatsFolder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^\d/.test(entry.name))
  .map(({ name }) => name);

const expected = {
  console: ["a: L and inux", "b: L and inux", "twice 3 is 6, since 2026-01-01T00:00:00Z"],
  commands: ["a", "b"].map((name) => ({
    text: `uname # ${name}`,
    context: { __host__: "web01", __env__: { NAME: name } },
    timeout: 30,
  })),
  result: { count: 3, matches: true },
};

describe("a process that was stored by", () => {
  test.each(releases)("release %s goes on to its end", (release) => {
    const read = (name: string) => readFileSync(join(formatsFolder, release, name), "utf8").trim();
    const stored: Stored = { program: read("program.json"), snapshot: read("snapshot.json") };
    expect(runToEnd(stored)).toEqual(expected);
  });

  test("this release does so, too", () => {
    expect(runToEnd(storeSample())).toEqual(expected);
  });
});

describe.each(Object.keys(waitingFlows))(
  "a process of the kind '%s' that was stored by",
  (name) => {
    const expected = goOn(storeWaiting()[name] as Stored);

    test("this release goes on to its end", () => {
      expect(expected).toMatchSnapshot();
    });

    test.each(releases)("release %s does the same", (release) => {
      const read = readFileSync(join(formatsFolder, release, "waiting.json"), "utf8");
      const stored = JSON.parse(read) as Record<string, Stored>;
      expect(goOn(stored[name] as Stored)).toEqual(expected);
    });
  },
);

test("this release has its program and snapshot here (scripts/write-formats.ts writes them)", () => {
  for (const file of ["program.json", "snapshot.json", "waiting.json"])
    expect(existsSync(join(formatsFolder, version, file))).toBe(true);
});
