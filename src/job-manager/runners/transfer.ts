import { randomUUID } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { SFTPWrapper } from "ssh2";
import { outputMaxBytes, type SshTarget, type TransferSpec } from "#contract";
import type { Clock } from "#kernel";
import { fromWireBytes } from "../capture.ts";
import { ConnectionLost, localFiles, sftpFiles, type FarFiles } from "../files/far-files.ts";
import { FileDirectory, FileFault } from "../files/file-directory.ts";
import type { Ending, Runner, RunnerEvents, RunningCommand } from "../runner.ts";
import { openOn } from "../ssh/channel.ts";
import {
  place as placeOf,
  refused,
  tellKeys,
  unknown,
  unreachable,
  type Failure,
} from "../ssh/connection.ts";
import type { Place, SshPool } from "../ssh/pool.ts";

export interface TransferRunnerOptions {
  pool: SshPool;
  clock: Clock;
  /** Files on this host are found and left below it; see {@link FileDirectory}. */
  directory: string;
}

/**
 * Copies a file to a host or from it.
 *
 *   copy under another name, beside the target ─► take the target's place
 *
 * Until the last step the target is as it was; a copy that fails or is given up leaves nothing behind, as long as the
 * host can still be reached.
 */
export function transferRunner(options: TransferRunnerOptions): Runner<TransferSpec> {
  const { pool, clock } = options;
  const directory = new FileDirectory(options.directory);
  return {
    start(spec, events) {
      const { target } = spec;
      const copy = new Copy(spec, directory, clock, events);
      if (target.kind === "none") copy.end(refused("the connection type 'none' copies no files"));
      else if (target.kind === "local") copy.run(localFiles, "the job manager's host", () => {});
      else openFiles(pool, target, copy, events);
      return copy;
    },
    close() {},
  };
}

function openFiles(pool: SshPool, target: SshTarget, copy: Copy, events: RunnerEvents): void {
  const takeBack = openOn<SFTPWrapper>(
    pool,
    target,
    (connection, opened, failed) => connection.files(opened, failed),
    {
      opened(sftp, place: Place) {
        tellKeys(target, place.connection, events);
        // What a dead connection means is said by what was asked of it.
        sftp.on("error", () => {});
        copy.run(sftpFiles(sftp), placeOf(target), () => {
          sftp.end();
          place.giveBack();
        });
      },
      failed: (failure) => copy.end(failure),
    },
  );
  copy.onGivenUpInLine(takeBack);
}

/** Lines of progress are for people. */
const progressIntervalMs = 1000;

class Copy implements RunningCommand {
  readonly #spec: TransferSpec;
  readonly #directory: FileDirectory;
  readonly #clock: Clock;
  readonly #events: RunnerEvents;
  readonly #abort = new AbortController();
  #takeBack: () => boolean = () => false;
  #isRunning = false;
  #hasEnded = false;
  #isRenaming = false;
  #shownAt = 0;

  constructor(spec: TransferSpec, directory: FileDirectory, clock: Clock, events: RunnerEvents) {
    this.#spec = spec;
    this.#directory = directory;
    this.#clock = clock;
    this.#events = events;
  }

  onGivenUpInLine(takeBack: () => boolean): void {
    this.#takeBack = takeBack;
  }

  signal(): void {
    this.#abort.abort();
    this.#takeBack();
    if (!this.#isRunning) this.end(cancelled);
  }

  release(): void {
    this.end(unknown("the copy could not be ended; whether the file was replaced is not known"));
  }

  pause(): void {}
  resume(): void {}

  end(ending: Ending): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#events.ended(ending);
  }

  run(far: FarFiles, place: string, done: () => void): void {
    if (this.#hasEnded) return done();
    this.#isRunning = true;
    this.#shownAt = this.#clock.now();
    this.#events.started();
    this.#copy(far)
      .then(
        (ending) => this.end(ending),
        (error: unknown) => this.end(this.#failure(error as Error, place)),
      )
      .finally(done);
  }

  #copy(far: FarFiles): Promise<Ending> {
    const { direction, near } = this.#spec;
    if (direction === "put") return this.#put(far);
    return near.kind === "file" ? this.#get(far, near.name) : this.#read(far);
  }

  async #put(far: FarFiles): Promise<Ending> {
    const { near, path } = this.#spec;
    const target = await far.find(path);
    if (target?.isDirectory === true) throw new FileFault(`${path} is a directory; name the file`);
    const final = target?.path ?? path;
    const temporary = besides(final);
    const remove = () => far.remove(temporary);
    if (near.kind === "file") {
      const source = this.#directory.source(near.name);
      const { mode, size } = await fileHere(source, near.name);
      await this.#guarded(far.send(source, temporary, this.#options(mode, size)), remove);
    } else {
      const mode = target?.mode ?? 0o644;
      await this.#guarded(far.write(temporary, fromWireBytes(near), mode), remove);
    }
    this.#isRenaming = true;
    await this.#guarded(far.rename(temporary, final), remove);
    return { kind: "exited", status: 0 };
  }

