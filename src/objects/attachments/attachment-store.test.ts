import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openScratch, type Database } from "#database";
import { identityMigrations } from "#identity";
import { objectMigrations } from "../schema.ts";
import type { AttachmentStore, ByteRange } from "./attachment-store.ts";
import { DatabaseStore } from "./stores/database-store.ts";
import { DirectoryStore } from "./stores/directory-store.ts";

let folder: string;
let database: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-store-"));
  database = await openScratch({ migrations: [...identityMigrations, ...objectMigrations] });
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const sizeMax = 10_000_000;
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function* pieces(...all: Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* all;
}

async function* broken(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
  throw new Error("the line broke");
}

async function readAll(store: AttachmentStore, content: string, range: ByteRange) {
  return Buffer.concat(await Array.fromAsync(store.read(content, range)));
}

describe.each<[string, () => AttachmentStore]>([
  ["a directory", () => new DirectoryStore(folder)],
  ["a database", () => new DatabaseStore(database)],
])("a store in %s", (_, make) => {
  test("gives back what it took in, whole and in parts, whatever the pieces were", async () => {
    const store = make();
    const bytes = randomBytes(3_200_000);
    const cut = [0, 1, 1_048_575, 1_048_577, 2_500_000, bytes.length];
    const received = await store.write(
      pieces(...cut.slice(1).map((end, index) => bytes.subarray(cut[index], end))),
      { sizeMax },
    );
    expect(received).toMatchObject({ hash: hashOf(bytes), size: bytes.length });
    for (const [start, end] of [
      [0, bytes.length],
      [1_048_576, 1_048_577],
      [1_048_570, 2_097_160],
      [5, 5],
      [bytes.length - 1, bytes.length],
    ] as const) {
      const part = await readAll(store, received.content, { start, end });
      expect(part.equals(bytes.subarray(start, end)), `${start}-${end}`).toBe(true);
    }
    expect(await database.write((tx) => store.has(tx, received.content))).toBe(true);
  });

  test("keeps an empty file", async () => {
    const store = make();
    const received = await store.write(pieces(), { sizeMax });
    expect(received).toMatchObject({ hash: hashOf(new Uint8Array()), size: 0 });
    expect(await database.write((tx) => store.has(tx, received.content))).toBe(true);
  });

  test("leaves nothing of what breaks off or is too large", async () => {
    const store = make();
    const bytes = randomBytes(1_500_000);
    await expect(store.write(broken(bytes), { sizeMax })).rejects.toThrow("the line broke");
    await expect(store.write(pieces(bytes, bytes), { sizeMax: 2_000_000 })).rejects.toMatchObject({
      code: "BODY_TOO_LARGE",
      details: { sizeMax: 2_000_000 },
    });
    expect(await Array.fromAsync(store.list(Number.MAX_SAFE_INTEGER))).toEqual([]);
    expect(filesOf(folder)).toEqual([]);
  });

  test("removes, and says of what is gone that it is gone", async () => {
    const store = make();
    const { content } = await store.write(pieces(randomBytes(10)), { sizeMax });
    for (const _again of [1, 2]) await database.write((tx) => store.remove(tx, content));
    expect(await database.write((tx) => store.has(tx, content))).toBe(false);
    await expect(readAll(store, content, { start: 0, end: 10 })).rejects.toMatchObject({
      code: "ATTACHMENT_NOT_FOUND",
    });
  });

  test("lists what is older than a moment", async () => {
    const store = make();
    const contents: string[] = [];
    for (const text of ["a", "b", "c"]) {
      contents.push((await store.write(pieces(Buffer.from(text)), { sizeMax })).content);
    }
    expect(await Array.fromAsync(store.list(Date.now() - 60_000))).toEqual([]);
    const later = await Array.fromAsync(store.list(Date.now() + 60_000));
    expect(later.sort()).toEqual(contents.sort());
  });

  test("takes the same in many times at once", async () => {
    const store = make();
    const bytes = randomBytes(300_000);
    const all = await Promise.all(
      Array.from({ length: 8 }, () => store.write(pieces(bytes), { sizeMax })),
    );
    for (const { hash, content } of all) {
      expect(hash).toBe(hashOf(bytes));
      const whole = await readAll(store, content, { start: 0, end: bytes.length });
      expect(whole.equals(bytes)).toBe(true);
    }
  });
});

describe("a directory", () => {
  test("shows its files to nobody else, and each content once", async () => {
    const store = new DirectoryStore(join(folder, "attachments"));
    const bytes = Buffer.from("same");
    const first = await store.write(pieces(bytes), { sizeMax });
    await store.write(pieces(bytes), { sizeMax });
    const { hash } = first;
    expect(filesOf(folder)).toEqual([join("attachments", hash.slice(0, 2), hash)]);
    expect(statSync(join(folder, "attachments", hash.slice(0, 2), hash)).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "attachments")).mode & 0o777).toBe(0o700);
  });

  test("content that comes again counts as new, so that it is not taken for what is left over", async () => {
    const store = new DirectoryStore(folder);
    const { hash } = await store.write(pieces(Buffer.from("a")), { sizeMax });
    utimesSync(join(folder, hash.slice(0, 2), hash), 0, 0);
    expect(await Array.fromAsync(store.list(Date.now() - 1000))).toEqual([hash]);
    await store.write(pieces(Buffer.from("a")), { sizeMax });
    expect(await Array.fromAsync(store.list(Date.now() - 60_000))).toEqual([]);
  });

  test("keeps room on the disk for the database, and says so before anything comes", async () => {
    const store = new DirectoryStore(folder, { reserveBytes: 2 ** 52 });
    const asked = { isAsked: false };
    const bytes = (async function* () {
      asked.isAsked = true;
      yield Buffer.from("a");
    })();
    await expect(store.write(bytes, { sizeMax })).rejects.toMatchObject({ code: "STORAGE_FULL" });
    expect(asked.isAsked).toBe(false);
    const declared = { sizeMax: 2 ** 53, size: 2 ** 52 };
    await expect(new DirectoryStore(folder).write(pieces(), declared)).rejects.toMatchObject({
      code: "STORAGE_FULL",
    });
    expect(filesOf(folder)).toEqual([]);
  });

  test("forgets what a killed server had begun, and only that", async () => {
    const store = new DirectoryStore(folder);
    const { hash } = await store.write(pieces(Buffer.from("a")), { sizeMax });
    const held = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const writing = store.write(
      (async function* () {
        yield Buffer.from("b");
        began.resolve();
        await held.promise;
      })(),
      { sizeMax },
    );
    await began.promise;
    expect(filesOf(folder)).toHaveLength(2);
    await store.clear();
    expect(filesOf(folder)).toEqual([join(hash.slice(0, 2), hash)]);
    held.resolve();
    await expect(writing).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    expect(filesOf(folder)).toEqual([join(hash.slice(0, 2), hash)]);
  });
});

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(directory, name)).isFile(),
  );
}
