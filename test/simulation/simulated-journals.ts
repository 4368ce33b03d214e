/**
 * The journals of job managers, with the fate of every write in hand. The journal is the real one, over SQLite in memory: what
 * it has written stays when its program ends, is lost with its disk, or is set back as from a backup.
 */
import { journalOn, type Journal } from "../../src/job-manager/journal.ts";
import { SqliteConnection } from "#runtime";
import type { Life } from "./scheduler.ts";

export type JournalFate = "written" | "refused" | "dies before" | "dies after";

const plain = { seal: (text: string) => text, open: (text: string) => text };
type Row = Record<string, string | number | null>;

/** The directory of one job manager. */
export class JournalDisk {
  readonly #connection = new SqliteConnection(":memory:");
  /** Whatever its tables are. */
  readonly #tables: readonly string[];
  /** The highest number that it has. */
  #taken = 0;
  #yesterday: { rows: Map<string, Row[]>; highest: number } | undefined;

  constructor() {
    this.open(undefined, () => "written");
    this.#tables = this.#connection
      .prepare("select name from sqlite_master where type = 'table'")
      .all()
      .map((row) => String(row["name"]));
  }

  open(life: Life | undefined, fate: () => JournalFate): Journal {
    const journal = journalOn(this.#connection, plain, ":memory:");
    return {
      ...journal,
      write: (batch) => {
        if (life?.isDead === true) throw new Error("a dead program writes nothing");
        const drawn = fate();
        if (drawn === "refused") throw new Error("the simulated disk is full");
        if (drawn !== "dies before") {
          journal.write(batch);
          this.#taken = Math.max(this.#taken, journal.highest());
        }
        if (drawn === "dies before" || drawn === "dies after") {
          life?.end();
          throw new Error("it was killed while it wrote");
        }
      },
      // The connection is the disk, and stays.
      close() {},
    };
  }

  /** Another disk: nothing is there. */
  clear(): void {
    for (const table of this.#tables) this.#connection.exec(`delete from ${table}`);
    this.#taken = 0;
  }

  /** What it holds now can be brought back. */
  backUp(): void {
    const rowsOf = (table: string) =>
      this.#connection.prepare(`select * from ${table}`).all() as Row[];
    this.#yesterday = {
      rows: new Map(this.#tables.map((table) => [table, rowsOf(table)])),
      highest: this.#taken,
    };
  }

  get identity(): string {
    const row = this.#connection.prepare("select value from meta where name = 'identity'").get();
    return String(row?.["value"] ?? "");
  }

  /** The highest number that the backup has taken. */
  get highestBackedUp(): number {
    return this.#yesterday?.highest ?? 0;
  }

  restore(): void {
    if (this.#yesterday === undefined) return;
    this.clear();
    this.#taken = this.#yesterday.highest;
    for (const [table, rows] of this.#yesterday.rows) {
      for (const row of rows) {
        const names = Object.keys(row);
        const marks = names.map(() => "?").join(", ");
        this.#connection
          .prepare(`insert into ${table} (${names.join(", ")}) values (${marks})`)
          .run(...Object.values(row));
      }
    }
  }

  forgetBackup(): void {
    this.#yesterday = undefined;
  }
}
