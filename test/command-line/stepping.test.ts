import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandedServer } from "./commanded-server.ts";
import { tsunagi } from "./tsunagi.ts";

/** Step mode, traces and variables, as an operator sees them. */
const { folder, server, environment, call } = commandedServer();

/** As `tsunagi`, with something on standard input. */
async function callWith(input: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn("bin/tsunagi", args, { env: { ...process.env, ...env } });
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await closed, stdout, stderr };
}

function writeFlow(source: string): string {
  const file = join(folder, "main.jobflow");
  writeFileSync(file, source);
  return file;
}

async function put(path: string, source: string): Promise<void> {
  const made = await call("object", "put", path, "--type", "Jobflow", source);
  expect(made).toMatchObject({ status: 0, stderr: "" });
}

async function startHeld(path: string, source: string): Promise<string> {
  await put(path, source);
  const { process: started } = await server.client.post(path, {}, { step: true });
  return started?.slice("/process/".length) ?? "";
}

describe("run --step of a file", () => {
  test("goes on, shows variables, skips and sets free, as it is told line by line", async () => {
    const file = writeFlow(
      "[n = 41] -> ['echo one'] -> print($RESULT) -> ['echo two'] -> print(\"<$RESULT>\") -> ['echo three'] -> print(n, $RESULT)",
    );
    const { status, stdout, stderr } = await callWith("v\n\nskip\nf\n", ["run", file, "--step"]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "one\n<>\n41 three\n" });
    expect(stderr).toContain(
      "/process/1 is held at line 1 in /main, before: command\n  echo one\n",
    );
    expect(stderr).toContain("n = 41");
  });

  test("aborts when it is told so, and when nobody answers any more", async () => {
    const file = writeFlow("['touch never'] =>> print('handled')");
    for (const input of ["a\n", ""]) {
      const { status, stdout, stderr } = await callWith(input, ["run", file, "--step"]);
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      expect(stderr).toContain("aborted at line 1 in /main: root aborted it before this command");
    }
  });
});

test("run --trace prints at the end what was done", async () => {
  const file = writeFlow("['echo one'] -> ['exit 3'] =>> print('handled')");
  const { status, stdout, stderr } = await tsunagi(["run", file, "--trace"]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: "handled\n" });
  expect(stderr).toMatch(/ms +ok +\/main:1:1 +echo one\n/);
  expect(stderr).toMatch(/ms +handled +\/main:1:17 +exit 3 +— exit: status 3\n/);
});

describe("on a server", () => {
  test("a process is held, shown, inspected and decided about, once", async () => {
    const id = await startHeld("/held", "[name = 'web01'] -> [\"echo $name\"] -> print($RESULT)");
    expect((await call("step", id)).stdout).toBe(
      `/process/${id} is held at line 1 in /held, before: command\n  echo web01\n`,
    );
    expect((await call("ps")).stdout).toMatch(/suspended .*decision before command: echo web01/);
    expect((await call("inspect", id)).stdout).toContain('name = "web01"');
    const turn = JSON.parse((await call("step", id, "--json")).stdout).turn as number;
    const late = await call("step", id, "skip", "--turn", String(turn + 1));
    expect(late.stderr).toContain("error[DECISION_OUTDATED]");
    expect(await call("step", id, "go")).toMatchObject({ status: 0, stderr: "" });
    expect((await call("log", "-f", id)).stdout).toBe("web01\n");
    expect((await call("step", id, "go")).status).not.toBe(0);
    const trace = await call("trace", id);
    expect(trace.stdout).toMatch(/ok +\/held:1:21 +echo web01 \(go: \w+\)\n/);
    const [first] = (await call("trace", "-f", id, "--json")).stdout.split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({ kind: "assignment", outcome: "ok" });
  });

  test("is still held after kill -9, and its command runs once", async () => {
    const file = join(folder, "ran");
    const id = await startHeld("/killed", `['echo once >> ${file}']`);
    await server.kill();
    await server.start();
    expect((await call("step", id)).stdout).toContain("before: command");
    expect((await call("step", id, "go")).status).toBe(0);
    await call("log", "-f", id);
    expect(readFileSync(file, "utf8")).toBe("once\n");
  });

  test("run --step asks there, too", async () => {
    await put("/asked", "['echo one'] -> print($RESULT)");
    const args = ["run", "/asked", "--step", "--trace"];
    const { status, stdout, stderr } = await callWith("go\n", args, environment());
    expect({ status, stdout }).toEqual({ status: 0, stdout: "one\n" });
    expect(stderr).toMatch(/echo one \(go: \w+\)/);
  });

  test("step mode is switched off by a word", async () => {
    const id = await startHeld("/off", "['true'] -> ['true'] -> print('done')");
    expect((await call("step", id, "free")).status).toBe(0);
    expect((await call("log", "-f", id)).stdout).toBe("done\n");
  });
});
