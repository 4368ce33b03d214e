/** Several servers on one PostgreSQL, as an operator starts them, each with a job manager of its own. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { ServerProcess } from "../crash/server-process.ts";
import { createDatabase, startPostgres, type PostgresServer } from "../fixtures/postgres.ts";

export const leaseSeconds = 4;

export class ServerGroup {
  readonly folder: string;
  readonly postgres: PostgresServer;
  readonly url: string;
  readonly servers: ServerProcess[] = [];

  private constructor(folder: string, postgres: PostgresServer, url: string) {
    this.folder = folder;
    this.postgres = postgres;
    this.url = url;
  }

  /** With so many servers, of which so many have a job manager: by default all. */
  static async start(count: number, jobManagers = count): Promise<ServerGroup> {
    const folder = mkdtempSync(join(tmpdir(), "tsunagi-servers-"));
    const postgres = await startPostgres({ isDurable: true });
    const group = new ServerGroup(folder, postgres, await createDatabase(postgres.url, "tsunagi"));
    for (let n = 0; n < count; n += 1) await group.#add(n < jobManagers);
    return group;
  }

  /** A further server, with the key file of the first one. */
  async #add(hasJobManager: boolean): Promise<void> {
    const n = this.servers.length;
    if (n > 0) {
      mkdirSync(this.#data(n), { mode: 0o700 });
      copyFileSync(join(this.#data(0), "key"), join(this.#data(n), "key"));
    }
    const server = new ServerProcess(this.#data(n), this.url, {
      options: ["--lease", String(leaseSeconds), ...(hasJobManager ? [] : ["--no-job-manager"])],
      // All are on one host, whose name they would have.
      environment: { TSUNAGI_JOB_MANAGER_NAME: `job-manager-${n + 1}` },
    });
    this.servers.push(server);
    await server.start();
  }

  async stop(): Promise<void> {
    for (const [n, server] of this.servers.entries()) {
      await server.stop(join(this.#data(n), "job-manager"));
    }
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks the database itself. */
  async query<Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.url });
    await client.connect();
    try {
      return (await client.query(sql, [...values])).rows as Row[];
    } finally {
      await client.end();
    }
  }

  /** The number of the seat that a server has now. */
  async seatOf(server: ServerProcess): Promise<number> {
    const place = `%${this.#data(this.servers.indexOf(server))}`;
    const rows = await this.query<{ id: string }>("select id from server where place like $1", [
      place,
    ]);
    return Number(rows[0]?.id ?? 0);
  }

  /** How many shards each server has. */
  async shards(): Promise<Map<number, number>> {
    const rows = await this.query<{ server: string; count: string }>(
      "select server, count(*) from shard group by server",
    );
    return new Map(rows.map(({ server, count }) => [Number(server), Number(count)]));
  }

  #data(n: number): string {
    return join(this.folder, `server${n + 1}`);
  }
}
