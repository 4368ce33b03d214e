import type { Migration, Transaction } from "#database";

/**
 * The keys that hosts have shown: the first one is recorded, and from then on expected. Who sets a host up anew
 * removes its key.
 */
export interface KnownHosts {
  find(transaction: Transaction, host: string, port: number): Promise<string | null>;
  /** Keeps the key of a host of which none is known; where one is, that one stays. */
  record(transaction: Transaction, host: string, port: number, key: string): Promise<void>;
}

export interface KnownHost {
  host: string;
  port: number;
  /** As in `known_hosts`: `ssh-ed25519 AAAA…`. */
  key: string;
  recordedAt: number;
}

export const remoteMigrations: readonly Migration[] = [
  {
    name: "remote/0001-known-hosts",
    async up(transaction) {
      await transaction.run(
        `create table remote_known_host (
          host text not null,
          port integer not null,
          host_key text not null,
          recorded_at bigint not null,
          primary key (host, port)
        )`,
      );
    },
  },
];

/** Known hosts in a table of this domain. */
export function databaseKnownHosts(now: () => number): KnownHosts & {
  list(transaction: Transaction): Promise<KnownHost[]>;
  remove(transaction: Transaction, host: string, port: number): Promise<void>;
} {
  return {
    async find(transaction, host, port) {
      const row = await transaction.get<{ key: string }>(
        "select host_key as key from remote_known_host where host = ? and port = ?",
        [host, port],
      );
      return row?.key ?? null;
    },
    async record(transaction, host, port, key) {
      await transaction.run(
        `insert into remote_known_host (host, port, host_key, recorded_at) values (?, ?, ?, ?)
         on conflict (host, port) do nothing`,
        [host, port, key, now()],
      );
    },
    async remove(transaction, host, port) {
      await transaction.run("delete from remote_known_host where host = ? and port = ?", [host, port]);
    },
    list: (transaction) =>
      transaction.all<KnownHost>(
        `select host, port, host_key as key, recorded_at as "recordedAt" from remote_known_host order by host, port`,
      ),
  };
}
