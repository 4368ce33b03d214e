import { builtins } from "#machine";
import * as fc from "fast-check";
import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compile } from "../compiler/compiler.ts";
import { contextNames } from "../analysis/checks/names.ts";
import { placesOf } from "../analysis/resolver.ts";
import { flows } from "../syntax/golden/flows.ts";
import { soup } from "../syntax/golden/soup.ts";
import { allJobs } from "../syntax/walk.ts";
import { japaneseSummaries } from "./builtin-summaries.ja.ts";
import { completionsAt } from "./completion.ts";
import { EditorDocument } from "./document.ts";
import { flowGraph, nodeAt } from "./flow-graph.ts";
import { layoutFlow } from "./flow-layout.ts";
import { hoverAt } from "./hover.ts";
import { contextHelp } from "./help.ts";
import { outlineOf } from "./outline.ts";
import { applyEdits, renameAt } from "./rename.ts";
import { signatureAt } from "./signature.ts";
import { smallWorld } from "./small-world.ts";
import { definitionAt, referencesAt } from "./symbols.ts";
import { tokensOf } from "./tokens.ts";

const root = `${import.meta.dirname}/../../..`;
const programs = globSync(`${root}/{test/language,examples}/**/*.jobflow`)
  .map((file) => readFileSync(file, "utf8"))
  .filter(({ length }) => length < 4000);
const wellFormed = programs.filter((source) => compile(source).program !== null);
const anyText = fc.oneof(fc.constantFrom(...programs), flows, soup);

function open(source: string): EditorDocument {
  return new EditorDocument(source, { surroundings: smallWorld });
}

function askEverything(document: EditorDocument, offset: number): void {
  completionsAt(document, offset);
  hoverAt(document, offset);
  definitionAt(document, offset);
  referencesAt(document, offset);
  signatureAt(document, offset);
  renameAt(document, offset, "other");
}

function expectTiles(source: string): void {
  let end = 0;
  for (const token of tokensOf(open(source))) {
    expect(token.start).toBeGreaterThanOrEqual(end);
    expect(token.end).toBeGreaterThan(token.start);
    end = token.end;
  }
  expect(end).toBeLessThanOrEqual(source.length);
}

function expectWholeGraph(source: string): void {
  const document = open(source);
  const graph = flowGraph(document);
  const held = graph.nodes.flatMap(({ jobs }) => jobs.map(({ start, end }) => `${start}-${end}`));
  const jobs = allJobs(document.tree).map(({ span }) => `${span.start}-${span.end}`);
  expect(held.toSorted()).toEqual(jobs.toSorted());
  const ids = new Set(graph.nodes.map(({ id }) => id));
  expect(ids.size).toBe(graph.nodes.length);
  for (const { from, to } of graph.edges) expect(ids.has(from) && ids.has(to)).toBe(true);
  expect(new Set(graph.edges.map(({ id }) => id)).size).toBe(graph.edges.length);
  const layout = layoutFlow(graph);
  expect([...layout.nodes.keys()].toSorted()).toEqual([...ids].toSorted());
}

describe("whatever the text", () => {
  test("no service throws, at any place", () => {
    const place = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyText, place, place, fc.boolean(), (source, at, cut, isTruncated) => {
        const text = isTruncated ? source.slice(0, Math.floor(cut * source.length)) : source;
        const document = open(text);
        for (let n = 0; n < 5; n++) askEverything(document, Math.floor(at * text.length * (n / 4)));
        outlineOf(document);
        document.diagnostics();
      }),
      { numRuns: 300 },
    );
  });

  test("the tokens of a part are those of the whole that touch it", () => {
    fc.assert(
      fc.property(
        anyText,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(60),
        (text, at, length) => {
          const document = open(text);
          const start = Math.floor(at * text.length);
          const touching = tokensOf(document).filter(
            (token) => token.start <= start + length && token.end >= start,
          );
          expect(tokensOf(document, { start, end: start + length })).toEqual(touching);
        },
      ),
      { numRuns: 300 },
    );
  });

  test("tokens are in order and do not overlap", () => {
    fc.assert(fc.property(anyText, expectTiles), { numRuns: 200 });
  });

  test("every job is in one node of the graph, and everything has its place in the picture", () => {
    fc.assert(fc.property(anyText, expectWholeGraph), { numRuns: 200 });
    for (const program of programs) expectWholeGraph(program);
  });

  test("ids are told apart and kept, however the text is edited", () => {
    fc.assert(
      fc.property(anyText, anyText, (first, second) => {
        const before = flowGraph(open(first));
        const after = flowGraph(open(second), before);
        expect(new Set(after.nodes.map(({ id }) => id)).size).toBe(after.nodes.length);
        const again = flowGraph(open(second), after);
        expect(again.nodes.map(({ id }) => id)).toEqual(after.nodes.map(({ id }) => id));
      }),
      { numRuns: 200 },
    );
  });
});

