/**
 * Which servers work on a database: a row each, portable SQL.
 *
 * I1  A server that writes raises the number of commits in its own row first, in each transaction. Who takes over its work
 *     deletes that row: that waits for a commit in flight, and refuses every later one (fencing).
 * I2  Its lease stands in another row, which only heartbeats write: no commit, however slow, holds one up.
 * I3  After a lost connection, the number tells whether the commit in flight was done.
 */
import { TsunagiError } from "#kernel";
import { version } from "#runtime";
import type { Migration, Transaction } from "./database.ts";

export const seatMigrations: readonly Migration[] = [
  {
    name: "database/0001-server-seat",
    async up(transaction) {
      await transaction.run(
        "create table server_seat (id integer primary key, epoch integer not null, commits integer not null)",
      );
      await transaction.run("insert into server_seat (id, epoch, commits) values (1, 0, 0)");
    },
  },
  {
    name: "database/0003-servers",
    async up(transaction) {
      await transaction.run("drop table server_seat");
      await transaction.run(
        `create table server (
          id integer primary key autoincrement,
          place text not null,
          version text not null,
          commits integer not null
        )`,
      );
      await transaction.run(
        "create table server_lease (server integer primary key, until integer not null)",
      );
    },
  },
];

export interface ServerOptions {
  /**
   * Names the data directory on its host. Its lock keeps a second server out, so that a server which finds a row of its own
   * place knows that the one of that row is dead.
   */
  place: string;
  /** How long after a server's last sign of life the others take over, at most. */
  leaseMs?: number;
}

export const leaseDefaultMs = 10_000;

/** Renewed four times a lease, and good for three quarters of it: the rest is for those who take over. */
export function leaseTerms(leaseMs: number): { renewEveryMs: number; validMs: number } {
  return { renewEveryMs: leaseMs / 4, validMs: (leaseMs * 3) / 4 };
}

/** Makes a server one of those that work on the database, in place of earlier ones of that place; gives its number. */
export async function takeSeat(
  transaction: Transaction,
  { place, leaseMs = leaseDefaultMs }: ServerOptions,
  now: number,
): Promise<number> {
  const earlier = await transaction.all<{ id: number }>("select id from server where place = ?", [
    place,
  ]);
  for (const { id } of earlier) {
    await transaction.run("delete from server where id = ?", [id]);
    // Found by whoever looks next, as any server that is dead.
    await transaction.run("update server_lease set until = 0 where server = ?", [id]);
  }
  const server = await transaction.insert(
    "insert into server (place, version, commits) values (?, ?, 0)",
    [place, version],
  );
  await transaction.run("insert into server_lease (server, until) values (?, ?)", [
    server,
    now + leaseTerms(leaseMs).validMs,
  ]);
  return server;
}

/** Puts a server out, or lets it leave: it can commit nothing more (I1). */
export async function removeSeat(transaction: Transaction, server: number): Promise<void> {
  await transaction.run("delete from server where id = ?", [server]);
  await transaction.run("delete from server_lease where server = ?", [server]);
}

/** All that have a lease, also one that has run out. */
export function listLeases(transaction: Transaction): Promise<{ server: number; until: number }[]> {
  return transaction.all("select server, until from server_lease order by server");
}

/** (I2) False: it was put out. */
export async function renewLease(
  transaction: Transaction,
  server: number,
  until: number,
): Promise<boolean> {
  const { changes } = await transaction.run("update server_lease set until = ? where server = ?", [
    until,
    server,
  ]);
  return changes === 1;
}

/** Of one server: numbers its transactions. */
export class CommitNumbers {
  readonly #server: number;
  #last = 0;

  constructor(server: number) {
    this.#server = server;
  }

  /** The first statement of every writing transaction (I1); SERVER_REPLACED if it may not write any more. */
  async next(transaction: Transaction): Promise<void> {
    this.#last += 1;
    const { changes } = await transaction.run("update server set commits = ? where id = ?", [
      this.#last,
      this.#server,
    ]);
    if (changes !== 1) throw serverReplaced();
  }

  /** (I3) Whether the transaction that was numbered last was committed; undefined: the server was put out. */
  isLast(commits: number | undefined): boolean | undefined {
    return commits === undefined ? undefined : commits === this.#last;
  }
}

export function serverReplaced(): TsunagiError {
  return new TsunagiError(
    "SERVER_REPLACED",
    "this server was not heard of for longer than its lease, and others have taken over its work",
    {
      hint: "start it again; it joins the others. If it was neither stopped nor cut off, give it more time with --lease",
    },
  );
}
