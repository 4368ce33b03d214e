import { randomUUID } from "node:crypto";
import { openPostgres } from "#database";
import { inject } from "vitest";
import { createDatabase } from "../fixtures/postgres.ts";
import { databaseConformance } from "./database.ts";
import { sqlDialectConformance } from "./sql-dialect.ts";

const server = inject("postgres");

databaseConformance("PostgreSQL", () => {
  let url: Promise<string> | undefined;
  return {
    open: async (migrations) => {
      url ??= createDatabase(server, randomUUID());
      return openPostgres({ url: await url, migrations });
    },
    isDurable: true,
  };
});

sqlDialectConformance("PostgreSQL", async (migrations) =>
  openPostgres({ url: await createDatabase(server, randomUUID()), migrations }),
);
