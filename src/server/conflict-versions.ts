import { TsunagiError } from "#kernel";
import type { ObjectDocument } from "#contract";
import type { Actor } from "#objects";
import type { Transaction } from "#database";
import { authenticate } from "./authenticate.ts";
import type { Domains } from "./house.ts";
import type { Credentials } from "./operations.ts";

/**
 * What is thrown instead of an error: a change that was based on an old revision is refused with both versions, the one that it
 * was based on and the one that is there now, each null where it is not known or may not be read. Any other error stays as it is.
 */
export async function withVersions(
  { database, identity, objects }: Domains,
  credentials: Credentials,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof TsunagiError) || error.code !== "OBJECT_VERSION_CONFLICT") return error;
  const { path, given } = error.details as { path: string; given: number };
  const versions = await database.read(async (tx) => {
    const actor = await authenticate(identity, tx, credentials);
    return {
      given: await shown(() => objects.past.atRevision(tx, actor, path, given)),
      current: await shown(() => currentOf(tx, actor)),
    };
  });
  return new TsunagiError(error.code, error.message, {
    details: { ...error.details, versions },
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });

  async function currentOf(tx: Transaction, actor: Actor): Promise<ObjectDocument> {
    return objects.toDocument(tx, await objects.get(tx, actor, path));
  }
}

async function shown(
  read: () => Promise<ObjectDocument | undefined>,
): Promise<ObjectDocument | null> {
  try {
    return (await read()) ?? null;
  } catch (error) {
    if (error instanceof TsunagiError) return null;
    throw error;
  }
}