test("whatever is edited, the services answer as they do for the text as a whole", () => {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(8),
    text: fc.constantFrom(
      "",
      "x",
      "}",
      "{ | ",
      "->",
      "\n",
      "'",
      "$",
      "[y = 1] -> ",
      "{|| ",
      "# ",
      "]",
    ),
  });
  const body = fc.array(flows, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("\n-> "));
  const nested = fc
    .tuple(fc.constantFrom("{ | ", "[f = {|a| ", "{ for v in [1] | ", "{ fork | "), body)
    .map(([opening, inner]) => `${opening}${inner}${opening.startsWith("[") ? "}]" : "}"}`);
  fc.assert(
    fc.property(fc.oneof(anyText, nested), fc.array(edit, { maxLength: 8 }), (source, edits) => {
      const document = open(source);
      let graph = flowGraph(document);
      for (const { at, length, text } of edits) {
        const start = Math.floor(at * document.source.length);
        const { source: before } = document;
        document.update(before.slice(0, start) + text + before.slice(start + length));
        const fresh = open(document.source);
        expect(document.diagnostics()).toEqual(fresh.diagnostics());
        expect(tokensOf(document)).toEqual(tokensOf(fresh));
        expect(outlineOf(document)).toEqual(outlineOf(fresh));
        expect(completionsAt(document, start)).toEqual(completionsAt(fresh, start));
        graph = flowGraph(document, graph);
        expect(flowGraph(document)).toEqual(flowGraph(fresh));
      }
    }),
    { numRuns: 150 },
  );
}, 60_000);

test("at every place of a program no service throws", () => {
  const program = readFileSync(`${import.meta.dirname}/golden/restart.jobflow`, "utf8");
  const document = open(program);
  const graph = flowGraph(document);
  for (let offset = 0; offset <= program.length; offset++) {
    askEverything(document, offset);
    nodeAt(graph, offset);
    if (offset % 3 === 0) askEverything(open(program.slice(0, offset)), offset);
  }
}, 60_000);

test("at the end of a name its completion is the name, also when nothing is written behind it", () => {
  for (const program of wellFormed) {
    const document = open(program);
    for (const { name, span, place, declaration } of document.names.uses) {
      if (!declaration || place === "assignment" || place === "group") continue;
      const offered = completionsAt(document, span.end).map(({ label }) => label);
      expect(offered, `${name} at ${span.start} of ${program}`).toContain(name);
      if (declaration.name.span.start > span.start) continue;
      const cut = open(program.slice(0, span.end));
      expect(
        completionsAt(cut, span.end).map(({ label }) => label),
        `${name} at the end of ${cut.source}`,
      ).toContain(name);
    }
  }
}, 60_000);

test("a name that is given and taken back leaves the text, and the program is the same but for the name", () => {
  let count = 0;
  for (const program of wellFormed) {
    const document = open(program);
    const { names } = document;
    for (const declaration of names.declarations) {
      const [{ start } = { start: 0 }] = placesOf(declaration);
      const { text: from } = declaration.name;
      const rename = renameAt(document, start, otherName);
      expect(rename.kind, `${from} of ${program}`).toBe("edits");
      if (rename.kind !== "edits") continue;
      const renamed = applyEdits(program, rename.edits);
      const back = renameAt(open(renamed), start, from);
      if (/[^A-Za-z0-9_]/.test(from)) continue;
      expect(back.kind === "edits" && applyEdits(renamed, back.edits)).toBe(program);
      expect(namesApart(renamed, from)).toBe(namesApart(program, from));
      count++;
    }
  }
  expect(count).toBeGreaterThan(100);
}, 60_000);

const otherName = "renamed_by_test";

/** The program without its texts and columns, with both names called X. */
function namesApart(source: string, name: string): string {
  return JSON.stringify(compile(source).program, (key, value: unknown) => {
    if (key === "jobs") return undefined;
    if (value === name || value === otherName) return "X";
    if (typeof value !== "string") return value;
    return value.replaceAll(`<${name}>`, "<X>").replaceAll(`<${otherName}>`, "<X>");
  });
}

test("everything that is built in is explained in Japanese, too", () => {
  expect(Object.keys(japaneseSummaries).toSorted()).toEqual(
    builtins.map(({ name }) => name).toSorted(),
  );
  expect(Object.keys(contextHelp).toSorted()).toEqual(contextNames.toSorted());
});
