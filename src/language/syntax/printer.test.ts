import * as fc from "fast-check";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { flows } from "./golden/flows.ts";
import { parse, parseWithTokens } from "./parser.ts";
import { format } from "./printer.ts";

const sources = globSync(`${import.meta.dirname}/golden/*.jobflow`).map((file) => ({
  file,
  source: readFileSync(file, "utf8"),
}));

describe("golden files", () => {
  test.each(sources)("$file", async ({ file, source }) => {
    await expect(format(source)).toMatchFileSnapshot(`${file}.formatted`);
  });
});

describe("a piece of source is laid out", () => {
  test.each([
    ["", ""],
    ["  # only a comment  ", "# only a comment\n"],
    ["|a||b=1|\nprint( a )", "|a| |b = 1|\nprint(a)\n"],
    ["|a|b=1|print(a)", "|a|b = 1| print(a)\n"],
    ["|a,b =1|", "|a, b = 1|\n"],
    ["['a'  :timeout=1,retry= 2]->[b]", "['a': timeout = 1, retry = 2] -> [b]\n"],
    ["[a] ->\n[b] =>\n\n\n[c]", "[a]\n-> [b]\n\n=> [c]\n"],
    ["[a] -> # why\n[b]", "[a] -> # why\n[b]\n"],
    ["[x=-1+ -y*(2)]", "[x = -1 + -y * (2)]\n"],
    ["[x = a [ 1 : 2 ] [0] . b]", "[x = a[1:2][0].b]\n"],
    ["[x = {a:1,'b c':[ ]}]", "[x = {a: 1, 'b c': []}]\n"],
    ["[f={ |a,b=1| [ a ] }]", "[f = {|a, b = 1| [a]}]\n"],
    ["[f={||[a]}]", "[f = {|| [a]}]\n"],
    ["{|[a]}", "{ | [a] }\n"],
    ["< /a/b > => print ( 1 )", "</a/b> => print(1)\n"],
    ["{}", "{ }\n"],
    ["break ( )", "break()\n"],
    ["[x = . .name]", "[x = . .name]\n"],
    ["[x = not(a)]", "[x = not (a)]\n"],
    ["{ if a|\n[b]\n->[c]\n}", "{ if a |\n  [b]\n  -> [c]\n}\n"],
    [
      "{ if a|then:\n[b]\n->[c]\n  elif d: [e] else:\n\n# f\n[g]\n\n}",
      "{ if a | then:\n    [b]\n    -> [c]\n  elif d: [e] else:\n    # f\n    [g]\n}\n",
    ],
    [
      "{ case |\n'OK': [a]\n-> [b]\n# next\n'NG':\n[c] else:\n[d] }",
      "{ case |\n  'OK': [a]\n    -> [b]\n  # next\n  'NG':\n    [c] else:\n    [d] }\n",
    ],
    ["{ fork |\n[a]\n-> [b]\n[c]\n}", "{ fork |\n  [a]\n    -> [b]\n  [c]\n}\n"],
    [
      "{ choice |\n<a>\n-> [b]\nafter 60:\n[c]\n}",
      "{ choice |\n  <a>\n    -> [b]\n  after 60:\n    [c]\n}\n",
    ],
    ["[x = {\na: 1,\nb: [\n1\n]\n}]", "[x = {\n  a: 1,\n  b: [\n    1\n  ]\n}]\n"],
    ["print('''a\n  b''')", "print('''a\n  b''')\n"],
    ["[a", "[a"],
  ])("%j", (source, expected) => {
    expect(format(source)).toBe(expected);
    expect(format(expected)).toBe(expected);
  });
});

describe("laws", () => {
  const wellFormed = sources
    .filter(({ file }) => basename(file) !== "mistakes.jobflow")
    .map(({ source }) => source);

  test("however the source is laid out, the tree and the comments stay, and a second time changes nothing", () => {
    const gap = fc.constantFrom(" ", " ", " ", "\n", "\n\n\n", " # why\n", "\n# because\n\t");
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...wellFormed), flows),
        fc.array(gap, { minLength: 50, maxLength: 50 }),
        (source, gaps) => {
          const spread = respace(source, gaps);
          const formatted = format(spread);
          expect(withoutSpans(parse(formatted).tree)).toEqual(withoutSpans(parse(spread).tree));
          expect(format(formatted)).toBe(formatted);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** The source with other blanks, line ends and comments wherever there were blanks between tokens. */
function respace(source: string, gaps: readonly string[]): string {
  const { tokens } = parseWithTokens(source);
  let spread = "";
  let end = 0;
  for (const [index, { kind, span }] of tokens.entries()) {
    const between = source.slice(end, span.start);
    spread += /^\s+$/.test(between) && !spread.endsWith("\n") ? gaps[index % gaps.length] : between;
    spread += source.slice(span.start, span.end);
    if (kind === "comment") spread += "\n";
    end = span.end;
  }
  return spread;
}

function withoutSpans(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === "span" ? undefined : inner)),
  );
}
