import { describe, expect, test } from "vitest";
import { likelyQuietMs, lineReader, sureQuietMs, withoutEcho } from "./prompt.ts";

const usual = lineReader({ prompt: null, more: null });

describe("a prompt", () => {
  test.each([
    "sw1>",
    "sw1#",
    "sw1(config-if)# ",
    "ops@web01:~$ ",
    "[root@web01 ~]# ",
    "admin@fw>",
    "% ",
    "Password: ",
    "ops@web01's password: ",
    "Username:",
    "Proceed with reload? [confirm]",
    "Are you sure? (y/n) ",
    "Continue (yes/no)? ",
  ])("is %j", (line) => {
    expect(usual.prompt(line, null)).toEqual({ length: line.length, quietMs: likelyQuietMs });
  });

  test.each(["", "Building configuration...", "Password: ****", "90% done", "a: b"])(
    "is not %j",
    (line) => {
      expect(usual.prompt(line, null)).toBeUndefined();
    },
  );

  test("that begins like the last one is believed sooner than one that merely looks so", () => {
    expect(usual.prompt("sw1(config)#", "sw1>")?.quietMs).toBe(sureQuietMs);
    expect(usual.prompt("ops@web01:/etc$ ", "ops@web01:~$ ")?.quietMs).toBe(sureQuietMs);
    expect(usual.prompt("Port Gi0/1 #", "sw1>")?.quietMs).toBe(likelyQuietMs);
    expect(usual.prompt("Password: ", "sw1>")?.quietMs).toBe(likelyQuietMs);
  });

  test("may follow output that has no end of line", () => {
    expect(usual.prompt("abcsw1#", "sw1#")).toEqual({ length: 4, quietMs: sureQuietMs });
  });

  test("that is described is the only one", () => {
    const own = lineReader({ prompt: "^ready\\? $", more: null });
    expect(own.prompt("ready? ", null)).toEqual({ length: 7, quietMs: sureQuietMs });
    expect(own.prompt("sw1#", "sw1#")).toBeUndefined();
  });
});

test("the question of a pager is found, and where it begins", () => {
  for (const question of [
    "--More--",
    " --More-- ",
    "-- more --",
    "---(more)---",
    "---(more 45%)---",
    "--More--(12%)",
    "<--- More --->",
    "--More-- or (q)uit",
    "Press any key to continue (Q to quit)",
  ]) {
    expect(usual.pagerStart(question), question).toBeGreaterThanOrEqual(0);
  }
  expect(usual.pagerStart("show more")).toBe(-1);
  expect(usual.pagerStart("text--More--")).toBe(4);
  expect(lineReader({ prompt: null, more: "Weiter\\?" }).pagerStart("Weiter?")).toBe(0);
});

test("the repeated line is taken out, also if it is wrapped, and nothing else is", () => {
  expect(withoutEcho(["show run", "line 1"], "show run")).toEqual(["line 1"]);
  expect(withoutEcho(["show interfaces stat", "us", "line 1"], "show interfaces status")).toEqual([
    "line 1",
  ]);
  expect(withoutEcho(["line 1", "show run"], "show run")).toEqual(["line 1", "show run"]);
  // A password is not repeated; its end of line is.
  expect(withoutEcho(["", "Welcome"], "high")).toEqual(["", "Welcome"]);
});
