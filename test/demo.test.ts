import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

/** A place for everything that the demo makes, so that what it leaves behind shows. */
let folder: string;
let endDemo: () => Promise<void>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-demo-test-"));
});
afterEach(async () => {
  await endDemo();
  rmSync(folder, { recursive: true });
});

function startDemo(...args: string[]) {
  const child = spawn("bin/tsunagi", ["demo", ...args], {
    env: { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (heard.stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (heard.stderr += data.toString()));
  const exited = once(child, "exit");
  // A test that fails leaves it running; a signal lets it end what it started.
  endDemo = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await exited;
  };
  return { child, heard, exited };
}

test("the demo plays an outage and its recovery, and leaves nothing behind", async () => {
  const { heard, exited } = startDemo("--once");
  const [status] = (await exited) as [number | null];
  expect({ status, stderr: heard.stderr }).toEqual({ status: 0, stderr: "" });
  const story = [
    /server {4}http:\/\/127\.0\.0\.1:\d+/,
    /ssh {7}.+ on 127\.0\.0\.1:\d+ plays the host web01/,
    /outage {4}.+ was killed: connection refused/,
    /alert {5}POST .+\/alerts \{"host":"web01"/,
    /the process is missing/,
    /started again/,
    /answers 200/,
    /report: \/servers\/web01 is up/,
    /status {6}up/,
    /changed by {2}root, process \/process\/\d+/,
  ];
  let rest = heard.stdout;
  for (const part of story) {
    expect(rest).toMatch(part);
    rest = rest.slice(rest.search(part));
  }
  expect(readdirSync(folder)).toEqual([]);
  expect(processesIn(folder)).toEqual([]);
});

test("without --once the server stays up until Ctrl-C, and then everything ends", async () => {
  const { child, heard, exited } = startDemo();
  await new Promise<void>((resolve) =>
    child.stdout.on("data", () => heard.stdout.includes("Ctrl-C ends everything") && resolve()),
  );
  const [, url = "", password] =
    /Open (\S+) in a browser: user root, password (\S+)/.exec(heard.stdout) ?? [];
  expect(password).toMatch(/^.{12,}$/);
  expect((await fetch(new URL("/.status", url))).status).toBe(200);
  child.kill("SIGINT");
  expect(await exited).toEqual([0, null]);
  await expect(fetch(new URL("/.status", url))).rejects.toThrow("fetch failed");
  expect(readdirSync(folder)).toEqual([]);
  expect(processesIn(folder)).toEqual([]);
});

/** Commands of processes that work in a folder, where the system tells. */
function processesIn(place: string): string[] {
  if (!existsSync("/proc")) return [];
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map(commandOf).filter((command) => command.includes(place));
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    // Ended meanwhile.
    return "";
  }
}
