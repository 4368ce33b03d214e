import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findSentence, loadLanguage } from "#kernel";
import { translateDiagnostic } from "#language";
import { language as table } from "../../src/kernel/messages/ja/language.ts";
import { diagnose } from "../../src/language/analysis/checker.ts";
import { everyMistake } from "../../src/language/syntax/golden/every-mistake.ts";
import { flows } from "../../src/language/syntax/golden/flows.ts";
import { nightMistakes } from "../../src/language/syntax/golden/night-mistakes.ts";
import { soup } from "../../src/language/syntax/golden/soup.ts";
import { surroundings } from "../../src/language/syntax/golden/surroundings.ts";

await loadLanguage("ja");

const golden = `${import.meta.dirname}/../../src/language/syntax/golden/mistakes.jobflow`;
const sources = [readFileSync(golden, "utf8"), ...everyMistake, ...nightMistakes];

function said(source: string): string[] {
  return diagnose(source, surroundings).diagnostics.flatMap(({ message, hint, related }) =>
    [message, hint, related?.message].filter((text) => text !== undefined),
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
      .flatMap((text) => [...withParts(text)].map((part) => findSentence(part)?.sentence)),
  );
  expect(table.filter((each) => !used.has(each)).map(([english]) => english)).toEqual([]);
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
