import { hasDatabase, openDatabase } from "#database";
import { createToken, findUser } from "#identity";
import { TsunagiError } from "#kernel";
import { openDataDirectory } from "#runtime";
import { migrations } from "./house.ts";

export interface LocalToken {
  name: string;
  token: string;
}

/** Makes a token for `root` on the server's own host, also while the server runs. */
export async function createLocalToken(options: {
  data: string;
  name: string;
  database?: string;
}): Promise<LocalToken> {
  if (options.database === undefined && !hasDatabase(options.data)) throw noUser(options.data);
  const location = options.database ?? openDataDirectory(options.data);
  const database = await openDatabase(location, { migrations });
  try {
    return await database.write(async (tx) => {
      const root = await findUser(tx, "root");
      if (root === undefined) throw noUser(options.data);
      const { text } = await createToken(tx, root.id, options.name);
      return { name: options.name, token: text };
    });
  } finally {
    await database.close();
  }
}

function noUser(data: string): TsunagiError {
  return new TsunagiError("OBJECT_NOT_FOUND", `there is no user yet in ${data}`, {
    hint: "name the data directory of the server with --data; its first start makes the user root",
  });
}
