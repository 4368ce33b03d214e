import { expect, test } from "vitest";
import { openSqlite } from "#database";
import { identityMigrations } from "#identity";
import { memorySealer } from "#runtime";
import { ObjectStorage, objectMigrations, systemActor } from "./index.ts";

test("smoke", async () => {
  const db = await openSqlite({
    file: ":memory:",
    migrations: [...identityMigrations, ...objectMigrations],
  });
  const storage = new ObjectStorage({ sealer: memorySealer() });
  await db.write((t) => storage.install(t));
  await db.write((t) => storage.install(t));
  await db.write(async (t) => {
    const page = await storage.children(t, systemActor, "/system/types", { limit: 100 });
    console.log(page.items.map((i) => `${i.name} r${i.revision} ${i.id}`).join(", "));
    console.log(
      JSON.stringify(
        await storage.toDocument(t, await storage.get(t, systemActor, "/system/types/Channel")),
      ),
    );
    const change = storage.change(t, systemActor);
    await change.put(
      "/ops/web01",
      "Server",
      { host: "10.0.0.1", password: "geheim" },
      { parents: true },
    );
    const r = await change.finish();
    console.log(JSON.stringify(r, null, 1));
    const o = await storage.get(t, systemActor, "/ops/web01");
    console.log(
      JSON.stringify(await storage.toDocument(t, o)),
      await storage.readField(t, systemActor, o, "password"),
    );
    const c2 = storage.change(t, systemActor);
    await c2.patch(o.id!, { host: "10.0.0.2", port: 2222 });
    await c2.finish();
    console.log(await storage.history(t, systemActor, "/ops/web01", { limit: 10 }));
    const n = 5000;
    let t0 = performance.now();
    for (let i = 0; i < n; i++) {
      const c = storage.change(t, systemActor);
      await c.patch(o.id!, { port: i + 1 });
      await c.finish();
    }
    console.log("patch us", ((performance.now() - t0) * 1000) / n);
    t0 = performance.now();
    for (let i = 0; i < n; i++) {
      const x = await storage.get(t, systemActor, "/ops/web01");
      await storage.readField(t, systemActor, x, "port");
    }
    console.log("get+read us", ((performance.now() - t0) * 1000) / n);
    t0 = performance.now();
    for (let i = 0; i < n; i++) {
      await storage.get(t, systemActor, o.id!);
    }
    console.log("get by id us", ((performance.now() - t0) * 1000) / n);
  });
  expect(1).toBe(1);
});
