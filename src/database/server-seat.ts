/**
 * The right to be the one server of a PostgreSQL database, and the numbers of its commits.
 *
 * A lock of the session keeps a second server out, and ends with the connection. The row says which start of a server wrote
 * last (epoch) and how many transactions of that start were committed: each transaction raises the number first, so that a
 * server that was replaced while it was cut off is refused, and so that one which lost its connection in the middle of a
 * commit can look what became of it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { TsunagiError } from "#kernel";
import type { Migration } from "./database.ts";
import type { PostgresConnection } from "./postgres-connection.ts";

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
];

const seatLock = "1953723753, 2";
/** The session of a server that was killed ends when PostgreSQL has noticed. */
const waitMs = 3_000;
const pollMs = 100;

export class ServerSeat {
  #epoch = 0;
  #commits = 0;
  #session = 0;

  get isTaken(): boolean {
    return this.#epoch > 0;
  }

  /** At the start. DATABASE_IN_USE if another server has it. */
  async take(connection: PostgresConnection): Promise<void> {
    await this.#lock(connection);
    const { rows } = await connection.send(
      "update server_seat set epoch = epoch + 1, commits = 0 where id = 1 returning epoch",
    );
    this.#epoch = (rows as { epoch: number }[])[0]?.epoch ?? 0;
    this.#commits = 0;
  }

  /** On a new connection. DATABASE_IN_USE if another server has it, or has had it meanwhile. */
  async takeAgain(connection: PostgresConnection): Promise<void> {
    // PostgreSQL may not have noticed yet that nobody is at the other end of it.
    await connection.send(
      `select pg_terminate_backend(pid) from pg_locks
        where pid = ? and locktype = 'advisory' and classid = 1953723753 and objid = 2
          and database = (select oid from pg_database where datname = current_database())`,
      [this.#session],
    );
    await this.#lock(connection);
    const { rows } = await connection.send("select epoch from server_seat where id = 1");
    if ((rows as { epoch: number }[])[0]?.epoch !== this.#epoch) throw replaced(connection);
  }

  /** Numbers the transaction that was begun last; rejects if this server may not write any more. */
  async number(connection: PostgresConnection): Promise<void> {
    this.#commits += 1;
    const { count } = await connection.send(
      "update server_seat set commits = ? where id = 1 and epoch = ?",
      [this.#commits, this.#epoch],
    );
    if (count !== 1) throw replaced(connection);
  }

  /** Whether the transaction that was numbered last was committed. */
  async hasCommitted(connection: PostgresConnection): Promise<boolean> {
    const { rows } = await connection.send("select commits from server_seat where id = 1");
    return (rows as { commits: number }[])[0]?.commits === this.#commits;
  }

  async #lock(connection: PostgresConnection): Promise<void> {
    for (const started = Date.now(); ; await sleep(pollMs)) {
      const { rows } = await connection.send(
        `select pg_try_advisory_lock(${seatLock}) as taken, pg_backend_pid() as session`,
      );
      const [answer] = rows as { taken: number; session: number }[];
      this.#session = answer?.session ?? 0;
      if (answer?.taken === 1) return;
      if (Date.now() - started > waitMs) {
        throw new TsunagiError("DATABASE_IN_USE", `another server uses ${connection.place}`, {
          hint: "stop the other server first; only one works on a database at a time",
        });
      }
    }
  }
}

function replaced(connection: PostgresConnection): TsunagiError {
  return new TsunagiError(
    "DATABASE_IN_USE",
    `another server took over ${connection.place} while this one was cut off from it`,
    { hint: "stop one of the two servers" },
  );
}
