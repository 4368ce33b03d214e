import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { flows } from "../syntax/golden/flows.ts";
import { soup } from "../syntax/golden/soup.ts";
import { compile } from "../compiler/compiler.ts";
import { parse } from "../syntax/parser.ts";
import { format } from "../syntax/printer.ts";
import { check, diagnose } from "./checker.ts";

/** What is said about the source under such codes: `severity code «place»`. */
function said(source: string, codes: RegExp): string[] {
  const { tree, diagnostics } = parse(source);
  expect(diagnostics).toEqual([]);
  return check(tree)
    .filter(({ code }) => codes.test(code))
    .map(
      ({ severity, code, span }) => `${severity} ${code} «${source.slice(span.start, span.end)}»`,
    );
}

function table(title: string, codes: RegExp, rows: [string, string[]][]): void {
  describe(title, () => {
    test.each(rows)("%s", (source, expected) => {
      expect(said(source, codes)).toEqual(expected);
    });
  });
}

table("parameters", /^parameter/, [
  ["|a| |b = a|", []],
  ["|a| |b| |a|", ["error parameter.duplicate «a»"]],
  ["|a = 1| |b|", ["warning parameter.order «b»"]],
  ["[f = {|a, a| print(a)}] -> [f]", ["error parameter.duplicate «a»"]],
]);

table("built-ins", /^(builtin|pattern)/, [
  ["print(upper('a'), 1) -> sleep(seconds = 3)", []],
  ["prnt(1)", ["error builtin.unknown «prnt»"]],
  ["print(uper('a'))", ["error builtin.unknown «uper»"]],
  ["print(print(1))", ["error builtin.misused «print»"]],
  ["upper('a')", ["error builtin.misused «upper»"]],
  ["sleep()", ["error builtin.arguments «sleep»"]],
  ["print(upper('a', 'b'))", ["error builtin.arguments «upper»"]],
  ["spawn(./a, 1, x = 2)", []],
  ["spawn(flow = ./a)", ["error builtin.arguments «spawn»"]],
  ["sleep(1, seconds = 2)", ["error builtin.arguments «sleep»"]],
  ["urlopen('http://a', metod = 'PUT')", ["error builtin.arguments «urlopen»"]],
  ["print('${lenght([1])}')", ["error builtin.unknown «lenght»"]],
  ["print('a' =~ r'(')", ["error pattern.invalid «r'('»"]],
  ["print('a' =~ r'(?<n>a)' or 'b' =~ g'[*' or 'c' =~ i'(')", []],
]);

table("break and continue", /outside-loop/, [
  ["{ for x in [1] | { if x | break } -> print(x) }", []],
  ["{ while true | { | { case 1 | 1: continue } } }", []],
  ["break", ["error control.outside-loop «break»"]],
  ["{ if true | continue() }", ["error control.outside-loop «continue()»"]],
  ["{ for x in [1] | { fork | break } -> print(x) }", ["error control.outside-loop «break»"]],
  ["{ pfor x in [1] | { if x | break } }", ["error control.outside-loop «break»"]],
  ["{ while true | [f = {|| break}] -> [f] }", ["error control.outside-loop «break»"]],
  ["{ fork | { for x in [1] | { if x | break } } }", []],
]);

table("jobs that nothing reaches", /unreachable/, [
  ["return(1) -> print(2) -> print(3)", ["warning control.unreachable «print(2)»"]],
  ["exit() => print(1)", ["warning control.unreachable «print(1)»"]],
  ["return(1 / 0) =>> print($ERROR)", []],
  ["abort('a') ->> print(1)", ["warning control.unreachable «print(1)»"]],
  [
    "{ for x in [1] | { if x | continue -> print(x) } }",
    ["warning control.unreachable «print(x)»"],
  ],
  ["{ if true | return() } -> print(1)", []],
  ["{ while 1 | ['a'] ->> break -> sleep(1) }", []],
]);

table("jobs that nothing reaches behind blocks", /unreachable$/, [
  ["{ while true | ['a'] } -> print(1)", ["warning control.unreachable «print(1)»"]],
  ["{ while true | { if 1 | break } } -> print(1)", []],
  [
    "{ while true | { for x in [1] | break } } -> print(1)",
    ["warning control.unreachable «print(1)»"],
  ],
  ["{ while true | ['a'] } =>> print(1)", []],
  [
    "|a| { if a | return(1) else: abort('x') } -> print(1)",
    ["warning control.unreachable «print(1)»"],
  ],
  ["|a| { if a | return(1) } -> print(1)", []],
  ["{ | ['a'] =>> abort('x') } -> print(1)", []],
  ["{ | abort(1 / 0) =>> print(2) } -> print(1)", []],
  ["{ fork | return(1) } -> print(1)", []],
]);

