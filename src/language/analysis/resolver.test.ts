import { describe, expect, test } from "vitest";
import { parse } from "../syntax/parser.ts";
import { placesOf, resolveNames } from "./resolver.ts";

/** The places of the variable that is declared first under that name, each with what is around it. */
function places(source: string, name: string): string[] {
  const names = resolveNames(parse(source).tree);
  const found = names.declarations.find((declaration) => declaration.name.text === name);
  if (!found) return [];
  return placesOf(found).map(({ start, end }) => {
    expect(source.slice(start, end)).toBe(name);
    return source.slice(Math.max(0, start - 1), end + 1);
  });
}

describe("the places of a variable", () => {
  test.each<[string, string, string[]]>([
    ["|a| print(a, '$a ${a} $aを')", "a", ["|a|", "(a,", "$a ", "{a}", "$aを"]],
    ["[a = 1] -> [a = a + 1]", "a", ["[a ", "[a ", " a "]],
    ["{ case 'x' | r'(?<n>x)', r'(?P<n>y)': print('$n') }", "n", ["<n>", "<n>", "$n'"]],
    ["{ a = 1 | print(a) } -> [a = 2]", "a", ["[a "]],
    ["[n = 1] -> [f = {|x| [n = n + x]}] -> print(n)", "n", ["[n ", "[n ", " n ", "(n)"]],
    ["{ for h in [1] | { pfor h in [2] | print(h) } }", "h", [" h "]],
    ["{ session s | [s << 'x'] -> <s> }", "s", [" s ", "[s ", "<s>"]],
  ])("%s", (source, name, expected) => {
    expect(places(source, name)).toEqual(expected);
  });
});

test("a function captures what it uses, and what functions in it use, from around it", () => {
  const { tree } = parse("[a = 1] -> [f = {|| [g = {|b| return(a + b)}]}]");
  const captured = [...resolveNames(tree).functions.values()].map((names) =>
    [...names.captured].map(({ name }) => name.text),
  );
  expect(captured).toEqual([[], ["a"], ["a"]]);
});

test("the names of a tree are worked out once", () => {
  const { tree } = parse("|a| print(a)");
  expect(resolveNames(tree)).toBe(resolveNames(tree));
});
