import { Option } from "commander";

/** Where the server keeps its data: the same for it and for what works beside it on its host. */
export function databaseOption(): Option {
  return new Option(
    "--database <url>",
    "PostgreSQL, as postgres://user:password@host/name (else SQLite in the data directory)",
  ).env("DATABASE_URL");
}
