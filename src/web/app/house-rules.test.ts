import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { fieldKinds } from "../fields/field-kinds.ts";
import { en } from "../ui/locales/en.ts";

/** What holds in every file of the application, and nothing but reading them all can show. */

const files = globSync("src/web/**/*.{ts,tsx,css}").filter((file) => !file.endsWith(".test.ts"));
const texts = files.map((file) => ({ file, text: readFileSync(file, "utf8") }));

function filesWith(pattern: RegExp, without: readonly string[] = []): string[] {
  return texts
    .filter(({ file, text }) => pattern.test(text) && !without.some((name) => file.endsWith(name)))
    .map(({ file }) => file);
}

test("a colour is a token; none is written elsewhere", () => {
  expect(filesWith(/#[0-9a-f]{6}\b|\brgba?\(|\bhsl\(/i, ["app/tokens.css"])).toEqual([]);
});

test("nothing is ever rendered as HTML", () => {
  expect(filesWith(/dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write/)).toEqual(
    [],
  );
});

test("pages do not import each other", () => {
  const crossing = texts.flatMap(({ file, text }) => {
    const feature = /src\/web\/features\/([^/]+)\//.exec(file)?.[1];
    if (feature === undefined) return [];
    return [...text.matchAll(/from "\.\.\/(?:\.\.\/)?([a-z-]+)\/[^"]*"/g)]
      .map(([, other = ""]) => other)
      .filter((other) => globSync(`src/web/features/${other}`).length > 0 && other !== feature)
      .map((other) => `${file} imports ${other}`);
  });
  expect(crossing).toEqual([]);
});

test("every kind of field that the server has is shown and asked for by one of ours, and has a name", () => {
  const known = globSync("src/objects/fields/*.ts")
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => basename(file, ".ts").replace("-", " "))
    .toSorted();
  expect(Object.keys(fieldKinds).toSorted()).toEqual(known);
  expect(known.filter((kind) => !(`kind.${kind}` in en))).toEqual([]);
});
