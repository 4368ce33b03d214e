/**
 * Signing in, and telling who a caller is from what he shows.
 *
 * Checking a password takes a tenth of a second on purpose and is done outside of any transaction. When a
 * token or session was last used is noted in memory and stored now and then ({@link Identity.takeUsage}), so
 * that asking who somebody is writes nothing and can be done on a reader's connection.
 */
import { randomBytes } from "node:crypto";
import { systemClock, TsunagiError, type Clock } from "#kernel";
import type { Database, Transaction } from "#database";
import { FailedAttempts } from "./failed-attempts.ts";
import { scryptHasher, type PasswordHasher } from "./password-hasher.ts";
import { findPrincipal, type Principal } from "./principal.ts";
import { hashSecretText, makeSecretText } from "./secret-text.ts";
import { getToken, tokenInvalid } from "./tokens.ts";
import { createUser, findUser, updateUser } from "./users.ts";

/** How a caller shows who he is. */
export type Credentials =
  | { kind: "none" }
  | { kind: "token"; token: string }
  | { kind: "session"; session: string }
  /** The command line on the server's own host: it acts as root. */
  | { kind: "local" };

export interface IdentityOptions {
  clock?: Clock;
  passwords?: PasswordHasher;
}

export interface SignedIn {
  /** The text for the cookie; only its hash is stored. */
  session: string;
  userId: number;
  user: string;
}

/** Which tokens and sessions were used when, by row id. */
export interface Usage {
  tokens: [id: number, at: number][];
  sessions: [id: number, at: number][];
}

const rootName = "root";
const sessionIdleMaxMs = 12 * 3600_000;
const sessionAgeMaxMs = 7 * 24 * 3600_000;
/** Uses closer to the stored one than this are not noted. */
const usageResolutionMs = 60_000;

export class Identity {
  readonly #clock: Clock;
  readonly #passwords: PasswordHasher;
  readonly #failures: FailedAttempts;
  readonly #usedTokens = new Map<number, number>();
  readonly #usedSessions = new Map<number, number>();
  /** What the password of an unknown user is checked against, so that he takes as long as a known one. */
  #decoy: Promise<string> | undefined;

  constructor({ clock = systemClock, passwords = scryptHasher() }: IdentityOptions = {}) {
    this.#clock = clock;
    this.#passwords = passwords;
    this.#failures = new FailedAttempts(clock);
  }

