import type { Choices } from "./choices.ts";
import { generateProgram } from "./program-generator.ts";

/** Writes texts that are no jobflows, or only nearly: what a reader must bear, too. */
export function generateText(choices: Choices): string {
  const kind = choices.below(8);
  if (kind < 3) return mutate(choices, generateProgram(choices).source);
  if (kind === 3) return wordSoup(choices);
  if (kind === 4) return nested(choices);
  if (kind === 5) return characters(choices);
  if (kind === 6) {
    const { source } = generateProgram(choices);
    return source.slice(0, choices.below(source.length + 1));
  }
  return mutate(choices, wordSoup(choices));
}

/** Cuts out, doubles, moves and replaces parts. */
function mutate(choices: Choices, text: string): string {
  let mutated = text;
  for (let count = choices.below(4); count >= 0; count -= 1) {
    const at = choices.below(mutated.length + 1);
    const length = choices.below(12);
    const part = mutated.slice(at, at + length);
    const rest = mutated.slice(at + length);
    const head = mutated.slice(0, at);
    switch (choices.below(5)) {
      case 0:
        mutated = head + rest;
        break;
      case 1:
        mutated = head + part + part + rest;
        break;
      case 2:
        mutated = head + choices.pick(words) + rest;
        break;
      case 3:
        mutated = head + choices.pick(words) + part + rest;
        break;
      default:
        mutated = part + head + rest;
    }
  }
  return mutated;
}

function wordSoup(choices: Choices): string {
  const blank = choices.pick([" ", ""]);
  return Array.from({ length: choices.below(40) }, () => choices.pick(words)).join(blank);
}

/** The same beginning again and again, most of them without an end. */
function nested(choices: Choices): string {
  const depth = choices.pick([2, 10, 60, 120, 200, 300]);
  const [open, close] = choices.pick(nests);
  const core = choices.pick(["", "x", "1", "print(1)", "'"]);
  return `${choices.pick(["", "[x = ", "print("])}${open.repeat(depth)}${core}${close.repeat(choices.below(2) * depth)}`;
}

function characters(choices: Choices): string {
  const length = choices.below(60);
  let text = "";
  for (let index = 0; index < length; index += 1) {
    // Single surrogates and control characters, too.
    const bound = choices.pick([0x80, 0x80, 0x3100, 0x1_0000]);
    text += String.fromCharCode(choices.below(bound));
  }
  return text;
}

const nests: readonly [string, string][] = [
  ["(", ")"],
  ["[", "]"],
  ["{ | ", " }"],
  ["{a: ", "}"],
  ["{|| ", "}"],
  ["-", ""],
  ["not ", ""],
  ["'${\"", "\"}'"],
  ['"${', '}"'],
  ["{ if x | ", "}"],
  ["{ case ", "| 1: }"],
  ["{ fork | ", "}"],
  ["f(", ")"],
  ["a[", "]"],
  ["a if ", " else b"],
  ["1 + ", ""],
  ["x = ", ""],
  ["-> ", ""],
  ["|a", "|"],
  ["r'(", ")'"],
  ["'$(", ")'"],
  ["a.", ""],
  ["a ** ", ""],
  ["{ choice | <a> -> ", "}"],
];

const words = [
  ..."[ ] ( ) { } | || , : . = == -> => ->> =>> << < > + - * / // % =~ !~ != <= >= $ $STATUS # \n ; ! @ & ^ ~ ? ` \\".split(
    " ",
  ),
  ..."if elif else then case for in while fork pfor choice timeout lock session and or not true false null self break continue limit after return print sleep".split(
    " ",
  ),
  ..."' \" ''' \"\"\" ${ $( r' g' i' x y 1 2.5 1e 0x1 1_000 .5 /a/b ./c ../d .. / /'x' 'x' \"$y\" \\u12 \\uD800 再起動 　 （ → \0 \ufeff \u2028 😀".split(
    " ",
  ),
  "print('x')",
  "{ for v in [1] | print(v) }",
  "[x = 1]",
  "9".repeat(400),
  "a".repeat(300),
];
