/**
 * Whether a server has the key of the installation: all servers of one database need the same key file, or one could not open
 * what another one has sealed.
 */
import { join } from "node:path";
import { existsSync } from "node:fs";
import type { Database, Migration } from "#database";
import { TsunagiError } from "#kernel";
import { keySealer, loadKey } from "#runtime";

export const installationKeyMigration: Migration = {
  name: "server/0001-installation-key",
  async up(transaction) {
    await transaction.run(
      "create table installation_key (id integer primary key, sealed text not null)",
    );
  },
};

const proof = "the key of this installation";

/** Gives the key of a data directory; KEY_FILE_INVALID if the database was sealed with another one. */
export async function provenKey(database: Database, data: string): Promise<Uint8Array> {
  const file = join(data, "key");
  const isKnown = (await storedProof(database)) !== undefined;
  // A new key would open nothing of it, and could be taken for the right one.
  if (isKnown && !existsSync(file)) throw needsKey(file, "it is missing");
  const key = loadKey(data);
  const sealer = keySealer(key);
  if (!isKnown) {
    // Of servers that start at once, one is the first.
    await database.write((tx) =>
      tx.run("insert into installation_key (id, sealed) values (1, ?) on conflict do nothing", [
        sealer.seal(proof),
      ]),
    );
  }
  try {
    if (sealer.open((await storedProof(database)) ?? "") === proof) return key;
  } catch (error) {
    throw needsKey(file, "the database was sealed with another key", error);
  }
  throw needsKey(file, "the database was sealed with another key");
}

async function storedProof(database: Database): Promise<string | undefined> {
  const row = await database.read((tx) =>
    tx.get<{ sealed: string }>("select sealed from installation_key where id = 1"),
  );
  return row?.sealed;
}

function needsKey(file: string, reason: string, cause?: unknown): TsunagiError {
  return new TsunagiError("KEY_FILE_INVALID", `the key file ${file} cannot be used: ${reason}`, {
    details: { file },
    hint: "all servers of one database have the same key file: copy 'key' from the data directory of another one, or put back the one that belongs to this database",
    cause,
  });
}
