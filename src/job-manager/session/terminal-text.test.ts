import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TerminalText } from "./terminal-text.ts";

function linesOf(...chunks: string[]): string[] {
  const text = new TerminalText(1000);
  for (const chunk of chunks) text.add(chunk);
  const { line } = text;
  return [...text.take().lines, line];
}

test("lines end with a line feed, with or without a carriage return", () => {
  expect(linesOf("a\r\nb\nc\r\r\n$ ")).toEqual(["a", "b", "c", "$ "]);
});

test("what is written over is gone", () => {
  expect(linesOf("10 %\r20 %\r\n")).toEqual(["20 %", ""]);
  expect(linesOf("lss\b \b\r\n$ ")).toEqual(["ls", "$ "]);
  expect(linesOf("--More--\r        \rnext\r\n")).toEqual(["next", ""]);
  expect(linesOf("--More--\u001b[8D\u001b[K now\r\n")).toEqual([" now", ""]);
  expect(linesOf("--More--\r\u001b[2Kthen\r\n")).toEqual(["then", ""]);
});

test("colours, titles and other sequences leave nothing behind, wherever they are cut", () => {
  const all =
    "\u001b]0;ops@web01\u0007\u001b[?2004h\u001b[1;32mops\u001b[0m$ \u001b(B\u001b=ls\u0007";
  expect(linesOf(all)).toEqual(["ops$ ls"]);
  for (let at = 1; at < all.length; at += 1) {
    expect(linesOf(all.slice(0, at), all.slice(at))).toEqual(["ops$ ls"]);
  }
});

test("only the first lines are kept, and the rest is counted", () => {
  const text = new TerminalText(10);
  text.add("12345\n1234567\nx\n");
  expect(text.take()).toEqual({ lines: ["12345"], cutCharacters: 10 });
  text.add("again\n");
  expect(text.take()).toEqual({ lines: ["again"], cutCharacters: 0 });
});

test("any bytes give lines without control characters, however they are cut", () => {
  const character = fc.constantFrom(...Array.from("ab\r\n\b\t\u001b[]0;K?mCDGJ\u0007\u0000 é漢"));
  fc.assert(
    fc.property(fc.array(character), fc.nat(), (characters, cut) => {
      const all = characters.join("");
      const at = all.length === 0 ? 0 : cut % all.length;
      const whole = linesOf(all);
      expect(linesOf(all.slice(0, at), all.slice(at))).toEqual(whole);
      // oxlint-disable-next-line no-control-regex -- what terminals are told
      for (const line of whole) expect(line).not.toMatch(/[\u0000-\u0008\u000a-\u001f]/);
    }),
  );
});