table("arms that never run", /unreachable-arm/, [
  ["|a| { case a | 'x': print(1) 'y', 'x': print(2) }", ["warning control.unreachable-arm «'x'»"]],
  ["|a| { case a | 'x': print(1) \"x\": print(2) }", ['warning control.unreachable-arm «"x"»']],
  ["|a| { case a | 'x' 'y': print(1) 'x' 'z': print(2) }", []],
  ["|a| { case a | g'*': print(1) null: print(2) }", []],
  [
    "|a| { case a | g'*': print(1) 'x': print(2) }",
    ["warning control.unreachable-arm «'x': print(2)»"],
  ],
  ["|a| { case a | g'*': print(1) else: print(2) }", []],
  [
    "|a| { if a == 1 | print(1) elif a == 1: print(2) }",
    ["warning control.unreachable-arm «a == 1»"],
  ],
  ["{ if true | print(1) else: print(2) }", ["warning control.unreachable-arm «else: print(2)»"]],
]);

table("comparisons that give always the same", /never-equal/, [
  ["['a'] => { if $STATUS == '0' | print(1) }", ["warning comparison.never-equal «'0'»"]],
  ["['a'] => { if '0' != $STATUS | print(1) }", ["warning comparison.never-equal «'0'»"]],
  [
    "['a'] => { case $STATUS | 0: print(1) '1': print(2) }",
    ["warning comparison.never-equal «'1'»"],
  ],
  ["['a'] => { if $RESULT == '0' and $STATUS == 0 | print(1) }", []],
]);

table("assignments that change a copy", /lost/, [
  ["[n = 0] -> { pfor x in [1] | [n = n + x] } -> print(n)", ["warning name.lost-assignment «n»"]],
  ["[n = 0] -> { pfor x in [1] | [n = n + x] -> print(n) } -> print(n)", []],
  ["[n = 0] -> { pfor x in [1] | [n = n + x] }", []],
  ["[n = 0] -> { for x in [1] | [n = n + x] } -> print(n)", []],
  ["[n = 0] -> [f = {|| [n = 1]}] -> [f] -> print(n)", ["warning name.lost-assignment «n»"]],
]);

table("failures that nobody looks at", /^connector/, [
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
  ["{ | abort('a') } => print(2)", []],
  ["['a'] =>> print(1) -> ['b'] -> print(2)", []],
  ["{ fork | ['a'] } => print(children())", []],
  ["{ fork | ['a'] } => print(1)", ["warning connector.unheeded «=>»"]],
]);