  /** Makes the administrator `root`, or gives him a password, at the first start; gives the password if it had to be made up, this once. */
  async ensureRoot(
    database: Database,
    password?: string,
  ): Promise<{ created: boolean; password?: string }> {
    if (await database.read(canRootSignIn)) return { created: false };
    const chosen = password ?? randomBytes(15).toString("base64url");
    const passwordHash = await this.#passwords.hash(chosen);
    const created = await database.write(async (transaction) => {
      if (await canRootSignIn(transaction)) return false;
      const user = { name: rootName, passwordHash, isAdministrator: true };
      const root = await findUser(transaction, rootName);
      if (root === undefined) await createUser(transaction, user, this.#clock.now());
      else await updateUser(transaction, root.id, { passwordHash }, this.#clock.now());
      return true;
    });
    return created && password === undefined ? { created, password: chosen } : { created };
  }

  /** Hashes a password for `createUser` and `updateUser`. */
  hashPassword(password: string): Promise<string> {
    return this.#passwords.hash(password);
  }

  /** Opens a session, or throws SIGN_IN_FAILED or SIGN_IN_LIMITED; `from` is the caller's address. */
  async signIn(
    database: Database,
    { name, password, from }: { name: string; password: string; from: string },
  ): Promise<SignedIn> {
    this.#failures.begin(name, from);
    const user = await database.read((transaction) =>
      transaction.get<{ id: number; password: string | null }>(
        "select id, password from identity_user where name = ? and disabled_at is null",
        [name],
      ),
    );
    this.#decoy ??= this.#passwords.hash(randomBytes(16).toString("base64url"));
    const decoy = await this.#decoy;
    const fits = await this.#passwords.verify(password, user?.password ?? decoy);
    if (user === undefined || user.password === null || !fits) {
      throw new TsunagiError("SIGN_IN_FAILED", "the name or the password is wrong");
    }
    this.#failures.succeed(name, from);
    const session = makeSecretText("tss_");
    const now = this.#clock.now();
    await database.write(async (transaction) => {
      await deleteExpiredSessions(transaction, now);
      await transaction.insert(
        "insert into identity_session (hash, user_id, created_at, used_at) values (?, ?, ?, ?)",
        [hashSecretText(session), user.id, now, now],
      );
    });
    return { session, userId: user.id, user: name };
  }

  /** Ends a session; one that has ended already is no failure. */
  async signOut(transaction: Transaction, session: string): Promise<void> {
    await transaction.run("delete from identity_session where hash = ?", [hashSecretText(session)]);
  }

  /** Tells who the caller is; throws NOT_SIGNED_IN or TOKEN_INVALID. */
  async authenticate(transaction: Transaction, credentials: Credentials): Promise<Principal> {
    switch (credentials.kind) {
      case "none":
        throw notSignedIn("you are not signed in");
      case "local":
        return this.#root(transaction);
      case "token":
        return this.#byToken(transaction, credentials.token);
      case "session":
        return this.#bySession(transaction, credentials.session);
    }
  }

  /** Gives what was used since the last call, to be stored with {@link saveUsage}, if need be by another thread. */
  takeUsage(): Usage {
    const usage = { tokens: [...this.#usedTokens], sessions: [...this.#usedSessions] };
    this.#usedTokens.clear();
    this.#usedSessions.clear();
    return usage;
  }

  async saveUsage(transaction: Transaction, usage: Usage): Promise<void> {
    for (const [id, at] of usage.tokens) {
      await transaction.run("update identity_token set used_at = ? where id = ?", [at, id]);
    }
    for (const [id, at] of usage.sessions) {
      await transaction.run("update identity_session set used_at = ? where id = ?", [at, id]);
    }
  }

  async #root(transaction: Transaction): Promise<Principal> {
    const root = await findUser(transaction, rootName);
    const principal = root && (await findPrincipal(transaction, root.id, "local"));
    if (principal === undefined) {
      throw notSignedIn("there is no user root yet", "start the server once; it makes root");
    }
    return principal;
  }

  async #byToken(transaction: Transaction, text: string): Promise<Principal> {
    const token = await getToken(transaction, text, "user");
    const principal = await findPrincipal(transaction, token.ownerId, "token");
    if (principal === undefined) throw tokenInvalid();
    const now = this.#clock.now();
    if (now - (token.usedAt ?? 0) > usageResolutionMs) this.#usedTokens.set(token.id, now);
    return principal;
  }

  async #bySession(transaction: Transaction, text: string): Promise<Principal> {
    const row = await transaction.get<{
      id: number;
      user_id: number;
      created_at: number;
      used_at: number;
    }>("select id, user_id, created_at, used_at from identity_session where hash = ?", [
      hashSecretText(text),
    ]);
    const now = this.#clock.now();
    const usedAt = row && Math.max(row.used_at, this.#usedSessions.get(row.id) ?? 0);
    if (
      row === undefined ||
      usedAt === undefined ||
      now - usedAt > sessionIdleMaxMs ||
      now - row.created_at > sessionAgeMaxMs
    ) {
      throw notSignedIn("the session has ended");
    }
    const principal = await findPrincipal(transaction, row.user_id, "session");
    if (principal === undefined) throw notSignedIn("the session's user is gone or disabled");
    if (now - usedAt > usageResolutionMs) this.#usedSessions.set(row.id, now);
    return principal;
  }
}

/** A directory in which flows were run without a server has a root that never got a password. */
async function canRootSignIn(transaction: Transaction): Promise<boolean> {
  const row = await transaction.get(
    "select 1 from identity_user where name = ? and password is not null",
    [rootName],
  );
  return row !== undefined;
}

async function deleteExpiredSessions(transaction: Transaction, now: number): Promise<void> {
  await transaction.run("delete from identity_session where created_at < ?", [
    now - sessionAgeMaxMs,
  ]);
}

function notSignedIn(message: string, hint = "sign in, or send a token"): TsunagiError {
  return new TsunagiError("NOT_SIGNED_IN", message, { hint });
}
