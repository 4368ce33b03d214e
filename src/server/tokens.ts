/** The tokens of who asks. They are made and revoked in a session only: a token that leaked could else make itself another. */
import type { MadeTokenDocument, TokenDocument, TokenListDocument } from "#contract";
import type { Transaction } from "#database";
import { createToken, listTokens, revokeToken, type Token } from "#identity";
import { TsunagiError } from "#kernel";
import type { Actor } from "#objects";

export async function ownTokens(tx: Transaction, actor: Actor): Promise<TokenListDocument> {
  const tokens = await listTokens(tx, actor.principal.userId);
  return { tokens: tokens.map(toDocument) };
}

export async function makeOwnToken(
  tx: Transaction,
  actor: Actor,
  { name }: { name: string },
): Promise<MadeTokenDocument> {
  assertSession(actor);
  const { id, text } = await createToken(tx, actor.principal.userId, name);
  return { id, name, token: text };
}

export async function revokeOwnToken(
  tx: Transaction,
  actor: Actor,
  { id }: { id: number },
): Promise<null> {
  assertSession(actor);
  const own = await listTokens(tx, actor.principal.userId);
  const found = own.find((token) => token.id === id && token.revokedAt === null);
  if (found === undefined) {
    throw new TsunagiError("OBJECT_NOT_FOUND", `there is no valid token '${id}'`);
  }
  await revokeToken(tx, id);
  return null;
}

function assertSession({ principal }: Actor): void {
  if (principal.via === "token")
    throw new TsunagiError("NOT_SIGNED_IN", "this needs a sign-in; a token does not do");
}

function toDocument({ ownerId: _owner, ...token }: Token): TokenDocument {
  return {
    ...token,
    createdAt: timeOf(token.createdAt),
    usedAt: token.usedAt === null ? null : timeOf(token.usedAt),
    revokedAt: token.revokedAt === null ? null : timeOf(token.revokedAt),
  };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
