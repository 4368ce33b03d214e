import * as fc from "fast-check";
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EditedSource } from "./edited-source.ts";
import { flows } from "./golden/flows.ts";
import { soup } from "./golden/soup.ts";
import { parseWithTokens } from "./parser.ts";
import { allJobs } from "./walk.ts";

interface Edit {
  /** Where, of the whole text. */
  at: number;
  length: number;
  text: string;
}

const marks =
  "x|{|}|[|]|(|)|->|=>> |>|#|$|.|[x = 1] -> |-> print(x)|else:|elif|break|${|/a/b|'''|'|\"";
const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(12),
    text: fc.constantFrom(...marks.split("|"), "", "|", " ", "\n"),
  }),
  { maxLength: 12 },
);

function expectAsWhole(edited: EditedSource): void {
  const { tree, diagnostics, tokens } = parseWithTokens(edited.source);
  expect(edited.diagnostics).toEqual(diagnostics);
  expect(edited.tokens).toEqual(tokens);
  expect(edited.tree).toEqual(tree);
}

function expectSameAfter(source: string, changes: readonly Edit[]): void {
  const edited = new EditedSource(source);
  expectAsWhole(edited);
  for (const { at, length, text } of changes) {
    const { source: now } = edited;
    const start = Math.floor(at * now.length);
    edited.update(now.slice(0, start) + text + now.slice(start + length));
    expectAsWhole(edited);
  }
}

test("a source that is edited is read as if it had been written at once", () => {
  const long = fc.array(flows, { maxLength: 6 }).map((parts) => parts.join("\n-> "));
  fc.assert(fc.property(fc.oneof(flows, soup, long), edits, expectSameAfter), { numRuns: 300 });
});

test("so are the programs of the tests", () => {
  const root = `${import.meta.dirname}/../../..`;
  const sources = globSync(`${root}/{test/language,examples}/**/*.jobflow`)
    .map((file) => readFileSync(file, "utf8"))
    .filter(({ length }) => length < 3000);
  fc.assert(fc.property(fc.constantFrom(...sources), edits, expectSameAfter), { numRuns: 200 });
});

test("jobs that were not touched stay the same, however deep they stand", () => {
  const source =
    "[f = {|a|\n['x'] -> { for v in a | print(v) -> print('$v') }\n-> ['y'] }] -> [f: [1]]";
  const edited = new EditedSource(source);
  const before = allJobs(edited.tree);
  edited.update(source.replace("print('$v')", "print('longer: $v')"));
  expectAsWhole(edited);
  const now = allJobs(edited.tree);
  const kept = now
    .filter((job) => before.includes(job))
    .map(({ span }) => edited.source.slice(span.start, span.end));
  expect(kept).toEqual(["[f: [1]]", "['x']", "['y']", "print(v)"]);
});

test("what is typed and taken back leaves everything as it was", () => {
  const source = "|a|\n['x'] # 1\n-> print(a)\n=> { if a | ['y'] }\n->> print('$a') # 2\n";
  const edited = new EditedSource(source);
  for (let at = 0; at <= source.length; at++) {
    for (const typed of ["'", "[", "}", "-> ", "\n", "(("]) {
      edited.update(source.slice(0, at) + typed + source.slice(at));
      expectAsWhole(edited);
      edited.update(source);
      expectAsWhole(edited);
    }
  }
});
