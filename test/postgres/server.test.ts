import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  endCounting,
  expectCountedOnce,
  fieldsOf,
  linesOf,
  startCounting,
} from "../crash/counting-flow.ts";
import { ServerProcess } from "../crash/server-process.ts";
import { createDatabase, startPostgres, type PostgresServer } from "../fixtures/postgres.ts";

/** One server on PostgreSQL, when either of the two is killed. Every command appends a line to a file. */

const program = new URL("../../bin/tsunagi", import.meta.url).pathname;

let folder: string;
let postgres: PostgresServer;
let url: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-server-postgres-"));
  postgres = await startPostgres({ isDurable: true });
  url = await createDatabase(postgres.url, "tsunagi");
  server = new ServerProcess(join(folder, "data"), url);
  await server.start();
});

afterAll(async () => {
  await server.stop(join(folder, "data", "job-manager"));
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("PostgreSQL and the server are killed while a flow counts: nothing is lost and nothing happens twice", async () => {
  const counted = join(folder, "counted");
  const counter = await startCounting(server, counted);

  for (let round = 1; round <= 3; round += 1) {
    await goesOn(counted);
    postgres.kill();
    await until("the server says what is wrong", async () => {
      const { status, parts } = await serverStatus();
      return status === "failed" && parts.database.status === "failed";
    });
    await postgres.start();
    await goesOn(counted);
    await server.kill();
    await server.start();
  }
  await goesOn(counted);
  await endCounting(server);
  await until("the flow has ended", async () => (await fieldsOf(server, counter)).endedAt !== null);
  await expectCountedOnce(server, counter, counted);
  expect((await serverStatus()).parts.database).toEqual({ status: "ok" });
}, 240_000);

test("a further server without the key file of the installation is refused, and told what to do", () => {
  const further = (name: string) =>
    spawnSync(program, ["serve", "--data", join(folder, name), "--port", "0"], {
      encoding: "utf8",
      env: { ...process.env, DATABASE_URL: url },
    });
  const withoutKey = further("second");
  expect(withoutKey.stderr).toContain("copy 'key' from the data directory of another one");
  expect(existsSync(join(folder, "second", "key"))).toBe(false);
  writeFileSync(join(folder, "second", "key"), `${randomBytes(32).toString("base64")}\n`);
  const withOther = further("second");
  expect(withOther.stderr).toContain("the database was sealed with another key");
  expect([withoutKey.status, withOther.status]).toEqual([78, 78]);
}, 120_000);

/** Waits for five more steps. */
async function goesOn(file: string): Promise<void> {
  const wanted = linesOf(file).length + 5;
  await until(`${wanted} steps`, async () => linesOf(file).length >= wanted);
}

async function serverStatus(): Promise<{
  status: string;
  parts: { database: { status: string } };
}> {
  const answer = await fetch(`${server.url}/.status`);
  return (await answer.json()) as Awaited<ReturnType<typeof serverStatus>>;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  await expect.poll(isSo, { timeout: 60_000, interval: 20, message: what }).toBe(true);
}
