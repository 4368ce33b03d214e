import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tsunagi } from "../command-line/tsunagi.ts";
import {
  consoleOf,
  endCounting,
  expectCountedOnce,
  fieldsOf,
  linesOf,
  startCounting,
} from "../crash/counting-flow.ts";
import { ServerProcess } from "../crash/server-process.ts";
import { createDatabase, startPostgres, type PostgresServer } from "../fixtures/postgres.ts";

/** An installation that has worked on SQLite, moved to a real PostgreSQL by the command. */
let folder: string;
let data: string;
let postgres: PostgresServer;
let url: string;
let server: ServerProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-migration-"));
  data = join(folder, "data");
  postgres = await startPostgres();
  url = await createDatabase(postgres.url, "moved");
  server = new ServerProcess(data);
  await server.start();
});

afterAll(async () => {
  await server.stop(join(data, "job-manager"));
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const attached = new Uint8Array(3_000_000).map((_, index) => (index * 7) % 251);

test("objects, files, users, history and waiting processes go on where they were", async () => {
  const { client } = server;
  const counted = join(folder, "counted");
  const counter = await startCounting(server, counted);
  await client.put("/mail", { type: "Channel", fields: {} });
  await client.put("/waiter", {
    type: "Jobflow",
    fields: { source: "<./mail> -> print('got $RESULT')" },
  });
  const waiter = await client.start("/waiter", {});
  await client.put("/system/types/Note", {
    type: "Type",
    fields: {
      fields: [
        { name: "text", kind: "text", searched: true },
        { name: "file", kind: "file" },
        { name: "n", kind: "integer", unique: true },
      ],
    },
  });
  for (let n = 0; n < 450; n += 1) {
    await client.put(`/note-${n}`, { type: "Note", fields: { n, text: `覚書 ${n} \u0000 end` } });
  }
  await client.delete("/note-449");
  await client.attach("/note-1", "file", new Blob([attached]), {
    name: "a.bin",
    type: "application/octet-stream",
  });
  await expect.poll(() => linesOf(counted).length, { timeout: 60_000 }).toBeGreaterThan(3);
  const before = await describe(server);

  const busy = await tsunagi(["migrate", "--to", url, "--data", data]);
  expect(busy.stderr).toContain("DATABASE_IN_USE");
  await server.kill();
  const moved = await tsunagi(["migrate", "--to", url, "--data", data]);
  expect(moved.stderr).toBe("");
  expect(moved.stdout).toMatch(/^Moved \d+ rows of \d+ tables and 1 files/);
  expect(existsSync(join(data, "tsunagi.sqlite"))).toBe(false);
  const kept = readdirSync(data).find((name) => /^before-migration-.*\.sqlite$/.test(name));
  expect(kept).toBeDefined();

  server = new ServerProcess(data, url);
  await server.start();
  expect(await describe(server)).toEqual(before);
  const file = await server.client.download("/note-1", "file");
  expect(new Uint8Array(await new Response(file.bytes).arrayBuffer())).toEqual(attached);
  // Numbers go on: none is given twice.
  const made = await server.client.put("/note-new", { type: "Note", fields: { n: 1000 } });
  expect(made.id).toBeGreaterThan(before.lastId);

  const length = linesOf(counted).length;
  await expect.poll(() => linesOf(counted).length, { timeout: 60_000 }).toBeGreaterThan(length + 3);
  await endCounting(server);
  await expect
    .poll(async () => (await fieldsOf(server, counter)).endedAt, { timeout: 60_000 })
    .not.toBe(null);
  await expectCountedOnce(server, counter, counted);
  await server.client.post("/mail", "moved");
  await expect.poll(async () => (await fieldsOf(server, waiter)).state).toBe("done");
  expect(await consoleOf(server, waiter)).toEqual(["got moved"]);
}, 240_000);

test("a database that has an installation is refused, and nothing of it is changed", async () => {
  const second = join(folder, "second");
  execFileSync("bin/tsunagi", ["run", "examples/basics/hello.jobflow", "--data", second]);
  const refused = await tsunagi(["migrate", "--to", url, "--data", second]);
  expect(refused).toMatchObject({
    status: 73,
    stderr: expect.stringContaining("TARGET_NOT_EMPTY"),
  });
  expect(existsSync(join(second, "tsunagi.sqlite"))).toBe(true);
  expect((await server.client.get("/note-2")).fields["n"]).toBe(2);
}, 60_000);

/** What a person can see of it. */
async function describe({ client }: ServerProcess) {
  const found = await client.count({ q: "'覚書'" });
  const one = await client.get("/note-7");
  const history = await client.history("/note-449");
  const deleted = await client.deleted("/", {});
  return {
    found,
    one,
    history: history.map(({ change, operation }) => [change, operation]),
    deleted,
    lastId: (await client.get("/note-448")).id ?? 0,
    text: (await client.get("/note-448")).fields["text"],
  };
}