  async #get(far: FarFiles, name: string): Promise<Ending> {
    const { path } = this.#spec;
    const source = await this.#source(far);
    const final = this.#directory.target(name);
    if ((await stat(final).catch(() => undefined))?.isDirectory() === true) {
      throw new FileFault(`'${name}' is a directory of the job manager; name the file`);
    }
    const temporary = besides(final);
    const remove = () => rm(temporary, { force: true });
    const options = this.#options(source.mode, source.size);
    await this.#guarded(far.fetch(path, temporary, options), remove);
    await this.#guarded(rename(temporary, final), remove);
    return { kind: "exited", status: 0 };
  }

  async #read(far: FarFiles): Promise<Ending> {
    const { path } = this.#spec;
    await this.#source(far);
    const bytes = await this.#guarded(far.read(path, outputMaxBytes + 1), async () => {});
    if (bytes.length > outputMaxBytes) {
      throw new FileFault(
        `${path} is larger than the ${outputMaxBytes / 1024 / 1024} MB that $RESULT holds; get it into a file: get('${path}', 'a/name')`,
      );
    }
    if (!isUtf8(bytes)) return { kind: "exited", status: 0, base64: bytes.toString("base64") };
    if (bytes.length > 0) this.#events.output("stdout", bytes);
    return { kind: "exited", status: 0 };
  }

  async #source(far: FarFiles): Promise<{ mode: number; size: number }> {
    const { path } = this.#spec;
    const source = await far.find(path);
    if (source === undefined) throw new FileFault(`there is no file ${path}`);
    if (!source.isFile) throw new FileFault(`${path} is no file that could be copied`);
    return source;
  }

  /** What was begun is taken away if it does not come to its end. */
  async #guarded<T>(step: Promise<T>, remove: () => Promise<void>): Promise<T> {
    const givenUp = Promise.withResolvers<never>();
    const giveUp = () => givenUp.reject(new GivenUp());
    const { signal } = this.#abort;
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    try {
      return await Promise.race([step, givenUp.promise]);
    } catch (error) {
      // The step's own end says nothing more.
      step.catch(() => {});
      if (!(error instanceof ConnectionLost)) await remove().catch(() => {});
      throw error;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #options(mode: number, size: number) {
    return {
      mode,
      signal: this.#abort.signal,
      progress: (bytes: number) => this.#showProgress(bytes, size),
    };
  }

  #showProgress(bytes: number, size: number): void {
    const now = this.#clock.now();
    if (this.#hasEnded || now - this.#shownAt < progressIntervalMs) return;
    this.#shownAt = now;
    const percent = size === 0 ? 100 : Math.floor((100 * bytes) / size);
    const line = `${percent} % (${megabytes(bytes)} of ${megabytes(size)} MB)\n`;
    this.#events.output("stderr", Buffer.from(line));
  }

  #failure(error: Error, place: string): Failure {
    const { path, direction } = this.#spec;
    if (error instanceof GivenUp) return cancelled;
    if (error instanceof ConnectionLost) {
      const lost = `the connection to ${place} was lost while ${path} was copied`;
      if (this.#isRenaming) return unknown(`${lost}; whether it was replaced is not known`);
      const rest =
        direction === "put" ? "; it is as it was, but a part of the copy may lie beside it" : "";
      return unreachable(lost + rest);
    }
    if (error instanceof FileFault) return refused(`${error.message} (${place})`);
    return refused(`${path} could not be copied (${place}): ${error.message}`);
  }
}

class GivenUp extends Error {}

const cancelled: Failure = { kind: "failed", reason: "cancelled", message: "nothing was replaced" };

async function fileHere(path: string, name: string): Promise<{ mode: number; size: number }> {
  const found = await stat(path);
  if (!found.isFile()) throw new FileFault(`'${name}' of the job manager is no file`);
  return { mode: found.mode & 0o7777, size: found.size };
}

/** In the same directory, so that it can take the other's place in one step. */
function besides(path: string): string {
  return join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.tsunagi-${randomUUID().slice(0, 8)}`,
  );
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
