/**
 * A database of which a simulation has the fate of every transaction in hand: the third implementation of the contract beside
 * SQLite and PostgreSQL, held by the same conformance suite. SQL is done by SQLite in memory.
 *
 *   queued ─► begun (its work runs) ─► worked ──(the commit takes its time)──► committed | refused | lost …
 *                     ▲                                                         │
 *                     └───────────────── done once more ◄───────────────────────┘
 *
 * Invariants:
 *   D1  Transactions run one after another, whoever asks: their order is a serial one.
 *   D2  The end of a life takes back what it had begun, and drops what it had asked for: what was committed stays, and nothing else.
 *   D3  What was taken back can be done again by the same call only where the contract says so: a conflict, or a line to the
 *       database that broke before the commit arrived.
 *   D4  A lease is renewed beside the transactions: what is open neither holds it up nor takes it back.
 *   D5  A transaction whose life stands still ends without it, so that others are not held up (PostgreSQL's own time limits).
 */
import { foldText, TsunagiError } from "#kernel";
import {
  CommitNumbers,
  renewLease,
  takeSeat,
  type Database,
  type Migration,
  type Seat,
  type Transaction,
} from "#database";
import { SqliteConnection } from "#runtime";
import { applyMigrations } from "../../src/database/migrations.ts";
import { foldFunction } from "../../src/database/sqlite-dialect.ts";
import { PreparedConnection, SqliteTransaction } from "../../src/database/sqlite-transaction.ts";

/** Who uses the store: it is told when he ends. */
export interface StoreUser {
  readonly name: string;
  readonly isDead: boolean;
  end(): void;
}

/** When things happen. */
export interface Pacing<User extends StoreUser> {
  after(delayMs: number, user: User | null, label: string, run: () => void): unknown;
}

export type Fate =
  | "committed"
  /** The disk says no. */
  | "refused"
  /** Another transaction was in the way. */
  | "conflict"
  /** The line broke, and the commit had not arrived; it is found out, and done again. */
  | "lost before"
  /** The line broke, and the commit had arrived; it is found out. */
  | "lost after"
  /** As these two, for one who cannot find out. */
  | "unknown before"
  | "unknown after"
  /** kill -9 */
  | "dies before"
  | "dies after";

/** What happens to whom, as a simulation draws it. */
export interface StoreWeather<User extends StoreUser> {
  /** The database's own clock. */
  now(): number;
  /** How long a hint of one server takes to another; undefined: it is lost. */
  hintMs(): number | undefined;
  beginMs(): number;
  commitMs(user: User): number;
  fate(user: User): Fate;
  /** Until it is found out what became of a commit. */
  findOutMs(): number;
}

export const fairWeather: StoreWeather<StoreUser> = {
  now: () => Date.now(),
  hintMs: () => 0,
  beginMs: () => 0,
  commitMs: () => 0,
  fate: () => "committed",
  findOutMs: () => 0,
};

interface Work<User extends StoreUser> {
  readonly user: User;
  readonly isRead: boolean;
  readonly run: (transaction: Transaction) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  hasBegun: boolean;
  isLost: boolean;
}

const idleTransactionMaxMs = 3000;

export class SimulatedStore<User extends StoreUser> {
  readonly #connection: SqliteConnection;
  readonly #prepared: PreparedConnection;
  readonly #unreachable = new Map<User, TsunagiError>();
  #pacing: Pacing<User>;
  #weather: StoreWeather<User>;
  #queue: Work<User>[] = [];
  #open: Work<User> | undefined;
  #isBeginning = false;
  readonly #hintListeners = new Map<User, ((text: string) => void)[]>();
  /** Renewed while a transaction is open, to be done again if that is taken back (D4). */
  #renewed: { server: number; until: number }[] = [];
  /** Counts up; who looks at the store looks when it has changed. */
  commits = 0;

