import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tsunagi } from "../command-line/tsunagi.ts";
import { consoleOf, fieldsOf, linesOf, startCounting } from "./counting-flow.ts";
import { ServerProcess } from "./server-process.ts";

/** Backups of a server that is working, as an operator takes and restores them. */
let folder: string;
let data: string;
let server: ServerProcess;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-backup-"));
  data = join(folder, "data");
  server = new ServerProcess(data);
  await server.start();
});
afterEach(async () => {
  await server.stop(join(data, "job-manager"));
  rmSync(folder, { recursive: true, force: true });
});

async function output(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await tsunagi([...args, "--data", data]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

async function steps(file: string, more: number): Promise<void> {
  const wanted = linesOf(file).length + more;
  await expect
    .poll(() => linesOf(file).length, { timeout: 60_000, interval: 20 })
    .toBeGreaterThanOrEqual(wanted);
}

test("yesterday's backup: who waited goes on, what ran since is unknown and not run again", async () => {
  const file = join(folder, "counted");
  writeFileSync(file, "");
  const counter = await startCounting(server, file);
  const { client } = server;
  await client.put("/mail", { type: "Channel", fields: {} });
  await client.put("/waiter", {
    type: "Jobflow",
    fields: { source: "<./mail> -> print('got $RESULT')" },
  });
  const waiter = await client.start("/waiter", {});
  await expect.poll(async () => (await fieldsOf(server, waiter)).state).toBe("waiting");
  await steps(file, 3);

  const backup = join(folder, "backup");
  expect(await output("backup", backup)).toMatch(/Backed up to .*\nThe key is not in it/);
  expect(readdirSync(backup).sort()).toEqual(["backup.json", "tsunagi.sqlite"]);
  expect((await client.status()).parts["backup"]).toMatchObject({
    status: "ok",
    details: { takenAt: expect.stringMatching(/^\d{4}-/) },
  });
  await steps(file, 5);
  await client.post("/mail", "today");
  await expect.poll(async () => (await fieldsOf(server, waiter)).state).toBe("done");

  const busy = await tsunagi(["backup", "restore", backup, "--data", data, "--replace"]);
  expect(busy.stderr).toContain("DATABASE_IN_USE");
  await server.kill();
  const refused = await tsunagi(["backup", "restore", backup, "--data", data]);
  expect(refused.stderr).toContain("TARGET_NOT_EMPTY");
  const counted = linesOf(file);
  expect(await output("backup", "restore", backup, "--replace")).toContain("What was there before");
  await server.start();

  // The command of that moment was answered long ago, and the job manager has forgotten it.
  await expect
    .poll(async () => (await fieldsOf(server, counter)).state, { timeout: 60_000 })
    .toBe("aborted");
  expect((await fieldsOf(server, counter)).reason).toBe("unknown");
  expect(linesOf(file).slice(0, counted.length)).toEqual(counted);
  expect(new Set(linesOf(file)).size).toBe(linesOf(file).length);

  expect((await fieldsOf(server, waiter)).state).toBe("waiting");
  await server.client.post("/mail", "yesterday");
  await expect.poll(async () => (await fieldsOf(server, waiter)).state).toBe("done");
  expect(await consoleOf(server, waiter)).toEqual(["got yesterday"]);

  const again = join(folder, "again");
  writeFileSync(again, "");
  await startCounting(server, again);
  await steps(again, 3);
}, 240_000);

test("a backup that is damaged, or of another installation, is not restored", async () => {
  const answer = await fetch(`${server.url}/.api/v1/objects/note`, {
    method: "PUT",
    headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
    body: JSON.stringify({ type: "Text", fields: { text: "kept" } }),
  });
  expect(answer.status).toBe(201);
  const backup = join(folder, "backup");
  await output("backup", "create", backup, "--with-key");
  expect(await tsunagi(["backup", backup, "--data", data])).toMatchObject({
    status: 73,
    stderr: expect.stringContaining("TARGET_NOT_EMPTY"),
  });
  const check = await tsunagi(["backup", "check", backup]);
  expect(check).toMatchObject({ status: 0, stdout: expect.stringContaining("is whole") });

  // The key comes along, so it can be restored anywhere.
  const other = join(folder, "other");
  expect(await tsunagi(["backup", "restore", backup, "--data", other])).toMatchObject({
    status: 0,
  });
  expect(readFileSync(join(other, "key"), "utf8")).toBe(readFileSync(join(data, "key"), "utf8"));
  const stranger = join(folder, "stranger");
  rmSync(join(other, "tsunagi.sqlite"));
  writeFileSync(join(other, "key"), `${Buffer.alloc(32, 7).toString("base64")}\n`);
  for (const [directory, code] of [
    [other, "KEY_FILE_INVALID"],
    [stranger, "BACKUP_INVALID"],
  ] as const) {
    if (directory === stranger) appendFileSync(join(backup, "tsunagi.sqlite"), "x");
    const done = await tsunagi(["backup", "restore", backup, "--data", directory]);
    expect(done.stderr).toContain(code);
    expect(existsSync(join(directory, "tsunagi.sqlite"))).toBe(false);
  }
}, 120_000);
