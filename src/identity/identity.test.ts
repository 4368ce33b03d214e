import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "#kernel";
import { openScratch, openSqlite, type Database } from "#database";
import {
  addMember,
  createGroup,
  createToken,
  createUser,
  findJobManagerToken,
  findPrincipal,
  findUser,
  Identity,
  identityMigrations,
  listTokens,
  listUsers,
  removeMember,
  revokeToken,
  scryptHasher,
  updateUser,
} from "./index.ts";

const minute = 60_000;
const hour = 60 * minute;
const from = "192.0.2.1";

class TestClock implements Clock {
  time = Date.UTC(2026, 3, 1);
  now = (): number => this.time;
  after = (): (() => void) => () => undefined;
}

let clock: TestClock;
let database: Database;
let identity: Identity;
beforeEach(async () => {
  clock = new TestClock();
  database = await openScratch({ migrations: identityMigrations });
  // The cheapest work that scrypt takes: the tests are about who gets in, not about how long it takes.
  identity = new Identity({ clock, passwords: scryptHasher({ logN: 1, r: 1, p: 1 }) });
});
afterEach(() => database.close());

async function makeUser(name: string, password: string): Promise<number> {
  const passwordHash = await identity.hashPassword(password);
  return database.write((transaction) => createUser(transaction, { name, passwordHash }));
}
const signIn = (name: string, password: string, address = from) =>
  identity.signIn(database, { name, password, from: address });
const authenticate = (credentials: Parameters<Identity["authenticate"]>[1]) =>
  database.read((transaction) => identity.authenticate(transaction, credentials));

describe("root", () => {
  test("is made once, with the given password", async () => {
    expect(await identity.ensureRoot(database, "geheim")).toEqual({ created: true });
    expect(await identity.ensureRoot(database, "other")).toEqual({ created: false });
    await expect(signIn("root", "other")).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
    expect(await signIn("root", "geheim")).toMatchObject({ user: "root" });
  });

  test("without a password, as `run --data` leaves it, gets the one of the first serve", async () => {
    await database.write((tx) => createUser(tx, { name: "root", isAdministrator: true }));
    expect(await identity.ensureRoot(database, "geheim")).toEqual({ created: true });
    expect(await signIn("root", "geheim")).toMatchObject({ user: "root" });
  });

  test("gets a random password that is given back this once", async () => {
    const { password = "" } = await identity.ensureRoot(database);
    expect(password.length).toBeGreaterThanOrEqual(20);
    const { session } = await signIn("root", password);
    expect(await authenticate({ kind: "session", session })).toMatchObject({
      name: "root",
      isAdministrator: true,
      via: "session",
    });
  });

  test("is who the command line on the server's host acts as", async () => {
    await expect(authenticate({ kind: "local" })).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
    await identity.ensureRoot(database);
    expect(await authenticate({ kind: "local" })).toMatchObject({ name: "root", via: "local" });
  });
});

describe("signing in", () => {
  test("an unknown user, a wrong password and a user without one are told apart by nothing", async () => {
    await makeUser("alice", "geheim");
    await database.write((transaction) => createUser(transaction, { name: "robot" }));
    const messages = new Set<string>();
    for (const [name, password] of [
      ["alice", "wrong"],
      ["nobody", "geheim"],
      ["robot", ""],
    ] as const) {
      const error = await signIn(name, password).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: "SIGN_IN_FAILED" });
      messages.add((error as Error).message);
    }
    expect(messages.size).toBe(1);
  });

  test("five failures for a name from an address close it for a quarter of an hour", async () => {
    await makeUser("alice", "geheim");
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await expect(signIn("alice", "wrong")).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
    }
    await expect(signIn("alice", "geheim")).rejects.toMatchObject({ code: "SIGN_IN_LIMITED" });
    expect(await signIn("alice", "geheim", "192.0.2.2")).toMatchObject({ user: "alice" });
    clock.time += 15 * minute;
    expect(await signIn("alice", "geheim")).toMatchObject({ user: "alice" });
  });

  test("guesses at the same time count, too", async () => {
    await makeUser("alice", "geheim");
    const guesses = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => signIn("alice", `guess ${index}`)),
    );
    const codes = guesses.map((guess) => guess.status === "rejected" && guess.reason.code);
    expect(codes.filter((code) => code === "SIGN_IN_FAILED")).toHaveLength(5);
    expect(codes.filter((code) => code === "SIGN_IN_LIMITED")).toHaveLength(15);
  });

  test("a success forgets earlier failures", async () => {
    await makeUser("alice", "geheim");
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await expect(signIn("alice", "wrong")).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
      await signIn("alice", "geheim");
    }
  });

  test("the same password typed in another Unicode form fits", async () => {
    await makeUser("alice", "caf\u00e9");
    expect(await signIn("alice", "cafe\u0301")).toMatchObject({ user: "alice" });
  });
});

