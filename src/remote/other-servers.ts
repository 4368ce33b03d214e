/**
 * Where there are several servers: a job manager is connected to one of them, and serves the processes of all. Whoever has a
 * command for one that is connected elsewhere leaves an order for that server, a row written in the transaction that assigns the
 * command; the outcome comes back to the process's server as an arrival (`processes`).
 *
 * S1  An order stands on the disk together with the assignment, so the command is the journal's from then on, whatever becomes of
 *     the server that is to hand it over: when the job manager connects again, what it has not seen is sent then.
 * S2  A job manager's connection is on the disk before what was assigned to it is read: an order that comes later finds it.
 */
import type { Hello } from "#contract";
import type { Database, Migration, Transaction } from "#database";
import type { Clock } from "#kernel";
import type { OpenEffect } from "#processes";
import { recordConnected } from "./job-manager-objects.ts";

export const otherServersMigration: Migration = {
  name: "remote/0003-servers",
  async up(transaction) {
    // To which server it is connected, with which journal.
    await transaction.run(
      "alter table remote_manager add column server integer not null default 0",
    );
    await transaction.run("alter table remote_manager add column journal text");
    await transaction.run(
      `create table remote_order (
        id integer primary key,
        server integer not null,
        kind text not null,
        number integer not null,
        process integer not null,
        journal text not null
      )`,
    );
    await transaction.run("create index remote_order_server on remote_order (server, id)");
  },
};

/** A job manager that is connected to another server. */
export interface DistantManager {
  name: string;
  realm: string;
  journal: string;
  server: number;
}

export interface ServerOrder {
  /** `close`: the number is that of a session. */
  kind: "run" | "cancel" | "close";
  number: number;
  process: number;
  journal: string;
}

export interface OtherServersOptions {
  /** The number of this one. */
  server: number;
  database: Database;
  clock: Clock;
  /** Tells the others that there is something to look at. */
  hint: () => void;
  /** What a process has open, whosever it is. */
  openEffect: (transaction: Transaction, process: number) => Promise<OpenEffect | undefined>;
  /** All that is open anywhere, but for what is known already. */
  unknownEffects: (
    transaction: Transaction,
    isKnown: (number: number) => boolean,
  ) => Promise<OpenEffect[]>;
}

const ordersMax = 500;

export class OtherServers {
  readonly #options: OtherServersOptions;
  #managers: DistantManager[] = [];
  #turn = 0;

  constructor(options: OtherServersOptions) {
    this.#options = options;
  }

  hint(): void {
    this.#options.hint();
  }

  /** Looks who is connected elsewhere now. */
  async refresh(): Promise<void> {
    const { server, database } = this.#options;
    this.#managers = await database.read((tx) =>
      tx.all<DistantManager>(
        `select name, realm, journal, server from remote_manager
          where disconnected_at is null and journal is not null and server <> ? order by name`,
        [server],
      ),
    );
  }

  ofJournal(journal: string | null): DistantManager | undefined {
    return journal === null
      ? undefined
      : this.#managers.find((manager) => manager.journal === journal);
  }

  realms(): string[] {
    return this.#managers.map(({ realm }) => realm);
  }

  /** One after another: how much each has to do is known where it is connected. */
  choose(realm: string): DistantManager | undefined {
    const candidates = this.#managers.filter((manager) => manager.realm === realm);
    this.#turn += 1;
    return candidates[this.#turn % Math.max(1, candidates.length)];
  }

  /** (S2) Gives what is open and not known here; undefined: one of its name is connected elsewhere. */
  async admit(
    hello: Hello,
    write: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>,
    isKnown: (number: number) => boolean,
  ): Promise<OpenEffect[] | undefined> {
    const { server, clock, database, unknownEffects } = this.#options;
    const isAdmitted = await write(async (tx) => {
      const namesake = await tx.get(
        `select 1 as is_there from remote_manager
          where name = ? and journal <> ? and server <> ? and disconnected_at is null`,
        [hello.name, hello.journal, server],
      );
      if (namesake !== undefined) return false;
      await recordConnected(tx, { ...hello, connectedAt: clock.now(), server });
      return true;
    });
    if (!isAdmitted) return undefined;
    this.hint();
    return database.read((tx) => unknownEffects(tx, isKnown));
  }

  /** (S1) For that server, or for the one to which the job manager has connected meanwhile. */
  async order(transaction: Transaction, server: number, order: ServerOrder): Promise<void> {
    const now = await transaction.get<{ server: number }>(
      "select server from remote_manager where journal = ? and disconnected_at is null",
      [order.journal],
    );
    await transaction.run(
      "insert into remote_order (server, kind, number, process, journal) values (?, ?, ?, ?, ?)",
      [now?.server ?? server, order.kind, order.number, order.process, order.journal],
    );
  }

  /** Whether there is an order for this server. */
  async hasOrders(): Promise<boolean> {
    const { database, server } = this.#options;
    const row = await database.read((tx) =>
      tx.get("select id from remote_order where server = ? limit 1", [server]),
    );
    return row !== undefined;
  }

  /** Takes the orders for this server; those for a job manager that has moved on go after it. */
  async takeOrders(
    transaction: Transaction,
    isHere: (journal: string) => boolean,
  ): Promise<{ order: ServerOrder; effect: OpenEffect | undefined }[]> {
    const { server, openEffect } = this.#options;
    const rows = await transaction.all<ServerOrder & { id: number }>(
      "select id, kind, number, process, journal from remote_order where server = ? order by id limit ?",
      [server, ordersMax],
    );
    const taken: { order: ServerOrder; effect: OpenEffect | undefined }[] = [];
    for (const { id, ...order } of rows) {
      await transaction.run("delete from remote_order where id = ?", [id]);
      if (!isHere(order.journal)) await this.#passOn(transaction, order);
      else if (order.kind !== "run") taken.push({ order, effect: undefined });
      else {
        const effect = await openEffect(transaction, order.process);
        if (effect?.number === order.number) taken.push({ order, effect });
      }
    }
    return taken;
  }

  /** Where it is not connected at all, it is told when it comes. */
  async #passOn(transaction: Transaction, order: ServerOrder): Promise<void> {
    const { server } = this.#options;
    const row = await transaction.get<{ server: number }>(
      "select server from remote_manager where journal = ? and disconnected_at is null and server <> ?",
      [order.journal, server],
    );
    if (row !== undefined) await this.order(transaction, row.server, order);
  }
}

/** In the transaction in which a server leaves, or is put out. */
export async function forgetServer(
  transaction: Transaction,
  server: number,
  now: number,
): Promise<void> {
  await transaction.run(
    "update remote_manager set disconnected_at = ? where server = ? and disconnected_at is null",
    [now, server],
  );
  await transaction.run("delete from remote_order where server = ?", [server]);
}
