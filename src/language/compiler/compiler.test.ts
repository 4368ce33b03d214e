import { builtins, decodeProgram, encodeProgram } from "#machine";
import { expect, test } from "vitest";
import { compile } from "./compiler.ts";
import { disassemble } from "./disassemble.ts";

function listing(source: string): string {
  const { program, diagnostics } = compile(source);
  if (program === null) throw new Error(JSON.stringify(diagnostics));
  return disassemble(program);
}

test("a flow is compiled to instructions with handlers", () => {
  expect(listing("|service|\n['restart $service']\n->> print('ok') =>> [./recover: service]"))
    .toMatchInlineSnapshot(`
    "flow 0(service)
         0 line 2  constant "restart "
         2 line 2  load service
         4 line 2  interpolate_command 2
         6 line 2  call 0 [] 0
        10 line 3  constant "ok"
        12 line 3  print 1
        14 line 3  jump -> 24
        16 line 3  path "./recover"
        18 line 3  load service
        20 line 3  call_tail 1 [] 0
        24 line 3  end
      on failure in 0..10: go to 16, 0 blocks open
      on failure in 10..14: go to 16, 0 blocks open
    "
  `);
});

test("closures and children are functions of their own with copies of what they use", () => {
  expect(listing("[x = 1] -> [f = {|a| return(a + x)}] -> { fork | print(x) }"))
    .toMatchInlineSnapshot(`
    "flow 0()
         0 line 1  integer 1
         2 line 1  store x
         4 line 1  closure function 1
         6 line 1  store f
         8 line 1  fork 1 function 2
        11 line 1  end

    closure 1(a)
      captures x
         0 line 1  load a
         2 line 1  load x
         4 line 1  add
         5 line 1  return
         6 line 1  end

    child 2()
      captures x
         0 line 1  load x
         2 line 1  print 1
         4 line 1  end
    "
  `);
});

test("a program is the same after it was stored", () => {
  const { program } = compile(
    "|a = 1| { case a | r'(?<n>\\d)': print(n) 1.5: [f = {|| return(a)}] }",
  );
  if (program === null) throw new Error("does not compile");
  expect(decodeProgram(encodeProgram(program))).toEqual(program);
  expect(encodeProgram(decodeProgram(encodeProgram(program)))).toBe(encodeProgram(program));
});

test("what does not parse has no program", () => {
  const { program, diagnostics } = compile("print('a' ->");
  expect(program).toBeNull();
  expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
});

test.each(
  builtins.flatMap(({ name, kind, examples }) =>
    examples.map((example) => [name, kind, example] as const),
  ),
)("the example of %s compiles", (name, kind, example) => {
  const isCommand = example.startsWith("[");
  const source = kind === "job" || isCommand ? example : `[result = ${example}] -> print(result)`;
  const parameters =
    "|x| |n| |p| |p2| |total| |service| |host| |hosts| |list| |rows| |names| |alert| |sizes| |defaults| |started| |files| |file| |line| |text| |path| |name|";
  const loop = name === "break" || name === "continue" ? `{ while true | ${source} }` : source;
  const { diagnostics } = compile(`${parameters}\n${loop}`);
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});
