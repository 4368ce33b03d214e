import { expect, test } from "vitest";
import { systemActor } from "./index.ts";
import { historyMigration, historyOrderMigration } from "./history-migration.ts";
import { TestStorage } from "./test-storage.ts";

test("places of the past are found in a history that is older than their table", async () => {
  const storage = await TestStorage.open();
  try {
    await storage.put("/a/x", "Text", { text: "1" });
    await storage.put("/b", "Directory");
    await storage.change(systemActor, (c) => c.move("/a/x", "/a/y"));
    await storage.change(systemActor, (c) => c.move("/a/y", "/b/y"));
    await storage.put("/a/x", "Text");
    await storage.delete("/a");
    const places = () =>
      storage.read((t) => t.all("select * from object_place order by object_id, change_id"));
    const written = await places();
    expect(written).toHaveLength(4);
    await storage.database.write(async (t) => {
      await t.run("drop table object_place");
      for (const index of ["history_deleted", "change_at", "change_cause"]) {
        await t.run(`drop index object_${index}`);
      }
      await historyMigration.up(t);
    });
    expect(await places()).toEqual(written);
  } finally {
    await storage.close();
  }
});

test("a history in the order of objects is put in the order of changes, and nothing of it is lost", async () => {
  const storage = await TestStorage.open();
  try {
    await storage.put("/a", "Text", { text: "1" });
    await storage.put("/a", "Text", { text: "2" });
    await storage.put("/b", "Text");
    await storage.delete("/b");
    const rows = () =>
      storage.read((t) => t.all("select * from object_history order by change_id, object_id"));
    const written = await rows();
    await storage.database.write(async (t) => {
      await t.run(`create table kept (object_id bigint not null, revision bigint not null,
        change_id bigint not null, operation text not null, before text, primary key (object_id, revision))`);
      await t.run(`insert into kept (object_id, revision, change_id, operation, before)
        select object_id, revision, change_id, operation, before from object_history`);
      await t.run("drop table object_history");
      await t.run("alter table kept rename to object_history");
      await t.run("create index object_history_change on object_history (change_id, object_id)");
      await t.run("create index object_history_deleted on object_history (change_id, object_id)");
      await historyOrderMigration.up(t);
    });
    expect(written.length).toBeGreaterThan(4);
    expect(await rows()).toEqual(written);
  } finally {
    await storage.close();
  }
});
