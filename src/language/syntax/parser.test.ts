import * as fc from "fast-check";
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { formatDiagnostics } from "../analysis/position.ts";
import { outline } from "./golden/outline.ts";
import { soup } from "./golden/soup.ts";
import { nestingMax } from "./cursor.ts";
import { parse, sourceLengthMax, tokenize } from "./parser.ts";

describe("golden files", () => {
  for (const file of globSync(`${import.meta.dirname}/golden/*.jobflow`)) {
    const source = readFileSync(file, "utf8");
    test(basename(file), async () => {
      const { tree, diagnostics } = parse(source);
      const printed = formatDiagnostics(diagnostics, source, basename(file)).join("\n");
      const tokens = tokenize(source)
        .map(({ kind, span }) => `${kind.padEnd(9)} ${source.slice(span.start, span.end)}`)
        .join("\n");
      await expect(`${tokens}\n`).toMatchFileSnapshot(`${file}.tokens`);
      await expect(outline(tree, source)).toMatchFileSnapshot(`${file}.tree`);
      await expect(`${printed}\n`).toMatchFileSnapshot(`${file}.diagnostics`);
    });
  }
});

describe("what is well formed gives no diagnostic", () => {
  test.each([
    "",
    "# only a comment",
    "|a|",
    "|a| |b = 1|",
    "|a|b = 1| print(a)",
    "|a, b = 1| print(a)",
    "\uFEFFprint(1)",
    "print(1)\r\n-> print(2)\r\n",
    "{ | }",
    "{|}",
    "{ }",
    "{ fork | }",
    "{ choice | after 1: }",
    "{ case x | }",
    "{ if a | }",
    "{ if a | then: else: }",
    "[x = {}] -> [y = []]",
    "[limit = 1, after = 2, user = 3]",
    "{ pfor limit in limit limit limit | print(limit) }",
    "<a>=>print(1)",
    "<a>=>>print(1)",
    "<a>->>print(1)",
    "[x<</a/b]",
    "[a = /] -> [b = .] -> [c = ..]",
    "break -> continue()",
    "{ for r in x | [g = r'a', i = i'b'] }",
    "[x = 'a' if 'b' else 'c']",
    "[self: 1] -> [x = self]",
    "[x = o.if.else.case]",
    "[x = not not a]",
    "[x = --1]",
    "[x = {|| {| [a] }}]",
    "[\n'a'\n:\ntimeout\n=\n1\n]",
  ])("%j", (source) => {
    expect(parse(source).diagnostics).toEqual([]);
  });
});

describe("a string is read as parts", () => {
  const parts = (source: string): unknown[] => {
    const { tree, diagnostics } = parse(`print(${source})`);
    expect(diagnostics).toEqual([]);
    const job = tree.chain?.links[0]?.job;
    const value = job?.kind === "builtin" ? job.arguments[0]?.value : undefined;
    if (value?.kind !== "string" && value?.kind !== "pattern") throw new Error("no string");
    return value.parts.map((part) =>
      part.kind === "text"
        ? part.text
        : part.kind === "variable"
          ? { $: part.word }
          : { "${}": part.expression.kind },
    );
  };
  test.each<[string, unknown[]]>([
    [`''`, []],
    [`'a"b'`, [`a"b`]],
    [`"a'b"`, ["a'b"]],
    [String.raw`'\n\t\\\'\"\$\u3042'`, ["\n\t\\'\"$あ"]],
    [String.raw`'grep "a\.b" \d \u12 \x'`, [String.raw`grep "a\.b" \d \u12 \x`]],
    [String.raw`'\\$x'`, ["\\", { $: "x" }]],
    [String.raw`'\$x \${y}'`, ["$x ${y}"]],
    ["'$service_1を再起動'", [{ $: "service_1を再起動" }]],
    ["'$a$b'", [{ $: "a" }, { $: "b" }]],
    ["'$HOME $1 $(ls $dir) $'", [{ $: "HOME" }, " $1 $(ls ", { $: "dir" }, ") $"]],
    ["'$$x'", ["$", { $: "x" }]],
    ["'${a}-${b}'", [{ "${}": "name" }, "-", { "${}": "name" }]],
    [`'\${'\${"d"}'}'`, [{ "${}": "string" }]],
    ["'${{a: 1}}'", [{ "${}": "dictionary" }]],
    [String.raw`'''a\n'b' \$x $y` + "\n'''", [String.raw`a\n'b' $x `, { $: "y" }, "\n"]],
    [`""" " """`, [' " ']],
    ["r'\\d+$ $x ${y} \\'z'", ["\\d+$ $x ${y} \\'z"]],
    [String.raw`r'\\'`, [String.raw`\\`]],
    ["g'web-$n*'", ["web-", { $: "n" }, "*"]],
    ["i'ABC'", ["ABC"]],
  ])("%s", (source, expected) => {
    expect(parts(source)).toEqual(expected);
  });
});

