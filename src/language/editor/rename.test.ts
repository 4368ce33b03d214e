import { describe, expect, test } from "vitest";
import { EditorDocument } from "./document.ts";
import { applyEdits, renamableAt, renameAt } from "./rename.ts";

/** `‸` is the cursor. */
function renamed(marked: string, to: string): string {
  const offset = marked.indexOf("‸");
  const source = marked.slice(0, offset) + marked.slice(offset + 1);
  const rename = renameAt(new EditorDocument(source), offset, to);
  return rename.kind === "edits" ? applyEdits(source, rename.edits) : rename.reason;
}

describe("a variable gets another name", () => {
  test.each([
    ["|a| print(‸a, '$a ${a + 1}')", "b", "|b| print(b, '$b ${b + 1}')"],
    ["[‸x = 1] -> [x = x + 1]", "y", "[y = 1] -> [y = y + 1]"],
    [
      "[x = 1] -> [f = {|| [x = 2] -> print(x‸)}]",
      "y",
      "[y = 1] -> [f = {|| [y = 2] -> print(y)}]",
    ],
    ["[x = 1] -> [f = {|x| print(x‸)}]", "y", "[x = 1] -> [f = {|y| print(y)}]"],
    ["{ for v‸ in [1] | print('$vです') }", "w", "{ for w in [1] | print('$wです') }"],
    ["{ for v‸ in [1] | print('$vです') }", "値", "{ for 値 in [1] | print('${値}です') }"],
    [
      "{ case 'a' | r'(?<n>.)', r'b(?<n>.)': print(‸n) }",
      "code",
      "{ case 'a' | r'(?<code>.)', r'b(?<code>.)': print(code) }",
    ],
    ["|host‸| [self: host = host]", "node", "|node| [self: node = node]"],
    [
      "[f = {|a‸, b| return(a + b)}] -> [f: 1, a = 2] -> [./g: a = 3]",
      "first",
      "[f = {|first, b| return(first + b)}] -> [f: 1, first = 2] -> [./g: a = 3]",
    ],
    ["['x': timeout = t‸] -> [t = 1]", "timeouts", "['x': timeout = timeouts] -> [timeouts = 1]"],
  ])("%s to %s", (marked, to, expected) => {
    expect(renamed(marked, to)).toBe(expected);
  });
});

describe("is refused", () => {
  test.each([
    ["print(‸upper('a'))", "x", "the language gives this name: it cannot be renamed"],
    ["print($STA‸TUS)", "x", "the language gives this name: it cannot be renamed"],
    ["['te‸xt']", "x", "only variables and parameters can be renamed"],
    ["[x‸ = 1]", "if", "'if' is a reserved word"],
    ["[x‸ = 1]", "2a", "'2a' is no name: letters, digits and _, not beginning with a digit"],
    ["[x‸ = 1]", "a b", "'a b' is no name: letters, digits and _, not beginning with a digit"],
    ["[x‸ = 1]", "__host__", "'__host__' would be a name of the context"],
    [
      "[x‸ = 1] -> [y = 2] -> print(x, y)",
      "y",
      "there is a 'y' already, and the two would be mixed up",
    ],
    ["|a, b‸| print(1)", "a", "there is a 'a' already, and the two would be mixed up"],
    [
      "[x = 1] -> { for v‸ in [1] | print(v, x) }",
      "x",
      "there is a 'x' already, and the two would be mixed up",
    ],
    [
      "[x‸ = 1] -> ['echo $HOME $x']",
      "HOME",
      "'$HOME' or 'HOME' stands in the flow as something else, and would become this variable",
    ],
    [
      "[x‸ = 1] -> print(x",
      "y",
      "the flow has syntax errors: mend them first, so that no place is missed",
    ],
  ])("%s to %s", (marked, to, reason) => {
    expect(renamed(marked, to)).toBe(reason);
  });

  test("in the language of the reader", () => {
    const document = new EditorDocument("[x = 1]", { language: "ja" });
    expect(renameAt(document, 1, "if")).toEqual({ kind: "refused", reason: "'if'は予約語です" });
  });
});

test("what can be renamed says where its name stands", () => {
  const document = new EditorDocument("|host| print('$host')");
  expect(renamableAt(document, 17)).toEqual({ span: { start: 15, end: 19 }, name: "host" });
  expect(renamableAt(document, 9)).toBeNull();
});
