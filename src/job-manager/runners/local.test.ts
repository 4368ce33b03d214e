import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { commandFixture, isRunning, observe, resultOf, scriptFixture } from "../command-fixture.ts";
import { localRunner } from "./local.ts";

let scriptDirectory: string;
beforeAll(() => {
  scriptDirectory = mkdtempSync(join(tmpdir(), "tsunagi-local-"));
});
afterAll(() => {
  expect(readdirSync(scriptDirectory), "every script's file is removed").toEqual([]);
  rmSync(scriptDirectory, { recursive: true });
});

const run = (spec: Parameters<typeof resultOf>[1]) =>
  resultOf(localRunner({ scriptDirectory }), spec);

test("a command's outputs and status are its result", async () => {
  const result = await run(commandFixture("echo out; echo err >&2; exit 3"));
  expect(result).toMatchObject({
    status: 3,
    reason: "exit",
    stdout: "out\n",
    stderr: "err\n",
    message: null,
  });
});

test("a shell that is not there is named", async () => {
  expect(await run(commandFixture("true", { shell: "/no/shell" }))).toMatchObject({
    status: -1,
    reason: "refused",
    message: expect.stringContaining("there is no /no/shell (__shell__"),
  });
});

test("a command that succeeds has no reason", async () => {
  expect(await run(commandFixture("true"))).toMatchObject({ status: 0, reason: null });
});

test("the command is one argument of the shell: quotes, newlines and dollars are the shell's own", async () => {
  const { stdout } = await run(commandFixture(`a='x  y'\nprintf '%s|' "$a" '$b' 日本`));
  expect(stdout).toBe("x  y|$b|日本|");
});

test("death by signal n is status 128 + n", async () => {
  expect(await run(commandFixture("kill -KILL $$"))).toMatchObject({ status: 137, reason: "exit" });
});

test("directory, environment, shell and standard input are as given", async () => {
  const result = await run(
    commandFixture("pwd; echo $WHO; cat; echo $0", {
      directory: "/usr",
      environment: { WHO: "it's me" },
      shell: "/bin/bash",
      stdin: { text: "given" },
    }),
  );
  expect(result.stdout).toBe("/usr\nit's me\ngiven/bin/bash\n");
});

test("without standard input a command reads its end at once", async () => {
  expect(await run(commandFixture("cat; echo end"))).toMatchObject({ stdout: "end\n" });
});

test("binary standard input arrives byte by byte", async () => {
  const stdin = { base64: Buffer.from([0, 255, 10]).toString("base64") };
  expect((await run(commandFixture("od -An -tu1", { stdin }))).stdout.trim()).toBe("0 255  10");
});

test("a directory or shell that is missing is refused, and said", async () => {
  expect(await run(commandFixture("true", { directory: "/no/such" }))).toMatchObject({
    status: -1,
    reason: "refused",
    message: expect.stringContaining("/no/such"),
  });
  expect(await run(commandFixture("true", { shell: "/no/shell" }))).toMatchObject({
    status: -1,
    reason: "refused",
    message: expect.stringContaining("/no/shell"),
  });
});

test("a command that is too long for the system says what to do", async () => {
  const result = await run(commandFixture(`: ${"x".repeat(300_000)}`));
  expect(result).toMatchObject({
    status: -1,
    reason: "refused",
    message: expect.stringContaining("script job"),
  });
});

test("a time limit ends the whole process group", async () => {
  const result = await run(commandFixture("sleep 1000 & echo $!; sleep 1000", { timeoutMs: 100 }));
  expect(result).toMatchObject({
    status: -1,
    reason: "timeout",
    message: expect.stringContaining("0.1 s"),
  });
  await expect.poll(() => isRunning(Number(result.stdout.trim()))).toBe(false);
});

test("a command that does not heed TERM is killed", async () => {
  const timers: { delayMs: number; callback: () => void }[] = [];
  const clock = {
    now: () => 0,
    after: (delayMs: number, callback: () => void) => {
      const timer = { delayMs, callback };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  const spec = commandFixture("trap 'echo heard' TERM; echo ready; while :; do sleep 0.05; done");
  const command = observe(localRunner(), spec, clock);
  await command.printed("ready");
  command.execution.cancel("the command was cancelled");
  await command.printed("heard");
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([5000]);
  timers.shift()?.callback();
  expect(await command.result).toMatchObject({
    status: -1,
    reason: "cancelled",
    message: "the command was cancelled and was ended",
  });
});

test("output beyond the limit is counted, not kept", async () => {
  const result = await run(commandFixture("head -c 3000000 /dev/zero | tr '\\0' x"));
  expect(result.stdout).toHaveLength(1024 * 1024);
  expect(result.stdoutCut).toBe(3_000_000 - 1024 * 1024);
});

test("output in another encoding becomes text", async () => {
  const text = "printf '\\306\\374\\313\\334'";
  expect((await run(commandFixture(text, { encoding: "euc-jp" }))).stdout).toBe("日本");
});

test("a script runs by its first line, with arguments, environment and standard input", async () => {
  const script = `#!/bin/bash\necho "$# [$1] [$2] $NAME $BASH_VERSION" | cut -c1-30\ncat\nexit 4`;
  const result = await run(
    scriptFixture(
      script,
      { arguments: ["a b", "c'd"] },
      { environment: { NAME: "n" }, stdin: { text: "in" } },
    ),
  );
  expect(result.stdout).toMatch(/^2 \[a b\] \[c'd\] n \d/);
  expect(result.stdout.endsWith("\nin")).toBe(true);
  expect(result).toMatchObject({ status: 4, reason: "exit" });
});

test("a script without a first line runs in /bin/sh; an interpreter wins over both", async () => {
  expect((await run(scriptFixture("echo $1", { arguments: ["x"] }))).stdout).toBe("x\n");
  const result = await run(scriptFixture("#!/bin/sh\nprint('py')", { interpreter: "python3 -u" }));
  expect(result.stdout).toBe("py\n");
});

test("an interpreter that is missing fails as in a shell", async () => {
  expect(await run(scriptFixture("x", { interpreter: "no-such-thing" }))).toMatchObject({
    status: 127,
    reason: "exit",
  });
});

test("a script's file is readable for its owner only, and gone after a time limit, too", async () => {
  const result = await run(
    scriptFixture("ls -l $0; ls -ld $(dirname $0); sleep 1000", {}, { timeoutMs: 300 }),
  );
  expect(result.stdout).toMatch(/^-rwx------ .*\ndrwx------ /);
  expect(result.reason).toBe("timeout");
});
