/**
 * `/system/job-managers/<name>`: who runs commands, as objects to read. The connections are the engine thread's; that one
 * came or went is written down, so that readers see it, too, and who is gone is still known by when.
 */
import type { Migration, Transaction } from "#database";
import {
  hasRight,
  type Actor,
  type JsonObject,
  type RightSet,
  type VirtualDirectory,
  type VirtualObject,
} from "#objects";
import type { ManagerStatus } from "./remote.ts";

export const jobManagerMigration: Migration = {
  name: "remote/0002-job-managers",
  async up(transaction) {
    // Of several of one name the one that connected last is known.
    await transaction.run(
      `create table remote_manager (
        name text primary key,
        realm text not null,
        version text not null,
        first_seen_at bigint not null,
        connected_at bigint not null,
        disconnected_at bigint
      )`,
    );
  },
};

export interface ConnectedManager extends Pick<
  ManagerStatus,
  "name" | "realm" | "version" | "journal" | "connectedAt"
> {
  /** To which of several servers; 0: there is one. */
  server: number;
}

export async function recordConnected(
  transaction: Transaction,
  { name, realm, version, journal, connectedAt, server }: ConnectedManager,
): Promise<void> {
  await transaction.run(
    `insert into remote_manager (name, realm, version, first_seen_at, connected_at, server, journal)
      values (?, ?, ?, ?, ?, ?, ?)
      on conflict (name) do update set realm = excluded.realm, version = excluded.version,
        connected_at = excluded.connected_at, disconnected_at = null, server = excluded.server,
        journal = excluded.journal`,
    [name, realm, version, connectedAt, connectedAt, server, journal],
  );
}

/** Unless it has connected again meanwhile. */
export async function recordDisconnected(
  transaction: Transaction,
  { name, connectedAt, server }: Pick<ConnectedManager, "name" | "connectedAt" | "server">,
  now: number,
): Promise<void> {
  await transaction.run(
    `update remote_manager set disconnected_at = ?
      where name = ? and connected_at = ? and server = ? and disconnected_at is null`,
    [now, name, connectedAt, server],
  );
}

/**
 * At the start of a server, whatever the last one wrote down: nobody is connected to one that is alone, which it is, or was (those of
 * several have numbers of their own, see `forgetServer`).
 */
export async function recordAllDisconnected(transaction: Transaction, now: number): Promise<void> {
  await transaction.run(
    "update remote_manager set disconnected_at = ? where disconnected_at is null and server = 0",
    [now],
  );
}

/** Realms of the job managers that are connected. */
export async function connectedRealms(transaction: Transaction): Promise<string[]> {
  const rows = await transaction.all<{ realm: string }>(
    "select distinct realm from remote_manager where disconnected_at is null",
  );
  return rows.map(({ realm }) => realm);
}

interface Row {
  name: string;
  realm: string;
  version: string;
  first_seen_at: number;
  connected_at: number;
  disconnected_at: number | null;
}

const select =
  "select name, realm, version, first_seen_at, connected_at, disconnected_at from remote_manager";

export class JobManagerObjects implements VirtualDirectory {
  readonly path = "/system/job-managers";
  readonly type = "JobManager";

  async find(
    transaction: Transaction,
    _actor: Actor,
    name: string,
    inherited: RightSet,
  ): Promise<VirtualObject | undefined> {
    const row = await transaction.get<Row>(`${select} where name = ?`, [name]);
    return row && toObject(row, inherited);
  }

  async list(
    transaction: Transaction,
    _actor: Actor,
    page: { after?: string; limit: number },
    inherited: RightSet,
  ): Promise<VirtualObject[]> {
    if (!hasRight(inherited, "read")) return [];
    const rows = await transaction.all<Row>(`${select} where name > ? order by name limit ?`, [
      page.after ?? "",
      page.limit,
    ]);
    return rows.map((row) => toObject(row, inherited));
  }
}

function toObject(row: Row, rights: RightSet): VirtualObject {
  const fields: JsonObject = {
    realm: row.realm,
    version: row.version,
    connected: row.disconnected_at === null,
    connected_at: time(row.connected_at),
    disconnected_at: time(row.disconnected_at),
  };
  return {
    name: row.name,
    type: "JobManager",
    ownerId: 0,
    owner: "system",
    fields,
    revision: 1,
    createdAt: row.first_seen_at,
    updatedAt: row.disconnected_at ?? row.connected_at,
    rights,
  };
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
