import { expect, test } from "vitest";
import { systemActor } from "./index.ts";
import { historyMigration } from "./history-migration.ts";
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
