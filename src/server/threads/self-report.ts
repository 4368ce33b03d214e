import type { StatusDocument } from "#contract";
import { systemClock, TsunagiError, type Figure } from "#kernel";
import { version } from "#runtime";
import { lastBackup } from "../backup/backup-record.ts";
import { programFigures } from "../figures/program-figures.ts";
import { ThreadFigures } from "../figures/thread-figures.ts";
import type { Credentials } from "../operations.ts";
import { diskHealth } from "../status/disk-health.ts";
import {
  statusDocument,
  withoutDetails,
  type EngineHealth,
  type InstallationHealth,
} from "../status/status-document.ts";
import type { MessageLine } from "./message-line.ts";
import type { Reader } from "./reader.ts";

/** A load balancer gives up soon after; what takes longer is not well. */
const answerMaxMs = 2_000;

/** Whoever asks often gets the same answer: the address is open to everybody. */
const statusAgeMs = 1_000;

/**
 * What a server says of itself: what its threads have counted, and how they stand. It is asked on the thread that keeps the
 * sockets, so that an engine that stands still is told of, too. How it stands is asked often, and starts no reader.
 */
export class SelfReport {
  readonly #engine: MessageLine;
  readonly #reader: Reader;
  readonly #data: string;
  readonly #isSqlite: boolean;
  readonly #own = new ThreadFigures("gateway");
  readonly #startedAt = systemClock.now();
  #status: { document: Promise<StatusDocument>; until: number } | undefined;

  constructor(options: { engine: MessageLine; reader: Reader; data: string; isSqlite: boolean }) {
    this.#engine = options.engine;
    this.#reader = options.reader;
    this.#data = options.data;
    this.#isSqlite = options.isSqlite;
  }

  async figures(credentials: Credentials): Promise<Figure[]> {
    // Which asks whether he may.
    const reader = (await this.#reader.call("figures", { credentials })) as Figure[];
    const engine = (await timely(this.#engine.call("figures", {}))) as Figure[] | undefined;
    const program = await programFigures(this.#data, this.#isSqlite);
    return [...program, ...this.#own.list(), ...reader, ...(engine ?? [])];
  }

  async status(credentials: Credentials): Promise<StatusDocument> {
    const now = systemClock.now();
    if (this.#status === undefined || now > this.#status.until) {
      this.#status = { document: this.#look(), until: now + statusAgeMs };
    }
    const document = await this.#status.document;
    if (credentials.kind === "none") return withoutDetails(document);
    const isForHim = await timely(this.#engine.call("may-see-details", { credentials }));
    return isForHim === true ? document : withoutDetails(document);
  }

  async #look(): Promise<StatusDocument> {
    const [engine, installation, disk] = await Promise.all([
      timely(this.#engine.call("health", {})),
      timely(this.#engine.call("installation-health", {})),
      diskHealth(this.#data),
    ]);
    return statusDocument({
      version,
      startedAt: this.#startedAt,
      now: systemClock.now(),
      engine: engine as EngineHealth | undefined,
      installation: installation as InstallationHealth | undefined,
      disk,
      backup: this.#isSqlite ? lastBackup(this.#data) : undefined,
    });
  }
}

/** What a thread answers in time; undefined if it does not, or is gone. A caller's own fault is thrown. */
async function timely(answer: Promise<unknown>): Promise<unknown> {
  let takeBack = (): void => undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    takeBack = systemClock.after(answerMaxMs, () => resolve(undefined));
  });
  try {
    return await Promise.race([answer, tooLate]);
  } catch (error) {
    if (error instanceof TsunagiError && error.status < 500) throw error;
    return undefined;
  } finally {
    takeBack();
  }
}
