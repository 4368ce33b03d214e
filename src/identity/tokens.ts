import { nameFault, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import { hashSecretText, makeSecretText } from "./secret-text.ts";

/**
 * A `user` token acts as its owner; a `job-manager` token lets an agent connect, and a `metrics` token lets a monitoring system
 * read the server's figures: they do nothing else.
 */
export type TokenKind = "user" | "job-manager" | "metrics";

export interface Token {
  id: number;
  kind: TokenKind;
  name: string;
  ownerId: number;
  createdAt: number;
  /** When it was last used, to the minute or so. */
  usedAt: number | null;
  revokedAt: number | null;
}

/** Makes a token and gives its text, which is shown this once and kept nowhere. */
export async function createToken(
  transaction: Transaction,
  ownerId: number,
  name: string,
  options: { kind?: TokenKind; now?: number } = {},
): Promise<{ id: number; text: string }> {
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw new TsunagiError("NAME_INVALID", `'${name.slice(0, 200)}' is no name: ${fault}`);
  }
  const text = makeSecretText("tsn_");
  const id = await transaction.insert(
    "insert into identity_token (hash, kind, name, owner_id, created_at) values (?, ?, ?, ?, ?)",
    [hashSecretText(text), options.kind ?? "user", name, ownerId, options.now ?? Date.now()],
  );
  return { id, text };
}

/** Makes the token useless at once; false if there is none, or it was revoked before. */
export async function revokeToken(
  transaction: Transaction,
  id: number,
  now = Date.now(),
): Promise<boolean> {
  const { changes } = await transaction.run(
    "update identity_token set revoked_at = ? where id = ? and revoked_at is null",
    [now, id],
  );
  return changes === 1;
}

/** The tokens of a user, oldest first, the revoked ones included. */
export async function listTokens(transaction: Transaction, ownerId: number): Promise<Token[]> {
  const rows = await transaction.all<TokenRow>(
    `select ${tokenColumns} from identity_token where owner_id = ? order by id`,
    [ownerId],
  );
  return rows.map(toToken);
}

/** Gives the token if it is one with which a job manager may connect; throws TOKEN_INVALID if not. */
export async function findJobManagerToken(transaction: Transaction, text: string): Promise<Token> {
  return getToken(transaction, text, "job-manager");
}

/** Gives the token if it is one of the kind `metrics`; throws TOKEN_INVALID if it is none that holds. */
export async function findMetricsToken(
  transaction: Transaction,
  text: string,
): Promise<Token | undefined> {
  const row = await findRow(transaction, text);
  return row.kind === "metrics" ? toToken(row) : undefined;
}

/** Gives the valid token of that kind and text. */
export async function getToken(
  transaction: Transaction,
  text: string,
  kind: TokenKind,
): Promise<Token> {
  const row = await findRow(transaction, text);
  if (row.kind !== kind) {
    throw new TsunagiError("TOKEN_INVALID", `the token '${row.name}' is of the kind ${row.kind}`, {
      hint: `use a token of the kind ${kind}`,
    });
  }
  return toToken(row);
}

async function findRow(transaction: Transaction, text: string): Promise<TokenRow> {
  const row = await transaction.get<TokenRow>(
    `select ${tokenColumns} from identity_token where hash = ?`,
    [hashSecretText(text)],
  );
  if (row === undefined || row.revoked_at !== null) throw tokenInvalid();
  return row;
}

export function tokenInvalid(): TsunagiError {
  return new TsunagiError("TOKEN_INVALID", "the token is unknown or revoked", {
    hint: "make one on the server's host with 'tsunagi token create NAME'",
  });
}

const tokenColumns = "id, kind, name, owner_id, created_at, used_at, revoked_at";

interface TokenRow {
  id: number;
  kind: TokenKind;
  name: string;
  owner_id: number;
  created_at: number;
  used_at: number | null;
  revoked_at: number | null;
}

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    ownerId: row.owner_id,
    createdAt: row.created_at,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
  };
}
