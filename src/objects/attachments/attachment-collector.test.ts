import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "#kernel";
import { systemActor, type Actor } from "../actor.ts";
import { TestStorage } from "../test-storage.ts";
import { AttachmentCollector } from "./attachment-collector.ts";
import { registerUpload } from "./attachment-rows.ts";
import type { AttachmentStore } from "./attachment-store.ts";
import { DatabaseStore } from "./stores/database-store.ts";
import { DirectoryStore } from "./stores/directory-store.ts";

const hourMs = 3_600_000;

let folder: string;
let at: TestStorage;
let alice: Actor;
let now: number;
const timers: (() => void)[] = [];
const clock: Clock = {
  now: () => now,
  after: (_delay, callback) => {
    timers.push(callback);
    return () => timers.splice(timers.indexOf(callback), 1);
  },
};

beforeEach(async () => {
  now = Date.now();
  timers.length = 0;
  folder = mkdtempSync(join(tmpdir(), "tsunagi-collector-"));
  at = await TestStorage.open({ clock });
  alice = await at.user("alice");
  await at.type("Rack", [{ name: "photo", kind: "file" }]);
  await at.put("/r1", "Rack");
});
afterEach(async () => {
  await at.close();
  rmSync(folder, { recursive: true });
});

describe.each<[string, () => AttachmentStore]>([
  ["a directory", () => new DirectoryStore(folder)],
  ["a database", () => new DatabaseStore(at.database, clock)],
])("old attachments in %s", (_, make) => {
  let store: AttachmentStore;
  beforeEach(() => {
    store = make();
  });

  const collector = () =>
    new AttachmentCollector({
      database: at.database,
      write: (work) => at.database.write(work),
      store,
      clock,
      onFailure: (error) => {
        throw error;
      },
    });
  const collect = () => collector().runOnce();

  async function upload(text: string, actor = alice) {
    const bytes = (async function* () {
      yield Buffer.from(text);
    })();
    const received = await store.write(bytes, { sizeMax: 1000 });
    const { userId } = actor.principal;
    await at.database.write((tx) => registerUpload(tx, store, { userId, received, now }));
    return { attachment: received.hash, name: text };
  }

  async function hashes(): Promise<string[]> {
    const rows = await at.read((tx) => tx.all<{ hash: string }>("select hash from attachment"));
    // What is registered is there, and what is there is registered.
    expect(await Array.fromAsync(store.list(Number.MAX_SAFE_INTEGER))).toHaveLength(rows.length);
    return rows.map((row) => row.hash).sort();
  }

  test("an upload to which nothing refers is kept for a day, and may be referred to so long", async () => {
    const photo = await upload("a");
    now += 23 * hourMs;
    await collect();
    expect(await hashes()).toEqual([photo.attachment]);
    await at.read(async (tx) => {
      const condition = [photo.attachment, alice.principal.userId];
      const row = "select 1 from attachment_upload where hash = ? and user_id = ?";
      expect(await tx.get(row, condition)).toBeDefined();
    });
    now += 2 * hourMs;
    await at.change(systemActor, (change) => change.setOwner("/r1", "alice"));
    await expect(at.patch("/r1", { photo }, alice)).rejects.toMatchObject({
      code: "VALUE_INVALID",
    });
    await collect();
    expect(await hashes()).toEqual([]);
  });

  test("what an object holds stays, and so does what only its history holds", async () => {
    const first = await upload("a");
    await at.patch("/r1", { photo: { ...first } }, await uploader(first));
    const second = await upload("b");
    await at.patch("/r1", { photo: { ...second } }, await uploader(second));
    now += 48 * hourMs;
    await collect();
    expect(await hashes()).toEqual([first.attachment, second.attachment].sort());
    await at.delete("/r1");
    now += 48 * hourMs;
    await collect();
    expect(await hashes()).toHaveLength(2);
    // An undo has what it needs.
    const last = await at.read((tx) =>
      tx.get<{ id: number }>("select max(id) as id from object_change"),
    );
    const change = last?.id ?? 0;
    await at.database.write((tx) => at.storage.undo(tx, administrator, { change }));
    expect(await at.fields("/r1")).toMatchObject({ photo: { hash: second.attachment } });
  });

  test("when the history is cut, what only it held goes", async () => {
    const first = await upload("a");
    await at.patch("/r1", { photo: { ...first } }, await uploader(first));
    await at.patch("/r1", { photo: null });
    now += 48 * hourMs;
    await at.database.write((tx) => tx.run("delete from object_history where before is not null"));
    await collect();
    expect(await hashes()).toEqual([]);
  });

  test("content that was never registered goes after a day", async () => {
    const bytes = (async function* () {
      yield Buffer.from("orphan");
    })();
    await store.write(bytes, { sizeMax: 1000 });
    await collect();
    expect(await Array.fromAsync(store.list(Number.MAX_SAFE_INTEGER))).toHaveLength(1);
    now += 25 * hourMs;
    await collect();
    expect(await Array.fromAsync(store.list(Number.MAX_SAFE_INTEGER))).toEqual([]);
  });

  test("the same content of two users is kept once, and as long as one of them needs it", async () => {
    const bob = await at.user("bob");
    await upload("a");
    now += 20 * hourMs;
    const again = await upload("a", bob);
    now += 10 * hourMs;
    await collect();
    expect(await hashes()).toEqual([again.attachment]);
    expect(await Array.fromAsync(store.list(Number.MAX_SAFE_INTEGER))).toHaveLength(1);
  });

  test("it runs after the start and then daily, until it is stopped", async () => {
    await upload("a");
    now += 48 * hourMs;
    const running = collector();
    running.start();
    expect(timers).toHaveLength(1);
    timers.shift()?.();
    await expect.poll(hashes).toEqual([]);
    expect(timers).toHaveLength(1);
    await running.stop();
    expect(timers).toHaveLength(0);
  });

  /** Someone who may do everything and has uploaded it, too. */
  async function uploader({ name }: { name: string }): Promise<Actor> {
    await upload(name, administrator);
    return administrator;
  }
});

const administrator: Actor = {
  principal: { userId: 1, name: "root", isAdministrator: true, groups: [], via: "token" },
  cause: { kind: "person", id: null },
};
