import { describe, expect, test } from "vitest";
import { parse } from "../syntax/parser.ts";
import { check } from "./checker.ts";

/** What is said about the source: `severity code «place»`. */
function said(source: string): string[] {
  const { tree, diagnostics } = parse(source);
  expect(diagnostics).toEqual([]);
  return check(tree).map(
    ({ severity, code, span }) => `${severity} ${code} «${source.slice(span.start, span.end)}»`,
  );
}

function table(title: string, rows: [string, string[]][]): void {
  describe(title, () => {
    test.each(rows)("%s", (source, expected) => {
      expect(said(source)).toEqual(expected);
    });
  });
}

table("parameters", [
  ["|a| |b = a|", []],
  ["|a| |b| |a|", ["error parameter.duplicate «a»"]],
  ["|a = 1| |b|", ["warning parameter.order «b»"]],
  ["[f = {|a, a| print(a)}] -> [f]", ["error parameter.duplicate «a»"]],
]);

table("built-ins", [
  ["print(upper('a'), 1) -> sleep(seconds = 3)", []],
  ["prnt(1)", ["error builtin.unknown «prnt»"]],
  ["print(uper('a'))", ["error builtin.unknown «uper»"]],
  ["print(print(1))", ["error builtin.misused «print»"]],
  ["upper('a')", ["error builtin.misused «upper»"]],
  ["sleep()", ["error builtin.arguments «sleep»"]],
  ["print(upper('a', 'b'))", ["error builtin.arguments «upper»"]],
  ["sleep(1, seconds = 2)", ["error builtin.arguments «sleep»"]],
  ["urlopen('http://a', metod = 'PUT')", ["error builtin.arguments «urlopen»"]],
  ["print('${lenght([1])}')", ["error builtin.unknown «lenght»"]],
  ["print('a' =~ r'(')", ["error pattern.invalid «r'('»"]],
  ["print('a' =~ r'(?<n>a)' or 'b' =~ g'[*' or 'c' =~ i'(')", []],
]);

table("break and continue", [
  ["{ for x in [1] | { if x | break } -> print(x) }", []],
  ["{ while true | { | { case 1 | 1: continue } } }", []],
  ["break", ["error control.outside-loop «break»"]],
  ["{ if true | continue() }", ["error control.outside-loop «continue()»"]],
  ["{ for x in [1] | { fork | break } -> print(x) }", ["error control.outside-loop «break»"]],
  ["{ pfor x in [1] | { if x | break } }", ["error control.outside-loop «break»"]],
  ["{ while true | [f = {|| break}] -> [f] }", ["error control.outside-loop «break»"]],
  ["{ fork | { for x in [1] | { if x | break } } }", []],
]);

table("jobs that nothing reaches", [
  ["return(1) -> print(2) -> print(3)", ["warning control.unreachable «print(2)»"]],
  ["exit() => print(1)", ["warning control.unreachable «print(1)»"]],
  ["return(1 / 0) =>> print($ERROR)", []],
  ["abort('a') ->> print(1)", ["warning control.unreachable «print(1)»"]],
  [
    "{ for x in [1] | { if x | continue -> print(x) } }",
    ["warning control.unreachable «print(x)»"],
  ],
  ["{ if true | return() } -> print(1)", []],
]);

table("failures that nobody looks at", [
  ["['a'] => ['b']", ["warning connector.unheeded «=>»"]],
  ["[./a] => print('done')", ["warning connector.unheeded «=>»"]],
  ["['a'] => [s = $STATUS] -> print(s)", []],
  ["['a'] => print('status $STATUSでした')", []],
  ["['a'] => print('${$ERROR}')", []],
  ["['a'] => { case | 'OK': print(1) }", []],
  ["['a'] => { if $STATUS == 0 | print(1) }", []],
  ["['a'] => print('next') -> print($ERROR)", []],
  ["['a'] => print('next') -> ['b'] -> print($ERROR)", ["warning connector.unheeded «=>»"]],
  ["print(1) => print(2)", []],
  ["['a'] =>> print(1) -> ['b'] -> print(2)", []],
  ["{ fork | ['a'] } => print(children())", []],
  ["{ fork | ['a'] } => print(1)", ["warning connector.unheeded «=>»"]],
]);

table("values from outside in commands", [
  ["|a| ['ls ${sh(a)}']", []],
  ["|a| ['ls $a']", ["warning command.unquoted «$a»"]],
  ["|a| ['ls $aを'] -> print('$a')", ["warning command.unquoted «$aを»"]],
  ["|a| [\"ls '${a.b}'\"]", ["warning command.unquoted «${a.b}»"]],
  ["|a| ['ls ' + a]", ["warning command.unquoted «a»"]],
  ["|a| [a]", []],
  ["|a| [b = 'x' + a.y] -> ['ls $b']", ["warning command.unquoted «$b»"]],
  ["|a| [n = integer(a)] -> ['head -n $n']", []],
  ["|a| { for x in a | ['ls $x'] }", ["warning command.unquoted «$x»"]],
  ["</c> -> [m = $RESULT] -> ['ls ${m.host}']", ["warning command.unquoted «${m.host}»"]],
  ["</c> -> ['ls $RESULT'] -> ['ls $RESULT']", ["warning command.unquoted «$RESULT»"]],
  ["[b = 'x'] -> ['ls $b']", []],
  ["|a| ['ls ${upper(a)}']", []],
]);

table("brackets that run nothing", [
  ["[x = 1] -> [x == 1]", ["warning command.nothing-to-run «x == 1»"]],
  [
    "[1] -> [[2]] -> [{a: 1}]",
    [
      "warning command.nothing-to-run «1»",
      "warning command.nothing-to-run «[2]»",
      "warning command.nothing-to-run «{a: 1}»",
    ],
  ],
  ["|a| [a + 'b'] -> [a or ./b] -> [a[0]]", ["warning command.unquoted «a»"]],
]);
