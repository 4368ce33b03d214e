import { expect, test } from "vitest";
import { statusDocument, withoutDetails, type Facts } from "./status-document.ts";

const gigabyte = 1024 ** 3;
const hour = 3600_000;
const well: Facts = {
  version: "1.2.3",
  startedAt: 0,
  now: 100 * hour,
  engine: { failure: null, waitMs: 3, served: ["default"] },
  installation: { timerLagMs: 0, realms: ["default", "tokyo"], served: ["tokyo"] },
  disk: { directory: "/srv", freeBytes: 50 * gigabyte, sizeBytes: 100 * gigabyte },
  backup: { takenAt: 99 * hour },
};

test("all is well", () => {
  const document = statusDocument(well);
  expect([document.status, document.isReady, document.uptime]).toEqual(["ok", true, 360_000]);
  expect(Object.keys(document.parts)).toEqual([
    "database",
    "engine",
    "jobManagers",
    "timers",
    "disk",
    "backup",
  ]);
});

const engine = well.engine as NonNullable<Facts["engine"]>;
const disk = well.disk as NonNullable<Facts["disk"]>;
const installation = well.installation as NonNullable<Facts["installation"]>;

test.each<[string, Partial<Facts>, string, string, boolean]>([
  ["the disk is full", { engine: { ...engine, failure: "full" } }, "database", "failed", false],
  ["the engine says nothing", { engine: undefined }, "engine", "failed", false],
  ["a commit is slow", { engine: { ...engine, waitMs: 6000 } }, "engine", "degraded", true],
  ["a commit hangs", { engine: { ...engine, waitMs: 31_000 } }, "engine", "failed", false],
  ["queries hang", { installation: undefined }, "database", "degraded", true],
  ["a realm is alone", { engine: { ...engine, served: [] } }, "jobManagers", "degraded", true],
  [
    "timers are late",
    { installation: { ...installation, timerLagMs: 20_000 } },
    "timers",
    "degraded",
    true,
  ],
  ["room is short", { disk: { ...disk, freeBytes: gigabyte } }, "disk", "degraded", true],
  ["room is gone", { disk: { ...disk, freeBytes: 1000 } }, "disk", "failed", true],
  ["backups have stopped", { backup: { takenAt: 0 } }, "backup", "degraded", true],
  ["none was ever taken", { backup: null }, "backup", "ok", true],
])("%s", (_, change, part, status, isReady) => {
  const document = statusDocument({ ...well, ...change });
  expect([document.parts[part]?.status, document.isReady]).toEqual([status, isReady]);
  // As bad as its worst part, so that nobody need know the parts.
  const all = Object.values(document.parts).map((each) => each.status);
  expect(document.status).toBe(
    all.includes("failed") ? "failed" : all.includes("degraded") ? "degraded" : "ok",
  );
});

test("a small disk is not nearly full for being small", () => {
  const small = { ...disk, freeBytes: gigabyte, sizeBytes: 8 * gigabyte };
  expect(statusDocument({ ...well, disk: small }).parts["disk"]?.status).toBe("ok");
});

test("who is no administrator sees no names and no numbers", () => {
  const text = JSON.stringify(withoutDetails(statusDocument(well)));
  expect(text).not.toMatch(/tokyo|srv|details/);
});
