import { hasDatabase, openDatabase, type Transaction } from "#database";
import {
  createToken,
  findUser,
  listTokens,
  revokeToken,
  type Token,
  type TokenKind,
} from "#identity";
import { TsunagiError } from "#kernel";
import { openDataDirectory } from "#runtime";
import { migrations } from "./house.ts";

/** Tokens of `root`, managed on the server's own host, also while the server runs. */

export interface LocalDatabase {
  /** The data directory. */
  data: string;
  /** Else SQLite in the data directory. */
  database?: string;
}

export interface LocalToken {
  name: string;
  token: string;
}

/** Makes a token; its text is shown this once and kept nowhere. */
export function createLocalToken(
  options: LocalDatabase & { name: string; kind?: TokenKind },
): Promise<LocalToken> {
  return withRoot(options, async (tx, root) => {
    const { text } = await createToken(tx, root, options.name, { kind: options.kind ?? "user" });
    return { name: options.name, token: text };
  });
}

/** All tokens, oldest first, the revoked ones included. */
export function listLocalTokens(options: LocalDatabase): Promise<Token[]> {
  return withRoot(options, listTokens);
}

/** Makes all valid tokens of that name useless at once, and gives how many there were; OBJECT_NOT_FOUND if none. */
export function revokeLocalToken(options: LocalDatabase & { name: string }): Promise<number> {
  return withRoot(options, async (tx, root) => {
    const valid = (await listTokens(tx, root)).filter(
      ({ name, revokedAt }) => name === options.name && revokedAt === null,
    );
    if (valid.length === 0) {
      throw new TsunagiError("OBJECT_NOT_FOUND", `there is no valid token '${options.name}'`, {
        hint: "see all of them with 'tsunagi token ls'",
      });
    }
    for (const { id } of valid) await revokeToken(tx, id);
    return valid.length;
  });
}

async function withRoot<T>(
  { data, database: location }: LocalDatabase,
  work: (tx: Transaction, root: number) => Promise<T>,
): Promise<T> {
  // Nothing is made where a directory was misspelt.
  if (location === undefined && !hasDatabase(data)) throw noUser(data);
  const database = await openDatabase(location ?? openDataDirectory(data), { migrations });
  try {
    return await database.write(async (tx) => {
      const root = await findUser(tx, "root");
      if (root === undefined) throw noUser(data);
      return work(tx, root.id);
    });
  } finally {
    await database.close();
  }
}

function noUser(data: string): TsunagiError {
  return new TsunagiError("OBJECT_NOT_FOUND", `there is no user yet in ${data}`, {
    hint: "name the server's data directory with --data; the server's first start on it makes the user root",
  });
}