table("values from outside in commands", /unquoted/, [
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
  [
    "</c> -> ['ls $RESULT'] -> ['ls $RESULT']",
    ["warning command.unquoted «$RESULT»", "warning command.unquoted «$RESULT»"],
  ],
  ["[b = 'x'] -> ['ls $b']", []],
  ["|a| ['ls ${upper(a)}']", ["warning command.unquoted «${upper(a)}»"]],
  ["|a| ['ls ${length(a)} ${a == 1} ${a + 1} ${sha256(a)}']", []],
  ["|a| { for x in split(a, ',')[1:] | ['ls $x'] }", ["warning command.unquoted «$x»"]],
  ["|a| [a = sh(a)] -> ['ls $a']", []],
  ["|a| { if a == 1 | [a = 'x'] } -> ['ls $a']", ["warning command.unquoted «$a»"]],
  ["|a| { if a == 1 | [a = 'x'] else: [a = 'y'] } -> ['ls $a']", []],
  [
    "|a| [d = {x: a, y: 'b'}] -> ['ls ${d.y} ${d[\"x\"]}']",
    ['warning command.unquoted «${d["x"]}»'],
  ],
  [
    "|a| [m = match(a, r'^(?<n>\\d+) (?<t>.*)$')] -> ['ls ${m.n} ${m.t}']",
    ["warning command.unquoted «${m.t}»"],
  ],
  [
    "|a| { case a | 'x', 'y': ['ls $a'] r'^[a-z]+$': ['ls $a'] g'*': ['ls $a'] }",
    ["warning command.unquoted «$a»"],
  ],
  ["|a| { case a | r'(?<n>[0-9]+)-(?<t>.*)': ['ls $n $t'] }", ["warning command.unquoted «$t»"]],
  ["|a| { case | 'x': ['ls $RESULT'] }", []],
  ["['a'] -> { case | r'(?<t>.*)': ['ls $t'] }", ["warning command.unquoted «$t»"]],
  ["|a| { if a in ['x', 'y'] | ['ls $a'] else: ['rm $a'] }", ["warning command.unquoted «$a»"]],
  ["|a| { if a not in ['x', 'y'] | abort('no') } -> ['ls $a']", []],
  ["|a| { if not (a =~ r'^[a-z]+$') | abort('no') } -> ['ls $a']", []],
  [
    "|a| [f = {|x| return('ls ' + x)}] -> [f: a] -> ['$RESULT']",
    ["warning command.unquoted «$RESULT»"],
  ],
  ["|a| [f = {|x| ['ls $x']}] -> [f: a]", ["warning command.unquoted «$x»"]],
  ["[f = {|x| ['ls $x']}] -> [f: 'a']", []],
  ["|a| [c = 'ls $a'] -> [c]", ["warning command.unquoted «$a»"]],
  [
    "[x = ''] -> { while true | ['ls $x'] -> <c> -> [x = $RESULT] }",
    ["warning command.unquoted «$x»"],
  ],
  [
    "{ pfor h in ['a', 'b'] | ['uname'] } -> { for r in $RESULT | ['ls $r'] }",
    ["warning command.unquoted «$r»"],
  ],
  ["[f = {|| return(1)}] -> ['a'] -> [f] -> ['ls $RESULT']", []],
  [
    "['a'] -> [b = json_parse($RESULT)] -> { for k, v in b | ['ls $k $v'] }",
    ["warning command.unquoted «$v»"],
  ],
]);

table("brackets that run nothing", /nothing-to-run/, [
  ["[x = 1] -> [x == 1]", ["warning command.nothing-to-run «x == 1»"]],
  [
    "[1] -> [[2]] -> [{a: 1}]",
    [
      "warning command.nothing-to-run «1»",
      "warning command.nothing-to-run «[2]»",
      "warning command.nothing-to-run «{a: 1}»",
    ],
  ],
  ["|a| [a + 'b'] -> [a or ./b] -> [a[0]]", []],
]);

table("names", /^name/, [
  ["|a| print(a)", []],
  ["print(a)", ["error name.unknown «a»"]],
  ["print(a) -> print(a)", ["error name.unknown «a»"]],
  ["print('${a}')", ["error name.unknown «a»"]],
  ["[a]", ["error name.unknown «a»"]],
  ["print(a) -> [a = 1]", []],
  ["{ a = 1 | print(a) } -> print(a)", ["error name.unknown «a»"]],
  ["{ a = 1, b = a | print(b) }", []],
  ["{ for x in [1] | print(x) } -> print(x)", ["error name.unknown «x»"]],
  ["{ for k, v in {a: 1} | print(k, v) }", []],
  ["{ for k, k in {a: 1} | print(k) }", ["error name.duplicate «k»"]],
  ["{ if true | [a = 1] } -> print(a)", []],
  ["{ fork | [a = 1] -> print(a) } -> print(a)", ["error name.unknown «a»"]],
  ["[a = 1] -> { fork | print(a) print(a) }", []],
  ["[a = 1] -> { pfor x in [1] | [a = a + x] }", []],
  ["[f = {|| [a = 1] -> print(a)}] -> [f] -> print(a)", ["error name.unknown «a»"]],
  ["[n = 1] -> [f = {|x| return(x + n)}] -> [f: 1]", []],
  ["[f = {|n| [f: n - 1]}] -> [f: 3]", []],
  ["{ case 'x1' | r'x(?<n>.)': print(n) else: print(n) }", ["error name.unknown «n»"]],
  ["|a| { case a | r'(?<n>.)': print('$n') 'b': print('$n') }", []],
  ["{ session s, __host__ = 'h', x = 1 | [s << x] -> <s> }", []],
  ["[a = 1]", ["warning name.unused «a»"]],
  ["[_a = 1]", []],
  ["[a = 1] -> print('$aを')", []],
  ["{ a = 1 | print(2) }", ["warning name.unused «a»"]],
  ["{ for x in [1] | print(2) }", []],
  ["{ for x in [1] | [x = x + 1] }", ["warning name.loop-assigned «x»"]],
  ["{ for x in [1] | { pfor y in [1] | [x = x + y] -> print(x) } }", []],
  ["[__host__ = 'a'] -> print(__host__)", []],
  ["{ __hots__ = 'a' | ['b'] }", ["warning name.unknown-context «__hots__»"]],
  ["|a = b|", ["error name.unknown «b»"]],
  ["|a, b = a| print(b)", []],
  ["[self: 1]", []],
]);

