/**
 * How the server stands, part by part, made from what its threads say of themselves. Anybody may see whether a part is well,
 * so that a load balancer can ask; names, places and numbers are for administrators.
 *
 *   ok        as it should be
 *   degraded  it works, and somebody should look
 *   failed    it does not
 */
import type { PartStatus, StatusDocument } from "#contract";

export interface Facts {
  version: string;
  startedAt: number;
  now: number;
  /** Undefined: the thread did not answer in time. */
  engine: EngineHealth | undefined;
  installation: InstallationHealth | undefined;
  /** Undefined: there is no data directory, as in tests. */
  disk: DiskHealth | undefined;
  /** Null: none was taken; undefined: the database is not ours to back up. */
  backup: { takenAt: number } | null | undefined;
}

export interface EngineHealth {
  /** Why nothing can be written. */
  failure: string | null;
  /** How long nothing has been committed although something waited. */
  waitMs: number;
  /** Realms that this server's job managers serve. */
  served: string[];
}

export interface InstallationHealth {
  timerLagMs: number;
  /** Realms that there are. */
  realms: string[];
  /** Realms of job managers that are connected, to whichever server. */
  served: string[];
}

export interface DiskHealth {
  directory: string;
  freeBytes: number;
  sizeBytes: number;
}

// A commit takes milliseconds; a disk that takes this long is in trouble.
const slowCommitMs = 5_000;
const stuckCommitMs = 30_000;
// Timers of a moment are seen to two hundred at a time.
const timerLagMaxMs = 10_000;
const gigabyte = 1024 ** 3;
const diskLow = { bytes: 2 * gigabyte, share: 0.05 };
// What attachments leave for the database; below it, commits will soon fail.
const diskFullBytes = 256 * 1024 ** 2;
// Whoever backs up daily may be some hours late.
const backupAgeMaxMs = 50 * 3600_000;

export function statusDocument(facts: Facts): StatusDocument {
  const parts: Record<string, PartStatus> = {
    database: databasePart(facts),
    engine: enginePart(facts),
    jobManagers: jobManagerPart(facts),
    timers: timerPart(facts),
    ...(facts.disk === undefined ? {} : { disk: diskPart(facts.disk) }),
    ...(facts.backup === undefined ? {} : { backup: backupPart(facts, facts.backup) }),
  };
  const isReady = ["database", "engine"].every((name) => parts[name]?.status !== "failed");
  const all = Object.values(parts).map(({ status }) => status);
  return {
    status: all.includes("failed") ? "failed" : all.includes("degraded") ? "degraded" : "ok",
    isReady,
    version: facts.version,
    startedAt: new Date(facts.startedAt).toISOString(),
    uptime: Math.floor((facts.now - facts.startedAt) / 1000),
    parts,
  };
}

/** As somebody sees it who is no administrator. */
export function withoutDetails(document: StatusDocument): StatusDocument {
  const parts = Object.entries(document.parts).map(([name, { status, message }]) => {
    const part: PartStatus = message === undefined ? { status } : { status, message };
    return [name, part];
  });
  return { ...document, parts: Object.fromEntries(parts) as StatusDocument["parts"] };
}

function databasePart({ engine, installation }: Facts): PartStatus {
  if (engine !== undefined && engine.failure !== null) {
    return {
      status: "failed",
      message: "nothing can be written to the database",
      details: { error: engine.failure },
    };
  }
  if (installation === undefined) {
    return { status: "degraded", message: "queries are not answered in time" };
  }
  return { status: "ok" };
}

function enginePart({ engine }: Facts): PartStatus {
  if (engine === undefined) return { status: "failed", message: "it does not answer in time" };
  const { waitMs, failure } = engine;
  if (failure !== null || waitMs < slowCommitMs) return { status: "ok" };
  return {
    status: waitMs < stuckCommitMs ? "degraded" : "failed",
    message: "nothing has been committed for a while although work waits",
    details: { seconds: Math.round(waitMs / 1000) },
  };
}

function jobManagerPart({ engine, installation }: Facts): PartStatus {
  const served = new Set([...(engine?.served ?? []), ...(installation?.served ?? [])]);
  const missing = (installation?.realms ?? []).filter((realm) => !served.has(realm));
  const details = { realms: [...served], missing };
  if (served.size === 0) {
    return { status: "degraded", message: "no job manager is connected", details };
  }
  if (missing.length > 0) {
    return { status: "degraded", message: "a realm has no job manager connected", details };
  }
  return { status: "ok", details };
}

function timerPart({ installation }: Facts): PartStatus {
  const lagMs = installation?.timerLagMs ?? 0;
  if (lagMs <= timerLagMaxMs) return { status: "ok" };
  return {
    status: "degraded",
    message: "timers are late",
    details: { seconds: Math.round(lagMs / 1000) },
  };
}

function diskPart({ directory, freeBytes, sizeBytes }: DiskHealth): PartStatus {
  const details = { directory, freeBytes, sizeBytes };
  if (freeBytes < diskFullBytes) {
    return { status: "failed", message: "the disk is full", details };
  }
  if (freeBytes < Math.min(diskLow.bytes, sizeBytes * diskLow.share)) {
    return { status: "degraded", message: "the disk is nearly full", details };
  }
  return { status: "ok", details };
}

function backupPart({ now }: Facts, backup: { takenAt: number } | null): PartStatus {
  if (backup === null) return { status: "ok", message: "no backup was taken yet" };
  const details = { takenAt: new Date(backup.takenAt).toISOString() };
  if (now - backup.takenAt <= backupAgeMaxMs) return { status: "ok", details };
  return { status: "degraded", message: "the last backup is more than two days old", details };
}
