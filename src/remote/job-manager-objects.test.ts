import { afterEach, beforeEach, expect, test } from "vitest";
import { openScratch, type Database } from "#database";
import { identityMigrations } from "#identity";
import { objectMigrations, ObjectStorage, systemActor } from "#objects";
import { memorySealer } from "#runtime";
import {
  JobManagerObjects,
  recordAllDisconnected,
  recordConnected,
  recordDisconnected,
} from "./job-manager-objects.ts";
import { remoteMigrations } from "./journal-heights.ts";
import type { ManagerStatus } from "./remote.ts";

let database: Database;
let objects: ObjectStorage;
beforeEach(async () => {
  database = await openScratch({
    migrations: [...identityMigrations, ...objectMigrations, ...remoteMigrations],
  });
  objects = new ObjectStorage({ sealer: memorySealer(), directories: [new JobManagerObjects()] });
  await database.write((tx) => objects.install(tx));
});
afterEach(() => database.close());

const tokyo: ManagerStatus & { server: number } = {
  name: "tokyo",
  journal: "j",
  server: 0,
  realm: "default",
  version: "1.0.0",
  connectedAt: 1000,
  isDraining: false,
  commands: 0,
};

const fields = (path: string) =>
  database.read(async (tx) =>
    objects.toDocument(tx, await objects.get(tx, systemActor, path)).then((found) => found.fields),
  );

test("a job manager is an object that says whether it is connected", async () => {
  await database.write((tx) => recordConnected(tx, tokyo));
  expect(await fields("/system/job-managers/tokyo")).toEqual({
    realm: "default",
    version: "1.0.0",
    connected: true,
    connected_at: "1970-01-01T00:00:01.000Z",
    disconnected_at: null,
  });
  await database.write((tx) => recordDisconnected(tx, tokyo, 5000));
  expect(await fields("/system/job-managers/tokyo")).toMatchObject({ connected: false });
  const page = await database.read((tx) =>
    objects.children(tx, systemActor, "/system/job-managers", { limit: 10 }),
  );
  expect(page.items.map((item) => item.path)).toEqual(["/system/job-managers/tokyo"]);
});

test("the end of an earlier connection says nothing of a later one", async () => {
  await database.write(async (tx) => {
    await recordConnected(tx, tokyo);
    await recordConnected(tx, { ...tokyo, connectedAt: 2000 });
    await recordDisconnected(tx, tokyo, 3000);
  });
  expect(await fields("/system/job-managers/tokyo")).toMatchObject({ connected: true });
  await database.write((tx) => recordAllDisconnected(tx, 4000));
  expect(await fields("/system/job-managers/tokyo")).toMatchObject({ connected: false });
});
