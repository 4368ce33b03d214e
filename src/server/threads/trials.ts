/**
 * Large imports that are only tried. An import is one change, and while it is written nothing else is; to try one on a copy of
 * the database, in a thread of its own, makes no process wait. One at a time, as a copy takes room on the disk; where there
 * is none, or the database is elsewhere, the engine tries it.
 */
import { readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { sqliteFileName } from "#database";
import type { ImportDocument } from "#contract";
import type { ArgumentOf, Credentials } from "../operations.ts";
import type { MessageLine } from "./message-line.ts";

/** How folders of copies begin, in the data directory. */
export const trialFolder = "trial-";

/** Smaller files are tried in less time than a thread needs to start. */
const worthBytes = 1_000_000;
/** What stays free for the database itself, beside the copy and what the trial writes into it. */
const spareBytes = 1_000_000_000;

export interface TrialThread {
  readonly line: MessageLine;
  readonly isReady: Promise<unknown>;
  stop(): Promise<void>;
}

export class Trials {
  readonly #data: string;
  readonly #start: () => TrialThread;
  /** By the id of the import. */
  readonly #running = new Map<string, TrialThread>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(data: string, start: () => TrialThread) {
    this.#data = data;
    this.#start = start;
    // Copies of a server that was killed.
    for (const name of readdirSync(data)) {
      if (name.startsWith(trialFolder)) rmSync(join(data, name), { recursive: true, force: true });
    }
  }

  /** Whether an import is better tried on a copy. */
  isWorth({ dryRun, file }: ArgumentOf<"transfer.import">): boolean {
    if (dryRun !== true || statSync(file).size < worthBytes) return false;
    const { size } = statSync(join(this.#data, sqliteFileName));
    const { bavail, bsize } = statfsSync(this.#data);
    return bavail * bsize > 2 * size + spareBytes;
  }

  /** The thread that tries the import of that id. */
  threadOf(id: string | undefined): TrialThread | undefined {
    return id === undefined ? undefined : this.#running.get(id);
  }

  import(
    credentials: Credentials,
    argument: ArgumentOf<"transfer.import">,
  ): Promise<ImportDocument> {
    const trial = this.#last.then(() => this.#run(credentials, argument));
    this.#last = trial.catch(() => undefined);
    return trial;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((thread) => thread.stop()));
  }

  async #run(
    credentials: Credentials,
    argument: ArgumentOf<"transfer.import">,
  ): Promise<ImportDocument> {
    const { id = "" } = argument;
    const thread = this.#start();
    this.#running.set(id, thread);
    try {
      await thread.isReady;
      const done = await thread.line.call("transfer.import", { credentials, argument });
      return done as ImportDocument;
    } finally {
      this.#running.delete(id);
      await thread.stop();
    }
  }
}
