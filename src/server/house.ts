import type { Clock } from "#kernel";
import type { Database, Migration } from "#database";
import { Identity, identityMigrations } from "#identity";
import { objectMigrations, ObjectStorage } from "#objects";
import {
  Answerer,
  AwaitedChannels,
  Engine,
  JobflowCompiler,
  ProcessObjects,
  processMigrations,
  ProgramStore,
  type EngineOptions,
} from "#processes";
import { JobManagerObjects, remoteMigrations } from "#remote";
import type { Sealer } from "#runtime";
import { ChangedObjects } from "./changed-objects.ts";
import { processActor } from "./authenticate.ts";
import { installationKeyMigration } from "./installation-key.ts";
import { Census } from "./figures/census.ts";

/** The tables of all domains, in the order in which they are made. */
export const migrations: readonly Migration[] = [
  ...identityMigrations,
  ...objectMigrations,
  ...processMigrations,
  ...remoteMigrations,
  installationKeyMigration,
];

/** The domains over one database, as far as they answer questions: all that a reader thread needs. */
export interface Domains {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  identity: Identity;
  objects: ObjectStorage;
  programs: ProgramStore;
  changed: ChangedObjects;
  census: Census;
}

export function openDomains(options: {
  database: Database;
  clock: Clock;
  sealer: Sealer;
}): Domains {
  const { clock, sealer, database } = options;
  const programs = new ProgramStore();
  const changed = new ChangedObjects();
  return {
    ...options,
    identity: new Identity({ clock }),
    programs,
    changed,
    census: new Census(database, clock),
    objects: new ObjectStorage({
      clock,
      sealer,
      listeners: [new JobflowCompiler(programs), new AwaitedChannels(), changed],
      directories: [new ProcessObjects(), new JobManagerObjects()],
    }),
  };
}

/** The engine over the domains; handlers are added before it starts. */
export function createEngine(
  domains: Domains,
  watch: Pick<
    EngineOptions,
    "onProcess" | "onConsole" | "onFailure" | "onCommit" | "onCall" | "onServerEnded" | "onRound"
  >,
): Engine {
  const { database, clock, sealer, programs, objects } = domains;
  const answerer = new Answerer({
    objects,
    programs,
    actorOf: (batch, principal, process) => processActor(batch.transaction, principal, process),
  });
  return new Engine({ database, clock, sealer, programs, answerer, ...watch });
}