  constructor(pacing: Pacing<User>, weather: StoreWeather<User> = fairWeather) {
    this.#pacing = pacing;
    this.#weather = weather;
    this.#connection = new SqliteConnection(":memory:");
    this.#connection.function(foldFunction, { deterministic: true }, (text) =>
      typeof text === "string" ? foldText(text) : text,
    );
    this.#prepared = new PreparedConnection(this.#connection, "the simulated store");
  }

  /** The store as a program sees it that was started. */
  open(user: User): Database {
    return this.#database(user);
  }

  /** The store as one of several servers sees it; `onReplaced` when others have put it out. */
  async openServer(
    user: User,
    options: { place: string; leaseMs: number; onReplaced: () => void },
  ): Promise<Database> {
    const { place, leaseMs, onReplaced } = options;
    const server = await this.open(user).write((transaction) =>
      takeSeat(transaction, { place, leaseMs }, this.#now()),
    );
    const numbers = new CommitNumbers(server);
    const listeners: ((text: string) => void)[] = [];
    this.#hintListeners.set(user, listeners);
    const seat: Seat = {
      server,
      leaseMs,
      now: async () => this.#now(),
      hint: (text) => this.#hint(user, text),
      onHint: (listener) => void listeners.push(listener),
    };
    const begin = async (transaction: Transaction): Promise<void> => {
      try {
        await numbers.next(transaction);
      } catch (error) {
        onReplaced();
        throw error;
      }
    };
    return this.#database(user, { seat, begin });
  }

  /** False: the server was put out. Undefined: the database is not reached. */
  async renewLease(user: User, server: number, validMs: number): Promise<boolean | undefined> {
    if (this.#unreachable.has(user)) return undefined;
    const until = this.#now() + validMs;
    if (this.#open?.hasBegun === true) this.#renewed.push({ server, until });
    return renewLease(this.watcher(), server, until);
  }

  #database(
    user: User,
    own?: { seat: Seat; begin: (transaction: Transaction) => Promise<void> },
  ): Database {
    const failure = () => this.#unreachable.get(user);
    let isClosed = false;
    const submit = <T>(isRead: boolean, run: (transaction: Transaction) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        if (isClosed) throw new Error("the database is closed");
        this.#submit({
          user,
          isRead,
          run,
          resolve: resolve as (value: unknown) => void,
          reject,
          hasBegun: false,
          isLost: false,
        });
      });
    return {
      dialect: "sqlite",
      seat: own?.seat,
      get failure() {
        return failure();
      },
      read: (work) => submit(true, work),
      write: (work) =>
        submit(false, async (transaction) => {
          await own?.begin(transaction);
          return work(transaction);
        }),
      async close() {
        if (isClosed) return;
        await submit(true, async () => undefined).catch(() => undefined);
        isClosed = true;
      },
    };
  }

  #now(): number {
    return Math.floor(this.#weather.now());
  }

  /** To all who listen, the sender too, as PostgreSQL does. */
  #hint(from: User, text: string): void {
    if (this.#unreachable.has(from)) return;
    for (const [user, listeners] of this.#hintListeners) {
      const delayMs = this.#weather.hintMs();
      if (delayMs === undefined || this.#unreachable.has(user)) continue;
      this.#pacing.after(delayMs, user, `hint: ${text.slice(0, 40)}`, () => {
        for (const listener of listeners) listener(text);
      });
    }
  }

  /** Brings the schema up to date, as every program does that opens a database. */
  async openMigrated(user: User, migrations: readonly Migration[]): Promise<Database> {
    const database = this.open(user);
    await applyMigrations(database, migrations);
    return database;
  }

  /** Another simulation begins: everything is as it was at the mark. */
  begin(pacing: Pacing<User>, weather: StoreWeather<User>): void {
    this.#pacing = pacing;
    this.#weather = weather;
    this.#queue = [];
    this.#open = undefined;
    this.#isBeginning = false;
    this.#unreachable.clear();
    this.#hintListeners.clear();
    this.#renewed = [];
    this.commits = 0;
  }

  /** What follows can be taken back, as from a backup. No transaction may be open. */
  mark(name: "beginning" | "yesterday"): void {
    this.#do(`savepoint ${name}`);
  }

  /** Everything is as it was at the mark, which stays. */
  restore(name: "beginning" | "yesterday"): void {
    this.#do(`rollback to ${name}`);
    // SQLite gives back what it keeps for a savepoint only when it is released.
    this.#do(`release ${name}`);
    this.mark(name);
  }

  get isIdle(): boolean {
    return this.#open === undefined;
  }

  /** Looks at what is committed; for those who watch, and only while {@link isIdle}. */
  look<Row>(sql: string, parameters: readonly (string | number | null)[] = []): Row[] {
    return this.#prepared.statement(sql).all(...parameters) as Row[];
  }

  /** A transaction of a watcher's own, which writes nothing. */
  watcher(): Transaction {
    return new SqliteTransaction(this.#prepared);
  }

  /** (D2) */
  forget(user: User): void {
    this.#queue = this.#queue.filter((work) => work.user !== user);
    this.#unreachable.delete(user);
    this.#hintListeners.delete(user);
    if (this.#open?.user === user) this.#end(this.#open, "rollback");
  }

  /** The line of a program to the database breaks until then. */
  cut(user: User, message: string): void {
    this.#unreachable.set(user, unreachable(message));
    for (const work of this.#queue.filter((each) => each.user === user)) {
      work.reject(unreachable(message));
    }
    this.#queue = this.#queue.filter((work) => work.user !== user);
    if (this.#open?.user === user) this.#lose(this.#open);
  }

  mend(user: User): void {
    this.#unreachable.delete(user);
  }

  /** (D5) A host stands still; its transaction is ended if that lasts. */
  watchIdle(user: User): void {
    const work = this.#open;
    if (work?.user !== user) return;
    this.#pacing.after(idleTransactionMaxMs, null, "the database ends an idle transaction", () => {
      if (this.#open === work) this.#lose(work);
    });
  }

  #lose(work: Work<User>): void {
    work.isLost = true;
    this.#end(work, "rollback");
  }

  #submit(work: Work<User>): void {
    if (work.user.isDead) return;
    this.#queue.push(work);
    this.#next();
  }

  #next(): void {
    if (this.#open !== undefined || this.#isBeginning) return;
    const work = this.#queue[0];
    if (work === undefined) return;
    this.#isBeginning = true;
    // In the world and not in the life of who asked: that may stand still, and others go first then.
    this.#pacing.after(this.#weather.beginMs(), null, "begin?", () => {
      this.#isBeginning = false;
      const first = this.#queue.shift();
      if (first === undefined || this.#open !== undefined) {
        if (first !== undefined) this.#queue.unshift(first);
        return;
      }
      this.#open = first;
      this.#pacing.after(0, first.user, first.isRead ? "reads" : "begins", () =>
        this.#begin(first),
      );
    });
  }

  #begin(work: Work<User>): void {
    if (this.#open !== work) {
      if (work.isLost) work.reject(unreachable("the connection was lost"));
      return;
    }
    const failure = this.#unreachable.get(work.user);
    if (failure !== undefined) {
      this.#open = undefined;
      work.reject(failure);
      this.#next();
      return;
    }
    this.#do("savepoint work");
    work.hasBegun = true;
    const transaction = new SqliteTransaction(this.#prepared);
    void work.run(transaction).then(
      (value) => {
        transaction.close();
        if (work.isLost) return this.#afterLoss(work);
        this.#worked(work, value);
      },
      (error: unknown) => {
        transaction.close();
        if (work.user.isDead || this.#open !== work) return;
        this.#end(work, "rollback");
        work.reject(error);
      },
    );
  }

  #worked(work: Work<User>, value: unknown): void {
    if (work.user.isDead || this.#open !== work) return;
    if (work.isRead) {
      this.#end(work, "rollback");
      work.resolve(value);
      return;
    }
    this.#pacing.after(this.#weather.commitMs(work.user), work.user, "commits", () =>
      this.#commit(work, value),
    );
  }

  #commit(work: Work<User>, value: unknown): void {
    if (work.isLost) return this.#afterLoss(work);
    const { user } = work;
    const fate = this.#weather.fate(user);
    switch (fate) {
      case "committed":
        this.#end(work, "release");
        work.resolve(value);
        return;
      case "refused":
        this.#end(work, "rollback");
        work.reject(new TsunagiError("STORAGE_FULL", "the simulated disk is full"));
        return;
      case "conflict":
        this.#end(work, "rollback");
        this.#again(work);
        return;
      case "lost before":
      case "lost after":
        this.#end(work, fate === "lost after" ? "release" : "rollback");
        this.#unreachable.set(user, unreachable("the line broke during a commit"));
        this.#pacing.after(this.#weather.findOutMs(), user, "finds out", () => {
          this.mend(user);
          if (fate === "lost after") work.resolve(value);
          else this.#again(work);
        });
        return;
      case "unknown before":
      case "unknown after":
        this.#end(work, fate === "unknown after" ? "release" : "rollback");
        work.reject(
          new TsunagiError("COMMIT_UNKNOWN", "nobody knows what became of a commit", {
            details: { outcome: "unknown" },
          }),
        );
        return;
      case "dies before":
        user.end();
        return;
      case "dies after":
        this.#end(work, "release");
        user.end();
        return;
    }
  }

  /** (D3) */
  #afterLoss(work: Work<User>): void {
    work.isLost = false;
    this.#again(work);
  }

  #again(work: Work<User>): void {
    this.#queue.unshift(work);
    this.#next();
  }

  #end(work: Work<User>, how: "release" | "rollback"): void {
    if (this.#open !== work) return;
    this.#open = undefined;
    if (work.hasBegun) {
      work.hasBegun = false;
      if (how === "rollback") this.#do("rollback to work");
      this.#do("release work");
      if (how === "rollback") this.#renewAgain();
      this.#renewed = [];
    }
    if (how === "release") this.commits += 1;
    this.#next();
  }

  /** (D4) */
  #renewAgain(): void {
    for (const { server, until } of this.#renewed) {
      this.#prepared
        .command("update server_lease set until = ? where server = ?")
        .run(until, server);
    }
  }

  #do(sql: string): void {
    this.#prepared.command(sql).run();
  }
}

function unreachable(message: string): TsunagiError {
  return new TsunagiError("DATABASE_UNREACHABLE", `the simulated database: ${message}`);
}
