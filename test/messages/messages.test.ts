import { describe, expect, test } from "vitest";
import { findSentence, loadLanguage, translate } from "#kernel";
import { japanese } from "../../src/kernel/messages/japanese.ts";
import { gap, saidSentences, type Said } from "./said-sentences.ts";

await loadLanguage("ja");
const all = Object.values(japanese).flat();
const place = /\{[a-z]+\}/g;
const englishes = all.map(([english]) => english.replaceAll(place, gap));

// Diagnostics are tried with sources that bring them forth (diagnostics.test.ts), and what libraries
// say does not stand in our sources.
const ours = Object.entries(japanese)
  .filter(([room]) => room !== "language" && room !== "libraries")
  .flatMap(([, table]) => table);

/** Said on ways that the search does not follow: through methods of other files, pairs, or from several parts. */
const untraced = new Set([
  "error: {message} ({hint})",
  "warning: {message}",
  "the command ran longer than its time limit of {seconds} s; {what}",
  "the copy took longer than its time limit of {seconds} s and was ended",
  "the copy took longer than its time limit of {seconds} s; {what}",
  "a search for {type}",
  "at least {limit}",
  "at most {limit}",
  "expected {what}, got nothing",
  "expected {what}, got something else",
  "{rows} rows: {created} created, {updated} updated, {deleted} deleted, {unchanged} unchanged, {wrong} wrong, as {changes}",
  "change these values first, or retire the field and add another of the new kind",
  "this is not HTTP",
  "its headers are larger than 16 KB",
  "its address is not percent-encoded",
  "it did not arrive in time",
  "cancelled by {user}",
  "cancelled by {user}: {reason}",
  "Start jobflows with `tsunagi run`.",
  "Send messages to channels with `tsunagi send`.",
]);

const said = saidSentences().map((each) => ({
  ...each,
  pattern: patternOf(each),
  /** The sentence in the tables that is the more general one. */
  found: findSentence(each.shape)?.sentence[0].replaceAll(place, gap),
}));

/** The pattern of all texts that a shape may become; a part may stand within a sentence. */
function patternOf({ shape, isWhole }: Said): RegExp {
  const special = /[\\^$.*+?()[\]{}|/]/g;
  const body = shape
    .split(/⋯+/u)
    .map((text) => text.replaceAll(special, "\\$&"))
    .join("(?:.*)");
  return new RegExp(isWhole ? `^${body}$` : body, "su");
}

/** Texts that a person reads: of several words, and no SQL. What `contract` holds are descriptions of the API. */
function isForPeople({ shape, place: where }: Said): boolean {
  if (/^src\/(?:language|contract)\//.test(where) || where.includes("/fake-")) return false;
  // The name of a token.
  if (shape === "beside the server") return false;
  if (
    /^(?:select|insert|update|delete|create|drop)\b.*\b(?:from|into|set|table|index)\b/su.test(
      shape,
    )
  ) {
    return false;
  }
  const words =
    shape
      .split(gap)
      .join(" ")
      .match(/[A-Za-z]{2,}/g) ?? [];
  return words.length > 1 && /[\p{L}⋯'] [\p{L}⋯']/u.test(shape);
}

const lengthOf = (text: string) => text.replaceAll(gap, "").length;

/** Whether a sentence says what the shape says; one of them may be more general than the other, but not by far. */
function isSaid(sentence: string, { shape, pattern, found }: (typeof said)[number]): boolean {
  if (found === sentence) return lengthOf(sentence) * 4 > lengthOf(shape);
  return lengthOf(shape) * 5 > lengthOf(sentence) && pattern.test(sentence);
}

describe("the sentences in Japanese", () => {
  test("are there for everything that is said", () => {
    const missing = said
      .filter(isForPeople)
      .filter(
        (each) =>
          !englishes.some(
            (english) => isSaid(english, each) || (!each.isWhole && each.pattern.test(english)),
          ),
      );
    // Add them to src/kernel/messages/ja/.
    expect(
      missing.map(({ place: where, shape }) => `${where}: ${shape.replaceAll(gap, "{}")}`),
    ).toEqual([]);
  });

  test("are all said by somebody", () => {
    const stale = ours.filter(([english]) => {
      const sentence = english.replaceAll(place, gap);
      return !untraced.has(english) && !said.some((each) => isSaid(sentence, each));
    });
    expect(stale.map(([english]) => english)).toEqual([]);
  });

  test("stand there once", () => {
    const seen = new Set<string>();
    const twice = englishes.filter((english) => seen.size === seen.add(english).size);
    expect(twice).toEqual([]);
  });

  test("use all places of the English one, and no others", () => {
    const places = (text: string) => new Set(text.match(place));
    expect(
      all.filter(
        ([english, translated]) => places(english).symmetricDifference(places(translated)).size > 0,
      ),
    ).toEqual([]);
  });

  test("are found by the English one, with what stands in its places", () => {
    for (const sentence of all) {
      const text = sentence[0].replaceAll(place, (name) => name.slice(1, -1).toUpperCase());
      expect(findSentence(text)?.sentence, text).toBe(sentence);
    }
  });

  test("end with a full stop where the English ones do", () => {
    const wrong = all.filter(
      ([english, translated]) => /^[A-Z`].*\.$/s.test(english) && /[ぁ-ん]$/.test(translated),
    );
    expect(wrong).toEqual([]);
  });
});

test.each([
  [
    "aborted at line 12 in /ops/restart: variable 'x' has no value yet",
    "/ops/restartの12行目で異常終了しました: 変数'x'にはまだ値がありません",
  ],
  [
    'the request is not valid: name: Invalid input: expected string, received number; Unrecognized key: "x"',
    'リクエストが正しくありません: name: stringが必要ですが、numberが渡されました; 知らないキーです: "x"',
  ],
  [
    "/ops/a:3:1: error: there is no variable 'servce' (Did you mean 'service'?)\n/ops/a:9:2: error: nobody knows",
    "/ops/a:3:1: エラー: 変数'servce'はありません('service'の間違いではありませんか?)\n/ops/a:9:2: エラー: nobody knows",
  ],
  [
    "'/ops/.x' is no path: a name may not begin with a dot",
    "'/ops/.x'はパスとして正しくありません: 名前をドットで始めることはできません",
  ],
  ["ls: cannot access '/x': No such file or directory", undefined],
])("%j", (english, translated) => {
  expect(translate(english, "ja")).toBe(translated ?? english);
  expect(translate(english, "en")).toBe(english);
});

test("a console of ten thousand lines is translated at once", () => {
  const lines = Array.from(
    { length: 10_000 },
    (_, index) => `10.0.0.${index % 256} - - "GET /${index} HTTP/1.1" 200: ${"x".repeat(80)}`,
  );
  const begin = performance.now();
  for (const line of lines) translate(line, "ja");
  // A tenth of that on an idle machine.
  expect(performance.now() - begin).toBeLessThan(5000);
});
