import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openSqlite } from "#database";
import { databaseConformance } from "./database.ts";
import { sqlDialectConformance } from "./sql-dialect.ts";

const directories: string[] = [];
afterAll(() => directories.forEach((directory) => rmSync(directory, { recursive: true })));

databaseConformance("SQLite in a file", () => {
  const directory = mkdtempSync(join(tmpdir(), "tsunagi-database-"));
  directories.push(directory);
  const file = join(directory, "test.sqlite");
  return { open: (migrations) => openSqlite({ file, migrations }), isDurable: true };
});

databaseConformance("SQLite in memory", () => ({
  open: (migrations) => openSqlite({ file: ":memory:", migrations }),
  isDurable: false,
}));

sqlDialectConformance("SQLite", (migrations) => openSqlite({ file: ":memory:", migrations }));
