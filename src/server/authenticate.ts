import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { findPrincipal, type Identity } from "#identity";
import type { Actor } from "#objects";
import type { Credentials } from "./operations.ts";

/** Who asks, as the object storage wants to know it. Throws NOT_SIGNED_IN or TOKEN_INVALID. */
export async function authenticate(
  identity: Identity,
  transaction: Transaction,
  credentials: Credentials,
): Promise<Actor> {
  const principal = await identity.authenticate(transaction, credentials);
  const kind = principal.via === "token" ? "token" : "person";
  return { principal, cause: { kind, id: null } };
}

/** A process acts for a person, with the rights that he has now. */
export async function processActor(
  transaction: Transaction,
  userId: number,
  process: number | null,
): Promise<Actor> {
  const principal = await findPrincipal(transaction, userId, "process");
  if (principal === undefined) {
    throw new TsunagiError(
      "PERMISSION_DENIED",
      "the user for whom the process acts does not exist any more, or is disabled",
    );
  }
  return {
    principal,
    cause: { kind: "process", id: process === null ? null : `/process/${process}` },
  };
}
