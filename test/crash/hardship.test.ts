import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  endCounting,
  expectCountedOnce,
  fieldsOf,
  linesOf,
  startCounting,
} from "./counting-flow.ts";
import { ServerProcess } from "./server-process.ts";

/** What happens to computers beside kill -9: they stand still, their disk is full, and somebody brings back yesterday. */

// A start takes seconds on a busy machine.
const timeout = 180_000;
const patience = { timeout: 60_000, interval: 50 };

let folder: string;
let data: string;
let server: ServerProcess;
let counted: string;
const mounts: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-hardship-"));
  data = join(folder, "data");
  counted = join(folder, "counted");
  server = new ServerProcess(data);
});

afterEach(async () => {
  await server.stop(join(data, "job-manager"));
  for (const place of mounts.splice(0)) execFileSync("umount", ["--lazy", place]);
  rmSync(folder, { recursive: true, force: true });
});

/** The flow makes further steps. */
async function goesOn(): Promise<void> {
  const before = linesOf(counted).length;
  await expect.poll(() => linesOf(counted).length, patience).toBeGreaterThan(before + 3);
}

async function endsWell(counter: string): Promise<void> {
  await endCounting(server);
  await expect.poll(async () => (await fieldsOf(server, counter)).endedAt, patience).not.toBeNull();
  await expectCountedOnce(server, counter, counted);
}

test(
  "a server that stands still goes on where it was, and so does its job manager",
  { timeout },
  async () => {
    await server.start();
    const counter = await startCounting(server, counted);
    await goesOn();
    process.kill(server.pid, "SIGSTOP");
    // What was handed over comes to its end meanwhile.
    await delay(3000);
    process.kill(server.pid, "SIGCONT");
    await goesOn();
    await endsWell(counter);
  },
);

test.runIf(canMount())(
  "a full disk: the server says so, refuses, loses nothing, and goes on when there is room",
  { timeout },
  async () => {
    mkdirSync(data);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", data]);
    mounts.push(data);
    // The job manager has a disk of its own, and room on it.
    mkdirSync(join(folder, "job-manager"), { mode: 0o700 });
    symlinkSync(join(folder, "job-manager"), join(data, "job-manager"));
    await server.start();
    const counter = await startCounting(server, counted);
    await goesOn();
    const ballast = join(data, "ballast");
    fill(ballast);
    await expect
      .poll(
        () => codeOf(server.client.put("/note", { type: "Text", fields: { text: "x" } })),
        patience,
      )
      .toBe("STORAGE_FULL");
    expect(JSON.stringify(await server.client.status())).toMatch(/is full/);
    const stopped = await standsStill();
    rmSync(ballast);
    await goesOn();
    expect(linesOf(counted).slice(0, stopped)).toHaveLength(stopped);
    expect(await codeOf(server.client.put("/note", { type: "Text", fields: { text: "x" } }))).toBe(
      "none",
    );
    await endsWell(counter);
  },
);

test(
  "with yesterday's database and today's journal nothing runs twice; what nobody can know is unknown",
  { timeout },
  async () => {
    await server.start();
    const source = `|file| ["echo begun >> \${sh(file)}; sleep 2"] ->> print('known') =>> print($REASON)`;
    await server.client.put("/once", { type: "Jobflow", fields: { source } });
    const process = await server.client.start("/once", { file: counted });
    await expect.poll(() => linesOf(counted), patience).toEqual(["begun"]);
    await server.kill();
    const yesterday = join(folder, "yesterday");
    cpSync(data, yesterday, { recursive: true, filter: (path) => !path.includes("job-manager") });
    await server.start();
    await expect.poll(async () => (await fieldsOf(server, process)).state, patience).toBe("done");
    await server.kill();
    bringBack(yesterday);
    await server.start();
    await expect.poll(async () => (await fieldsOf(server, process)).state, patience).toBe("done");
    expect(linesOf(counted)).toEqual(["begun"]);
    const { lines } = await server.client.console(process, 0);
    expect(lines.map(({ text }) => text)).toEqual(["unknown"]);
  },
);

test(
  "a journal that was deleted: what it had is unknown, and is not run again",
  { timeout },
  async () => {
    await server.start();
    const source = `|file| ["echo begun >> \${sh(file)}; sleep 60"] ->> print('known') =>> print($REASON)`;
    await server.client.put("/once", { type: "Jobflow", fields: { source } });
    const process = await server.client.start("/once", { file: counted });
    await expect.poll(() => linesOf(counted), patience).toEqual(["begun"]);
    await server.stop(join(data, "job-manager"));
    rmSync(join(data, "job-manager"), { recursive: true });
    await server.start();
    await expect.poll(async () => (await fieldsOf(server, process)).state, patience).toBe("done");
    expect(linesOf(counted)).toEqual(["begun"]);
    const { lines } = await server.client.console(process, 0);
    expect(lines.map(({ text }) => text)).toEqual(["unknown"]);
  },
);

function bringBack(yesterday: string): void {
  for (const suffix of ["", "-wal", "-shm"])
    rmSync(join(data, `tsunagi.sqlite${suffix}`), { force: true });
  cpSync(yesterday, data, { recursive: true, force: true });
}

/** How many steps there are when there are no more. */
async function standsStill(): Promise<number> {
  for (let before = -1; ; await delay(1500)) {
    const now = linesOf(counted).length;
    if (now === before) return now;
    before = now;
  }
}

function fill(file: string): void {
  try {
    writeFileSync(file, new Uint8Array(64 * 1024 ** 2));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ENOSPC");
  }
  expect(existsSync(file)).toBe(true);
}

async function codeOf(answer: Promise<unknown>): Promise<string> {
  return answer.then(
    () => "none",
    (error: { code?: string }) => error.code ?? "another",
  );
}

/** Root only, and not in every container. */
function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), "tsunagi-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", place], { stdio: "ignore" });
    execFileSync("umount", [place]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
