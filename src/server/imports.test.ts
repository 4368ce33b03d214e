import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#database";
import { createUser } from "#identity";
import { createLogger, memorySealer } from "#runtime";
import { EngineHouse } from "./engine-house.ts";
import { migrations } from "./house.ts";
import type { ImportOrder } from "./imports.ts";

const local = { kind: "local" } as const;
let folder: string;
let house: EngineHouse;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-imports-"));
  // Progress is asked for while a change is written: that takes another connection, so that memory will not do.
  const database = await openDatabase(folder, { migrations });
  await database.write((tx) => createUser(tx, { name: "root", isAdministrator: true }));
  const logger = createLogger({ name: "test", level: "silent" });
  house = await EngineHouse.open({ database, sealer: memorySealer(), logger });
});
afterEach(async () => {
  await house.close();
  rmSync(folder, { recursive: true });
});

function order(count: number, rest: Partial<ImportOrder> = {}): ImportOrder {
  const file = join(folder, "rows");
  const rows = Array.from({ length: count }, (_, n) => `/many/t${n},Text,${n}\n`);
  writeFileSync(file, `path,type,text\n${rows.join("")}`);
  return { file, format: "csv", name: "rows.csv", ...rest };
}

const many = async (): Promise<number> => {
  const found = await house.call("objects.search", local, {
    q: "under /many",
    total: true,
    limit: 1,
  });
  return found.total?.count ?? 0;
};

test("an import is one change, whose cause is the file", async () => {
  const done = await house.call("transfer.import", local, order(30, { reason: "ledger" }));
  expect(done).toMatchObject({ rows: 30, created: 30, faulty: 0, isCancelled: false });
  const [number = 0] = done.changes;
  const change = await house.call("changes.get", local, { id: number });
  // With the directory that was made for them.
  expect(change).toMatchObject({ cause: "import rows.csv", reason: "ledger", total: 31 });
});

test("in batches, each is a change, and what is missing is deleted at the end", async () => {
  const done = await house.call("transfer.import", local, order(25, { batch: 10 }));
  expect(done.changes).toHaveLength(3);
  const fewer = order(5, { batch: 2, deleteMissing: { below: "/many" } });
  expect(await house.call("transfer.import", local, fewer)).toMatchObject({
    unchanged: 5,
    deleted: 20,
  });
  expect(await many()).toBe(5);
});

test("a dry run of batches is one, and changes nothing", async () => {
  const done = await house.call("transfer.import", local, order(25, { batch: 10, dryRun: true }));
  expect(done).toMatchObject({ changes: [], created: 25, total: 26 });
  expect(await many().catch(() => 0)).toBe(0);
});

test("one that is cancelled leaves nothing; of batches, what was done is said", async () => {
  const whole = house.call("transfer.import", local, order(30_000, { id: "a" })).then(
    () => "done",
    (error: unknown) => error,
  );
  for (;;) {
    // The file is read meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    const { rows } = await house.call("transfer.progress", local, { id: "a" });
    if (rows !== null) break;
  }
  await house.call("transfer.cancel", local, { id: "a" });
  expect(await whole).toMatchObject({ code: "IMPORT_CANCELLED" });
  expect(await house.call("transfer.progress", local, { id: "a" })).toEqual({ rows: null });

  const divided = house.call("transfer.import", local, order(30_000, { id: "b", batch: 100 }));
  for (;;) {
    // The file is read meanwhile.
    await new Promise((resolve) => setImmediate(resolve));
    const { rows } = await house.call("transfer.progress", local, { id: "b" });
    if (rows !== null && rows >= 200) break;
  }
  await house.call("transfer.cancel", local, { id: "b" });
  const done = await divided;
  expect(done.isCancelled).toBe(true);
  expect(done.created).toBe(done.changes.length * 100);
});
