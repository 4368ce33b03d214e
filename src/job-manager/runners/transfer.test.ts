import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CommandTarget, TransferSpec } from "#contract";
import { systemClock, type Clock } from "#kernel";
import { ensureSshd, startOpenSsh, type OpenSsh } from "../../../test/fixtures/openssh.ts";
import { observe, resultOf, sshTargetFixture } from "../command-fixture.ts";
import type { Runner } from "../runner.ts";
import { sshPool, type SshPool } from "../ssh/pool.ts";
import { transferRunner } from "./transfer.ts";

let pool: SshPool;
let runner: Runner<TransferSpec>;
let root: string;
let here: string;
let there: string;

beforeAll(() => {
  pool = sshPool({ clock: systemClock });
});
afterAll(() => pool.close());
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tsunagi-transfer-"));
  here = join(root, "here");
  there = join(root, "there");
  mkdirSync(here);
  mkdirSync(there);
  runner = transferRunner({ pool, clock: systemClock, directory: here });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function transfer(
  direction: "put" | "get",
  target: CommandTarget,
  near: string | { text?: string; base64?: string },
  path: string,
  changes: Partial<TransferSpec> = {},
): TransferSpec {
  return {
    kind: "transfer",
    direction,
    target,
    path,
    near: typeof near === "string" ? { kind: "file", name: near } : { kind: "content", ...near },
    timeoutMs: null,
    live: false,
    ...changes,
  };
}

const good = { status: 0, reason: null, message: null };

function behaviour(target: () => CommandTarget): void {
  const put = (near: string | { text?: string; base64?: string }, path = join(there, "file")) =>
    resultOf(runner, transfer("put", target(), near, path));
  const get = (near: string | object, path = join(there, "file")) =>
    resultOf(runner, transfer("get", target(), near, path));

  test("a file goes there with its mode, and comes back as it was", async () => {
    const bytes = randomBytes(300_000);
    writeFileSync(join(here, "a"), bytes);
    chmodSync(join(here, "a"), 0o750);
    expect(await put("a")).toMatchObject(good);
    expect(readFileSync(join(there, "file")).equals(bytes)).toBe(true);
    expect(statSync(join(there, "file")).mode & 0o7777).toBe(0o750);
    expect(await get("logs/back")).toMatchObject(good);
    expect(readFileSync(join(here, "logs/back")).equals(bytes)).toBe(true);
    expect(statSync(join(here, "logs/back")).mode & 0o7777).toBe(0o750);
    expect(readdirSync(there)).toEqual(["file"]);
    expect(readdirSync(join(here, "logs"))).toEqual(["back"]);
  });

  test("what a flow has becomes a file, and what stands in a file comes to the flow", async () => {
    expect(await put({ text: "日本\n" })).toMatchObject(good);
    expect(await get({})).toMatchObject({ ...good, stdout: "日本\n" });
    expect(await put({ base64: Buffer.from([0, 255, 10]).toString("base64") })).toMatchObject(good);
    expect(await get({})).toMatchObject({ ...good, base64: "AP8K" });
    expect(await put({ text: "" })).toMatchObject(good);
    expect(await get({})).toMatchObject({ ...good, stdout: "" });
    writeFileSync(join(here, "empty"), "");
    expect(await put("empty")).toMatchObject(good);
    expect(readFileSync(join(there, "file"), "utf8")).toBe("");
  });

  test("what is there is replaced; it keeps its mode, and a link stays one", async () => {
    writeFileSync(join(there, "real"), "old", { mode: 0o600 });
    symlinkSync(join(there, "real"), join(there, "link"));
    expect(await put({ text: "new" }, join(there, "link"))).toMatchObject(good);
    expect(readFileSync(join(there, "real"), "utf8")).toBe("new");
    expect(statSync(join(there, "real")).mode & 0o7777).toBe(0o600);
    expect(readdirSync(there).toSorted()).toEqual(["link", "real"]);
  });

  test("what cannot be copied is refused, says why, and leaves nothing behind", async () => {
    expect(await put("../x")).toMatchObject({
      status: -1,
      reason: "refused",
      message: expect.stringContaining("must be relative"),
    });
    expect(await put("missing")).toMatchObject({ reason: "refused" });
    expect(await put({ text: "x" }, there)).toMatchObject({
      reason: "refused",
      message: expect.stringContaining("is a directory"),
    });
    expect(await put({ text: "x" }, join(there, "no/such/file"))).toMatchObject({
      reason: "refused",
      message: expect.stringMatching(/no such file/i),
    });
    expect(await get({}, join(there, "missing"))).toMatchObject({
      reason: "refused",
      message: expect.stringContaining("there is no file"),
    });
    writeFileSync(join(there, "large"), Buffer.alloc(1024 * 1024 + 1, "a"));
    expect(await get({}, join(there, "large"))).toMatchObject({
      reason: "refused",
      message: expect.stringContaining("larger than the 1 MB"),
    });
    expect(readdirSync(there)).toEqual(["large"]);
    expect(readdirSync(here)).toEqual([]);
  });

  test("a time limit ends a copy, and nothing is left of it", async () => {
    writeFileSync(join(here, "large"), "");
    // It has no bytes on the disk, and takes its time all the same.
    truncateSync(join(here, "large"), 20_000_000_000);
    const spec = transfer("put", target(), "large", join(there, "file"), { timeoutMs: 300 });
    expect(await resultOf(runner, spec)).toMatchObject({ status: -1, reason: "timeout" });
    await expect.poll(() => readdirSync(there), { timeout: 10_000 }).toEqual([]);
  });
}