table("words in strings", /^string/, [
  ["|a| print('$a $aを $ERROR $ERRORが')", []],
  ["['echo $HOME $1 $(ls)']", ["hint string.plain-word «$HOME»"]],
  ["['echo \\$HOME']", []],
  ["print('$状態')", ["hint string.plain-word «$状態»"]],
  ["|状態| print('$状態')", []],
  ["print(r'$HOME')", []],
  ["print(g'$x*')", ["hint string.plain-word «$x»"]],
]);

test.each([
  ["|service| print(servce)", "Did you mean 'service'?"],
  ["|service| print('$servce')", "Did you mean '$service'?"],
  ["print(now)", "The built-in function is written now(…)."],
  ["[backup]", "A flow is called by its path: [./backup]."],
  ["print(x)", "Make it a parameter, |x|, or assign to it: [x = …]."],
  ["prnt(1)", "Did you mean 'print'?"],
  ["{ __hots__ = 'a' | ['b'] }", "Did you mean '__host__'?"],
  ["sleep()", "It is sleep(seconds)."],
])("%s gets the hint: %s", (source, hint) => {
  expect(check(parse(source).tree).map((diagnostic) => diagnostic.hint)).toContain(hint);
});

table("arguments and keys", /^(argument|key|command.option)/, [
  ["[./f: 1, a = 2, b = 3]", []],
  ["[./f: a = 2, a = 3]", ["error argument.duplicate «a»"]],
  ["print({a: 1, b: 2, a: 3})", ["warning key.duplicate «a»"]],
  ["['ls': timeout = 1, retry = 2, interval = 3, stdin = 'x', repeatable = true]", []],
  ["['ls': timout = 1]", ["warning command.option «timout»"]],
  ["['ls': 1]", ["warning command.option «1»"]],
]);

table("choices", /^choice/, [
  [
    "|p| { choice | <./c> -> print(1) wait(p) after 60: print(2) sleep(3) urlopen('http://a') }",
    [],
  ],
  [
    "{ choice | print(1) -> <./c> ['a'] }",
    ["error choice.no-wait «print(1)»", "error choice.no-wait «['a']»"],
  ],
  ["{ choice | }", ["error choice.empty «{ choice | }»"]],
  [
    "{ choice | <./c> urlopen('http://a') -> urlopen('http://b') after 60: urlopen('http://c') }",
    [],
  ],
  [
    "{ | { choice | urlopen('http://a') get('/b') } }",
    ["error choice.several-effects «get('/b')»"],
  ],
  [
    "{ session s | { session t | { choice | <s> <t> -> <s> } -> { choice | <s> <./c> } } }",
    ["error choice.several-effects «<t>»"],
  ],
]);

table("what is not built yet", /not-built/, [
  ["mailto(to = 'a')", ["warning job.not-built «mailto»"]],
  ["urlopen('http://a')", []],
]);

test("where something cannot be parsed, the rest is checked for what stands by itself", () => {
  const source = "[x = ] -> print(y) -> prnt(x) -> break";
  expect(diagnose(source).diagnostics.map(({ code }) => code)).toEqual([
    "syntax.expected",
    "builtin.unknown",
    "control.outside-loop",
  ]);
});

test("whatever the source, checking and formatting give an answer", () => {
  fc.assert(
    fc.property(soup, (source) => {
      const { tree, diagnostics } = diagnose(source);
      for (const { span, message } of [...diagnostics, ...check(tree)]) {
        expect(span.end).toBeLessThanOrEqual(source.length);
        expect(message).not.toBe("");
      }
      expect(format(format(source))).toBe(format(source));
    }),
    { numRuns: 500 },
  );
});

test("what the checker has no error for can be compiled", () => {
  let compiled = 0;
  fc.assert(
    fc.property(flows, (source) => {
      expect(parse(source).diagnostics).toEqual([]);
      const { program, diagnostics } = compile(source);
      expect(program === null).toBe(diagnostics.some(({ severity }) => severity === "error"));
      if (program) compiled++;
    }),
    { numRuns: 500 },
  );
  expect(compiled).toBeGreaterThan(100);
});
