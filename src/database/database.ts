import type { TsunagiError } from "#kernel";
import type { SqlDialect } from "./sql-dialect.ts";

/**
 * The door to SQL. Domains write portable SQL with `?` for parameters and know neither SQLite nor PostgreSQL;
 * what differs between the two is a method here.
 *
 * Writing transactions run strictly one after another (one writer); a reading one sees one moment.
 * A transaction is committed when its work resolves, and rolled back when it rejects. On PostgreSQL the work of a write may
 * be run again, when it met a transaction of another program: what it does outside of the transaction must bear that.
 * There, too, a statement that fails ends the transaction, unless it stands in a savepoint.
 */
export interface Database {
  readonly dialect: "sqlite" | "postgres";
  /** Why it cannot be reached at the moment (DATABASE_UNREACHABLE); it is tried again all the time. */
  readonly failure: TsunagiError | undefined;
  /** Connections that read, where there are some. */
  readonly pool?: { busy: number; idle: number; waiting: number };
  /** Where it was opened as one of several servers: its place among them. */
  readonly seat?: Seat | undefined;
  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * A server's place among those that work on one database. It has a lease, which somebody else renews (so that no slow commit
 * delays it), and loses its place when another one finds the lease run out: from then on whatever it writes is refused.
 */
export interface Seat {
  /** Its number, its epoch at once: each start of a server has another one, higher than all before. */
  readonly server: number;
  /** How long after its last sign of life the others take over, at most. */
  readonly leaseMs: number;
  /** The database's own clock, the only one that counts for leases: milliseconds since the epoch. */
  now(transaction: Transaction): Promise<number>;
  /** Tells the other servers something about what was committed. It may come late, doubled or never. */
  hint(text: string): void;
  /** Calls back with what other servers hint at. */
  onHint(listener: (text: string) => void): void;
}

export type SqlValue = null | number | string | Uint8Array;

/** All statements are prepared once and kept by their text, so the text must not hold values. */
export interface Transaction {
  /** What the databases say differently. */
  readonly dialect: SqlDialect;
  /** How often a savepoint took back what was written: who keeps what he has read looks whether it still counts. */
  readonly rollbacks: number;
  all<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  get<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row | undefined>;
  run(sql: string, parameters?: readonly SqlValue[]): Promise<{ changes: number }>;
  /** Runs a statement once for each of many rows of parameters, in their order, at far less than the price of so many runs. */
  runMany(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void>;
  /** Inserts into a table with an integer key `id` and gives the new id; ids grow with time. */
  insert(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
  /**
   * The next id of a table with an integer key `id`, for a row that is inserted with it later; there only where asking for each
   * would be dear. It is never given again, whatever becomes of the transaction.
   */
  newId?(table: string): Promise<number>;
  /** Takes back what the work wrote if it rejects, and lets the transaction go on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

/** One step of the schema's growth, applied once, in order of `name`, such as `objects/0001-tree`. */
export interface Migration {
  name: string;
  up(transaction: Transaction): Promise<void>;
}