describe("sessions", () => {
  test("end after twelve idle hours, and not before while they are used", async () => {
    await makeUser("alice", "geheim");
    const { session } = await signIn("alice", "geheim");
    for (let use = 0; use < 5; use += 1) {
      clock.time += 11 * hour;
      await authenticate({ kind: "session", session });
      await database.write((transaction) => identity.saveUsage(transaction, identity.takeUsage()));
    }
    clock.time += 13 * hour;
    await expect(authenticate({ kind: "session", session })).rejects.toMatchObject({
      code: "NOT_SIGNED_IN",
    });
  });

  test("end after seven days, however much they are used", async () => {
    await makeUser("alice", "geheim");
    const { session } = await signIn("alice", "geheim");
    for (let use = 0; use < 16; use += 1) {
      clock.time += 10 * hour;
      await authenticate({ kind: "session", session });
    }
    clock.time += 10 * hour;
    await expect(authenticate({ kind: "session", session })).rejects.toMatchObject({
      code: "NOT_SIGNED_IN",
    });
  });

  test("end by signing out, and by a new password", async () => {
    const id = await makeUser("alice", "geheim");
    const first = await signIn("alice", "geheim");
    const second = await signIn("alice", "geheim");
    await database.write((transaction) => identity.signOut(transaction, first.session));
    await expect(authenticate({ kind: "session", ...first })).rejects.toThrow("ended");
    await authenticate({ kind: "session", ...second });
    const passwordHash = await identity.hashPassword("new");
    await database.write((transaction) => updateUser(transaction, id, { passwordHash }));
    await expect(authenticate({ kind: "session", ...second })).rejects.toThrow("ended");
  });
});

describe("tokens", () => {
  test("tell whose they are until they are revoked", async () => {
    const alice = await makeUser("alice", "geheim");
    const { id, text } = await database.write((t) => createToken(t, alice, "backup"));
    expect(text).toMatch(/^tsn_[\w-]{43}$/);
    expect(await authenticate({ kind: "token", token: text })).toMatchObject({
      userId: alice,
      via: "token",
      isAdministrator: false,
    });
    expect(await database.write((t) => revokeToken(t, id))).toBe(true);
    expect(await database.write((t) => revokeToken(t, id))).toBe(false);
    await expect(authenticate({ kind: "token", token: text })).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
  });

  test("of a job manager are no user's, and those of a user no job manager's", async () => {
    const alice = await makeUser("alice", "geheim");
    const [user, manager] = await database.write(async (t) => [
      await createToken(t, alice, "mine"),
      await createToken(t, alice, "agent", { kind: "job-manager" }),
    ]);
    await expect(authenticate({ kind: "token", token: manager.text })).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    await database.read(async (t) => {
      expect(await findJobManagerToken(t, manager.text)).toMatchObject({ name: "agent" });
      await expect(findJobManagerToken(t, user.text)).rejects.toMatchObject({
        code: "TOKEN_INVALID",
      });
    });
  });

  test("remember when they were last used, to the minute", async () => {
    const alice = await makeUser("alice", "geheim");
    const { text } = await database.write((t) => createToken(t, alice, "backup"));
    const usedAt = async () => {
      await authenticate({ kind: "token", token: text });
      await database.write((t) => identity.saveUsage(t, identity.takeUsage()));
      return (await database.read((t) => listTokens(t, alice)))[0]?.usedAt;
    };
    const first = clock.time;
    expect(await usedAt()).toBe(first);
    clock.time += 30_000;
    expect(await usedAt()).toBe(first);
    clock.time += minute;
    expect(await usedAt()).toBe(clock.time);
  });

  test.each(["", "tsn_", "tsn_unknown", "root"])("the text %j is none", async (token) => {
    await expect(authenticate({ kind: "token", token })).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
  });
});

test("who shows nothing is not signed in", async () => {
  await expect(authenticate({ kind: "none" })).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
});

test("groups come and go with membership", async () => {
  const alice = await makeUser("alice", "geheim");
  await database.write(async (t) => {
    const operators = await createGroup(t, { name: "operators" });
    await addMember(t, operators, alice);
    await addMember(t, operators, alice);
    expect(await findPrincipal(t, alice, "process")).toMatchObject({ groups: [operators] });
    await removeMember(t, operators, alice);
    expect(await findPrincipal(t, alice, "process")).toMatchObject({ groups: [] });
    expect(await findPrincipal(t, 999, "process")).toBeUndefined();
  });
});

test("names of users are unique, valid, and listed in order", async () => {
  await database.write(async (t) => {
    for (const name of ["b", "ä", "a"]) await createUser(t, { name });
    await expect(createUser(t, { name: "a" })).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    await expect(createUser(t, { name: "a/b" })).rejects.toMatchObject({ code: "NAME_INVALID" });
    const page = await listUsers(t, { limit: 2 });
    expect(page.map((user) => user.name)).toEqual(["a", "b"]);
    expect(await listUsers(t, { after: "b", limit: 2 })).toMatchObject([{ name: "ä" }]);
    expect(await findUser(t, "A")).toBeUndefined();
  });
});

test("neither passwords nor tokens nor sessions can be read from the database file", async () => {
  const directory = mkdtempSync(join(tmpdir(), "tsunagi-identity-"));
  const durable = await openSqlite({
    file: join(directory, "test.sqlite"),
    migrations: identityMigrations,
  });
  try {
    await identity.ensureRoot(durable, "a password to look for");
    const { session, userId } = await identity.signIn(durable, {
      name: "root",
      password: "a password to look for",
      from,
    });
    const { text } = await durable.write((t) => createToken(t, userId, "backup"));
    const stored = readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), "latin1"))
      .join("");
    expect(stored).toContain("backup");
    for (const secret of ["a password to look for", session, text, text.slice(4)]) {
      expect(stored).not.toContain(secret);
    }
  } finally {
    await durable.close();
    rmSync(directory, { recursive: true });
  }
});
