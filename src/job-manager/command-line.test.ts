import { execFileSync } from "node:child_process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { commandFixture, scriptFixture } from "./command-fixture.ts";
import { scriptFileName, settingLines, withSudo, workText } from "./command-line.ts";
import { shellQuote, shellWords } from "./shell-quote.ts";

test("what is quoted is one word of the shell, whatever it holds", () => {
  const text = fc
    .string({ unit: "grapheme" })
    .filter((each) => !each.includes("\0") && each.isWellFormed());
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (words) => {
      const output = execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${shellWords(words)}`], {
        encoding: "utf8",
      });
      expect(output.split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 50 },
  );
});

test("plain words stay as they are", () => {
  expect(["/usr/bin/x-1", "a b", "", "it's", "$HOME"].map(shellQuote)).toEqual([
    "/usr/bin/x-1",
    "'a b'",
    "''",
    `'it'\\''s'`,
    "'$HOME'",
  ]);
});

test("directory and environment come before the command, on lines of their own", () => {
  const spec = commandFixture("x", { directory: "/a b", environment: { A: "1", B: "it's" } });
  expect(settingLines(spec)).toBe(`cd -- '/a b' || exit 1\nexport A=1\nexport B='it'\\''s'\n`);
  expect(settingLines(commandFixture("x"))).toBe("");
});

test("a script is called by its interpreter, its first line, or /bin/sh", () => {
  const file = "/tmp/d/s";
  expect(workText(scriptFixture("x", { arguments: ["a b"] }), file)).toBe("/bin/sh /tmp/d/s 'a b'");
  expect(workText(scriptFixture("#!/bin/awk -f\n"), file)).toBe("/tmp/d/s");
  expect(workText(scriptFixture("#!/x", { interpreter: "python3  -u" }), file)).toBe(
    "python3 -u /tmp/d/s",
  );
});

test("sudo gets the whole text as one argument of a shell, and asks for nothing without a password", () => {
  expect(withSudo("a; b", "/bin/sh", { password: null })).toBe("exec sudo -n -- /bin/sh -c 'a; b'");
});

test("with a password, sudo reads it where it asks, and the command never does", () => {
  const text = withSudo("cat", "/bin/sh", { password: "pw" });
  for (const asks of [true, false]) {
    // A sudo of our own: -n fails where a password is needed, -S reads it.
    const sudo = `sudo() {
      case "$1" in
        -n) ${asks ? "return 1" : 'shift; [ "$1" = true ] && return 0; shift; "$@"'} ;;
        -S) IFS= read -r pw; [ "$pw" = pw ] || return 9; shift 4; "$@" ;;
      esac
    }\n`;
    const output = execFileSync("/bin/sh", ["-c", sudo + text.replaceAll("exec sudo", "sudo")], {
      input: "pw\nfor the command\n",
      encoding: "utf8",
    });
    expect(output).toBe("for the command\n");
  }
});

test("a script's name becomes a file name that nothing stumbles over", () => {
  expect(["check.sh", "再起動 (web)", "../x", "..", "-rf"].map(scriptFileName)).toEqual([
    "check.sh",
    "再起動__web_",
    "_x",
    "script",
    "rf",
  ]);
});
