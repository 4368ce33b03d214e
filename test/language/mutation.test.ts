import { globSync, readFileSync } from "node:fs";
import { compile } from "#language";
import { encodeValue } from "#machine";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SimulatedHost, TooLong } from "./simulated-host.ts";

/**
 * Programs that nobody thought of: those of this folder with parts cut out and put in. Whatever compiles runs without
 * a fault of ours, and does the same when it is saved and loaded before every instruction.
 */
const root = import.meta.dirname;
const files = globSync("**/*.jobflow", { cwd: root }).filter((file) => !file.startsWith("limit/"));
const sources = new Map(
  files
    .sort()
    .map((file) => [
      `/${file.replace(/\.jobflow$/, "")}`,
      readFileSync(`${root}/${file}`, "utf8").replaceAll(/^#.*$/gm, ""),
    ]),
);
const source = fc.constantFrom(...sources.values());

/** Cuts out up to a line, and puts in a part of another program. */
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat(12),
  from: source,
  start: fc.double({ min: 0, max: 1, noNaN: true }),
  put: fc.nat(15),
});

const mutated = fc
  .tuple(source, fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([text, edits]) =>
    edits.reduce((before, { at, cut, from, start, put }) => {
      const place = Math.floor(at * before.length);
      const taken = Math.floor(start * from.length);
      return before.slice(0, place) + from.slice(taken, taken + put) + before.slice(place + cut);
    }, text),
  );

// Saving takes a thousand times as long as an instruction, and a mutation may well have made a loop without end.
const instructionsMax = 3000;

test("a program with random changes runs the same when it is saved before every instruction", () => {
  fc.assert(
    fc.property(mutated, (text) => {
      if (compile(text).program === null) return;
      const uninterrupted = outcome(text, false);
      if (uninterrupted === null) return;
      expect(outcome(text, true)).toEqual(uninterrupted);
    }),
    { numRuns: 10_000 },
  );
});

/** What the program did, or null if it takes too long to be looked at. */
function outcome(text: string, savesEveryInstruction: boolean): unknown {
  const host = new SimulatedHost({
    source: (path) => (path === "/mutation/program" ? text : sources.get(path)),
    savesEveryInstruction,
    instructionsMax: savesEveryInstruction ? Infinity : instructionsMax,
  });
  host.objects.set("/o", { type: "Text", fields: new Map([["a", 1]]) });
  host.objects.set("/mutation/c", { type: "Channel", fields: new Map() });
  host.sendMessage("/mutation/c", "message");
  host.commands.push({
    pattern: /^(ok|ls|a)/,
    status: 0,
    output: "output",
    error: "",
    reason: null,
    seconds: 1,
    times: Infinity,
  });
  const parameters = compile(text).tree.parameters.map(({ name }) => [name.text, null] as const);
  try {
    const end = host.run("/mutation/program", new Map(parameters));
    return {
      lines: host.lines,
      ran: host.ran,
      end: end === null ? null : { ...end, result: encodeValue(end.result) },
    };
  } catch (error) {
    if (error instanceof TooLong) return null;
    throw error;
  }
}
