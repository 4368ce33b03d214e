import { TsunagiError } from "#kernel";
import { version } from "#runtime";
import type { Database, Migration, Transaction } from "./database.ts";

/**
 * Applies what is missing, each migration in a transaction of its own together with its row, so that a
 * crash between two leaves a schema that the next start completes.
 */
export async function applyMigrations(
  database: Database,
  migrations: readonly Migration[],
): Promise<void> {
  const applied = await database.write(async (transaction) => {
    await transaction.run(
      `create table if not exists migration (
        name text primary key,
        version text not null,
        applied_at bigint not null
      )`,
    );
    const rows = await appliedMigrations(transaction);
    assertNotNewer(rows, migrations);
    return new Set(rows.map((row) => row.name));
  });
  for (const migration of migrations) {
    if (applied.has(migration.name)) continue;
    await database.write(async (transaction) => {
      const done = await transaction.get("select 1 from migration where name = ?", [
        migration.name,
      ]);
      if (done !== undefined) return;
      await migration.up(transaction);
      await transaction.run("insert into migration (name, version, applied_at) values (?, ?, ?)", [
        migration.name,
        version,
        Date.now(),
      ]);
    });
  }
}

/** Refuses a schema that is not exactly the one this program knows: a reader cannot bring it up to date. */
export async function assertMigrated(
  transaction: Transaction,
  migrations: readonly Migration[],
): Promise<void> {
  const applied = await appliedMigrations(transaction);
  assertNotNewer(applied, migrations);
  const names = new Set(applied.map((row) => row.name));
  const missing = migrations.find((migration) => !names.has(migration.name));
  if (missing !== undefined) {
    throw new TsunagiError(
      "STORAGE_FAILED",
      `the database is of an older release than this one, ${version}: ${missing.name} is missing`,
      { hint: "start the server once; it brings the database up to date" },
    );
  }
}

interface AppliedMigration {
  name: string;
  version: string;
}

function appliedMigrations(transaction: Transaction): Promise<AppliedMigration[]> {
  return transaction.all("select name, version from migration order by applied_at, name");
}

function assertNotNewer(
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
): void {
  const known = new Set(migrations.map((migration) => migration.name));
  const unknown = applied.findLast((row) => !known.has(row.name));
  if (unknown === undefined) return;
  throw new TsunagiError(
    "DATABASE_NEWER",
    `the database was written by Tsunagi ${unknown.version} (${unknown.name}), this is ${version}`,
    {
      details: { database: unknown.version, program: version },
      hint: `start Tsunagi ${unknown.version} or newer, or restore a backup from before the update`,
    },
  );
}