describe("to the job manager's own host", () => behaviour(() => ({ kind: "local" })));

describe.skipIf(ensureSshd() === undefined)("by SFTP", () => {
  let server: OpenSsh;
  beforeAll(async () => {
    server = await startOpenSsh({ config: ["Subsystem sftp internal-sftp"] });
  });
  afterAll(() => server.stop());
  const target = () =>
    sshTargetFixture({ port: server.port, key: server.key, hostKey: server.hostKey });

  behaviour(target);

  test("200 MB need no memory of that size, and the progress is told", async () => {
    // Something at both ends, and a hole in between, which costs nothing to make.
    const block = randomBytes(1024 * 1024);
    writeFileSync(join(here, "large"), block);
    truncateSync(join(here, "large"), 199 * 1024 * 1024);
    appendFileSync(join(here, "large"), block);
    let peak = 0;
    const before = process.memoryUsage().rss;
    const clock: Clock = {
      // Each look at the time is a second later than the last one.
      now: (
        (now) => () =>
          (now += 1000)
      )(0),
      after: (delayMs, callback) => systemClock.after(delayMs, callback),
    };
    const own = transferRunner({ pool, clock, directory: here });
    const copy = observe(own, transfer("put", target(), "large", join(there, "file")));
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }, 50);
    const result = await copy.result;
    clearInterval(watch);
    expect(result).toMatchObject(good);
    expect(result.stderr).toMatch(/^0 % \(0\.0 of 209\.7 MB\)\n/);
    expect(result.stderr).toContain("\n50 % (");
    expect(peak).toBeLessThan(120 * 1024 * 1024);
    execFileSync("cmp", [join(there, "file"), join(here, "large")]);
  }, 60_000);

  test("a connection that is lost in the middle leaves the target as it was", async () => {
    const own = await startOpenSsh({ config: ["Subsystem sftp internal-sftp"] });
    writeFileSync(join(here, "large"), "");
    truncateSync(join(here, "large"), 20_000_000_000);
    writeFileSync(join(there, "file"), "old");
    const to = sshTargetFixture({ port: own.port, key: own.key, hostKey: own.hostKey });
    const copy = observe(runner, transfer("put", to, "large", join(there, "file")));
    await expect.poll(() => readdirSync(there).length, { timeout: 20_000 }).toBe(2);
    await own.stop();
    expect(await copy.result).toMatchObject({
      status: -1,
      reason: "unreachable",
      message: expect.stringContaining("it is as it was"),
    });
    expect(readFileSync(join(there, "file"), "utf8")).toBe("old");
  });

  test("a host without SFTP refuses it", async () => {
    const own = await startOpenSsh();
    try {
      const to = sshTargetFixture({ port: own.port, key: own.key, hostKey: own.hostKey });
      expect(
        await resultOf(runner, transfer("put", to, { text: "x" }, join(there, "file"))),
      ).toMatchObject({
        reason: "refused",
        message: expect.stringContaining("refuses to copy files (SFTP)"),
      });
      expect(existsSync(join(there, "file"))).toBe(false);
    } finally {
      await own.stop();
    }
  });
});
