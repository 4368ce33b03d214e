import { join } from "node:path";
import type { Database } from "#database";
import type { AttachmentStore } from "./attachment-store.ts";
import { DatabaseStore } from "./stores/database-store.ts";
import { DirectoryStore } from "./stores/directory-store.ts";

/** The store of an installation: beside a database in a data directory, else in the database itself. */
export function openAttachmentStore(database: Database, location: string): AttachmentStore {
  const hasDirectory = database.dialect === "sqlite" && location !== ":memory:";
  return hasDirectory ? attachmentDirectory(location) : new DatabaseStore(database);
}

/** The files of a data directory. */
export function attachmentDirectory(data: string): DirectoryStore {
  return new DirectoryStore(join(data, "attachments"));
}