describe("each mistake is told once, and reading goes on", () => {
  test.each<[string, string[]]>([
    [
      "[foo -> print(1",
      ["1:6 expected ']', found '->'", "1:16 expected ')', found the end of the file"],
    ],
    [
      "['uname -a] -> print(1)\n-> [x = ]",
      ["1:2 this string is not closed on its line", "2:9 expected an expression, found ']'"],
    ],
    [
      "{ if x |\n print(1)\n -> print(2)",
      ["3:13 expected '}' for the '{' in line 1, found the end of the file"],
    ],
    ["print(1)\n-> [foo\n-> print(2)", ["2:8 expected ']', found '->'"]],
    ["'''abc", ["1:1 expected a job, found a string"]],
    ["['''abc\n\n", ["1:2 this string is not closed"]],
    ["print(1) }", ["1:10 expected a connector or the end of the file, found '}'"]],
    ["[a] ->", ["1:7 expected a job, found the end of the file"]],
    [
      "[x = 1 < 2 < 3] -> [y = ]",
      ["1:12 comparisons do not chain", "1:25 expected an expression, found ']'"],
    ],
    ["[x = \0\0]", ["1:6 unexpected characters from U+0000"]],
    ["[x = \ud800]", ["1:6 unexpected character U+D800"]],
    [
      "[for = 1] -> [$STATUS = 2] -> [self = 3]",
      [
        "1:2 'for' is a reserved word and cannot be the name of a variable",
        "1:15 $STATUS cannot be assigned to",
        "1:32 'self' is a reserved word and cannot be the name of a variable",
      ],
    ],
    ["[x = 00123]", ["1:6 the number '00123' begins with 0"]],
    ["[x = 9007199254740992]", ["1:6 the number 9007199254740992 is too large to be exact"]],
    ["[x = //a]", ["1:6 a path has no empty segments"]],
    [
      "{ case x | else: print(1) 'a': print(2) }",
      ["1:27 expected '}': else is the last arm, found a string"],
    ],
  ])("%j", (source, expected) => {
    const found = formatDiagnostics(
      parse(source).diagnostics.map((diagnostic) => ({ ...diagnostic, hint: "" })),
      source,
      "",
    );
    expect(found.map((line) => line.slice(1).replace(": error:", ""))).toEqual(expected);
  });
});

describe("limits", () => {
  test.each([
    ["", "["],
    ["", "{ | "],
    ["", "print("],
    ["", "{ case | 1: "],
    ["", "[f = {|| "],
    ["", "['${"],
    ["[x = ", "("],
    ["[x = ", "{a:"],
    ["[x = ", "not "],
    ["[x = ", "-"],
    ["[x = ", "'${"],
    ["[x = ", "a["],
    ["[x = ", "a if b else "],
  ])("%s and then ten thousand times %s is one error that names the limit", (start, repeated) => {
    const { diagnostics } = parse(start + repeated.repeat(10_000));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      `nested deeper than the limit of ${nestingMax} levels`,
    ]);
  });

  test.each(["[x]→> [y]", "if x:→>=", "[x = →>", "[x] ⇒>> [y]", "] =>>>> ->>>"])(
    "an arrow that is none is read over: %s",
    (source) => {
      expect(parse(source).diagnostics).not.toEqual([]);
    },
  );

  test("a long sum or a long path of fields counts as deep, a long chain does not", () => {
    const message = `nested deeper than the limit of ${nestingMax} levels`;
    expect(parse(`[x = a${".b".repeat(1000)}]`).diagnostics.map((d) => d.message)).toEqual([
      message,
    ]);
    expect(parse(`[x = a${" + b".repeat(1000)}]`).diagnostics.map((d) => d.message)).toEqual([
      message,
    ]);
    expect(parse(`[a]${"\n-> [b]".repeat(1000)}`).diagnostics).toEqual([]);
  });

  test("a source that is too long is one error that names the limit", () => {
    const { tree, diagnostics } = parse("# ".repeat(sourceLengthMax));
    expect(tree.chain).toBeNull();
    expect(diagnostics.map((d) => d.message)).toEqual([
      `the source is longer than the limit of 4 MB (${sourceLengthMax} characters)`,
    ]);
  });

  test("no more than a hundred errors are told", () => {
    const { diagnostics } = parse("[x = ] -> ".repeat(1000));
    expect(diagnostics).toHaveLength(101);
    expect(diagnostics.at(-1)?.message).toMatch(/the rest is not shown/);
  });
});

describe("laws", () => {
  test.each([
    ["any text", fc.string({ unit: "binary", maxLength: 200 })],
    ["any token soup", soup],
  ])("%s gives a tree whose spans lie inside of the source", (_, sources) => {
    fc.assert(
      fc.property(sources, (source) => {
        const { tree, diagnostics } = parse(source);
        for (const diagnostic of diagnostics) expectInside(diagnostic.span, source.length);
        expectSpansInside(tree, source.length);
        // An error node never stands without a diagnostic that says why.
        if (JSON.stringify(tree).includes('"kind":"error"')) expect(diagnostics).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test("tokens are in order and do not overlap, whatever the source", () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), (source) => {
        let end = 0;
        for (const { span } of tokenize(source)) {
          expect(span.start).toBeGreaterThanOrEqual(end);
          expect(span.end).toBeGreaterThan(span.start);
          end = span.end;
        }
        expect(end).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 500 },
    );
  });
});

function expectSpansInside(value: unknown, length: number): void {
  if (typeof value !== "object" || value === null) return;
  if ("span" in value) expectInside(value.span as { start: number; end: number }, length);
  for (const child of Object.values(value)) expectSpansInside(child, length);
}

function expectInside({ start, end }: { start: number; end: number }, length: number): void {
  if (!(start >= 0 && start <= end && end <= length))
    throw new Error(`span ${start}-${end} is not inside of 0-${length}`);
}
