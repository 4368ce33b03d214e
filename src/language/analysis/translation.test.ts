import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { flows } from "../syntax/golden/flows.ts";
import { soup } from "../syntax/golden/soup.ts";
import { nestingMax } from "../syntax/cursor.ts";
import { sourceLengthMax } from "../syntax/parser.ts";
import { diagnose } from "./checker.ts";
import { japanese } from "./messages/ja.ts";
import { findSentence, translateDiagnostic } from "./translation.ts";

const golden = `${import.meta.dirname}/../syntax/golden/mistakes.jobflow`;

/** Together they make every diagnostic say everything that it can say. */
const sources = [
  readFileSync(golden, "utf8"),
  // Syntax.
  "-> print(1)",
  "print(1) }",
  "'ls'",
  "./flow",
  "foo",
  "[]",
  "['a 'b']",
  "[a = 1 b]",
  "[1 = 2]",
  "[a, b]",
  "[a.b = 1]",
  "[a] > [b]",
  "<a b>",
  "print(a.1)",
  "print(a.'b')",
  "print(1 + not a)",
  "print(if)",
  "[./a r'x']",
  "print([a << 1])",
  "print(<< 1)",
  "print(a if b)",
  "print({1: 2})",
  "print({=: 2})",
  "print({'$a': 2})",
  "print(${a})",
  "print('${a b}')",
  "[x = 1, = 2]",
  "|= 1|",
  "{ for | print(1) }",
  "{ session | <s> }",
  "{ x = 1 print(1) }",
  "{ if a = 1 | print(1) }",
  "[f = {|=| print(1)}]",
  "['a': = 1]",
  "print(x = )",
  "{ if x |\n print(1)",
  "print(1) -> [r'a' 'b'] -> 'a'",
  "print(1)\u00a0",
  "print(1)\u3000",
  "[x = &] -> [y = ;] -> [z = !a] -> [z = \\] -> [z = `] -> [z = a ? b]",
  "[x = ^] -> [y = \0] -> [z = \0\0] -> [z = ^^]",
  "[x = 12a] -> [x = 007] -> [x = 9007199254740992]",
  "[x = /a//b] -> [x = /'']",
  "[x = /'a/b'] -> [x = /'a]",
  "['''a",
  "print(“a”)",
  "[$STATUS = 1] -> [if = 2]",
  "{ case x | else: print(1) 'a': print(2) }",
  "{ case | 'a' print(1) }",
  "print(".repeat(nestingMax + 1),
  "[x = ] -> ".repeat(200),
  "#".repeat(sourceLengthMax + 1),
  // Names and parameters.
  "|service| print(servce)",
  "print(now)",
  "[backup]",
  "print(other)",
  "print('$other')",
  "|service| print('$servce')",
  "[x = 1]",
  "{ for x in [1] | [x = 2] -> print(x) }",
  "{ __hots__ = 1, __x__ = 2 | ['a'] }",
  "{ for x, x in {} | print(x) }",
  "|a = 1, a, b| print(a)",
  // Built-ins, arguments, keys.
  "prnt(1) -> other(1) -> print(other(1))",
  "print(print(1)) -> upper('a')",
  "now(1) -> sleep(1, 2) -> sleep(1, seconds = 2) -> sleep(1, x = 2) -> sleep() -> spawn(x = 1)",
  "print(now(1)) -> print(upper('a', 'b', 'c'))",
  "[./f: a = 1, a = 2] -> print({a: 1, a: 2})",
  "print('a' =~ r'(')",
  // Commands, connectors, control, choices.
  "|a| ['ls $a': 1, timout = 2, x = 3]",
  "[1] -> [x == 1]",
  "['a'] => ['b']",
  "return(1) -> print(2)",
  "break -> { while true | { fork | break } -> [f = {|| break}] -> [f] }",
  "{ choice | }",
  "{ choice | print(1) }",
  "{ session s | <s> }",
];

function said(source: string): string[] {
  return diagnose(source).diagnostics.flatMap(({ message, hint }) =>
    hint === undefined ? [message] : [message, hint],
  );
}

/** The text and, if it is a sentence, what stands in its places: these may be sentences, too. */
function* withParts(text: string): Generator<string> {
  yield text;
  for (const part of findSentence(text)?.parts ?? []) yield* withParts(part);
}

test("every diagnostic that the sources bring forth has its sentence in Japanese", () => {
  expect(new Set(sources.flatMap(said).filter((text) => findSentence(text) === undefined))).toEqual(
    new Set(),
  );
});

test("no sentence is there that nobody says", () => {
  const used = new Set(
    sources
      .flatMap(said)
      .flatMap((text) => [...withParts(text)].map((part) => findSentence(part)?.index)),
  );
  expect(japanese.filter((_, index) => !used.has(index)).map(([english]) => english)).toEqual([]);
});

test("the translation has the same places", () => {
  const places = (text: string): string[] => (text.match(/\{[a-z]+\}/g) ?? []).toSorted();
  for (const [english, translated] of japanese) {
    const known = new Set(places(english));
    expect(places(translated).filter((place) => !known.has(place))).toEqual([]);
  }
});

test("whatever the source, there is a translation", () => {
  fc.assert(
    fc.property(fc.oneof(soup, flows), (source) => {
      expect(said(source).filter((text) => findSentence(text) === undefined)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["|service| print(servce)", "変数'servce'はありません", "'service'の間違いではありませんか?"],
  ["print(1", "')'が必要ですが、ここでファイルが終わっています", undefined],
  [
    "{ if x |\n print(1)",
    "1行目の'{'を閉じる'}'が必要ですが、ここでファイルが終わっています",
    undefined,
  ],
  ["x = 1", "ジョブが必要なところに'x'があります", "代入は角括弧の中に書きます: [x = …]"],
])("%j in Japanese", (source, message, hint) => {
  const [found] = diagnose(source).diagnostics.map((one) => translateDiagnostic(one, "ja"));
  expect([found?.message, found?.hint]).toEqual([message, hint]);
});
