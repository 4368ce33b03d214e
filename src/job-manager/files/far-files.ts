import { createReadStream, createWriteStream } from "node:fs";
import { chmod, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SFTPWrapper, Stats } from "ssh2";

/**
 * The files at the other end of a copy: of a host by SFTP, or of the job manager's own host. Memory is bounded, however
 * large a file is.
 */
export interface FarFiles {
  /** Undefined if there is none. */
  find(path: string): Promise<FoundFile | undefined>;
  /** Copies a file from here to there. */
  send(from: string, to: string, options: CopyOptions): Promise<void>;
  /** Copies a file from there to here. */
  fetch(from: string, to: string, options: CopyOptions): Promise<void>;
  write(path: string, bytes: Uint8Array, mode: number): Promise<void>;
  /** The beginning of a file. */
  read(path: string, bytesMax: number): Promise<Buffer>;
  /** Takes the place of what may be there. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export interface FoundFile {
  /** Where it really is. */
  path: string;
  isFile: boolean;
  isDirectory: boolean;
  mode: number;
  size: number;
}

export interface CopyOptions {
  mode: number;
  progress: (bytes: number) => void;
  signal: AbortSignal;
}

const modeBits = 0o7777;
const noSuchFile = 2;

export function sftpFiles(sftp: SFTPWrapper): FarFiles {
  const call = <T = void>(begin: (done: (error?: Error | null, value?: T) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      // A connection that ends does not answer what was asked.
      const lost = () => reject(new ConnectionLost("the connection was lost"));
      sftp.once("close", lost);
      const settle = (error?: Error | null, value?: T) => {
        sftp.removeListener("close", lost);
        if (error == null) resolve(value as T);
        else reject(error);
      };
      try {
        begin(settle);
      } catch (error) {
        settle(error as Error);
      }
    });
  // Several copies at once would have many listeners; it is one each, and goes with its answer.
  sftp.setMaxListeners(0);
  return {
    async find(path) {
      let found: Stats;
      try {
        found = await call<Stats>((done) => sftp.stat(path, done));
      } catch (error) {
        if ((error as { code?: number }).code === noSuchFile) return undefined;
        throw error;
      }
      return {
        path: await call<string>((done) => sftp.realpath(path, done)),
        isFile: found.isFile(),
        isDirectory: found.isDirectory(),
        mode: found.mode & modeBits,
        size: found.size,
      };
    },
    send: (from, to, { mode, progress }) =>
      call((done) => sftp.fastPut(from, to, { mode, step: progress }, done)),
    fetch: (from, to, { mode, progress }) =>
      call((done) => sftp.fastGet(from, to, { mode, step: progress }, done)),
    write: (path, bytes, mode) =>
      call((done) => sftp.writeFile(path, Buffer.from(bytes), { mode }, done)),
    read: (path, bytesMax) =>
      call<Buffer>((done) => {
        const chunks: Buffer[] = [];
        const stream = sftp.createReadStream(path, { start: 0, end: bytesMax - 1 });
        stream.on("data", (chunk: Buffer) => void chunks.push(chunk));
        stream.on("error", (error: Error) => done(error));
        stream.on("end", () => done(null, Buffer.concat(chunks)));
      }),
    async rename(from, to) {
      try {
        await call((done) => sftp.ext_openssh_rename(from, to, done));
      } catch (error) {
        if (!/not support/i.test((error as Error).message)) throw error;
        // Version 3 of the protocol renames to a free name only.
        await call((done) => sftp.unlink(to, done)).catch(() => {});
        await call((done) => sftp.rename(from, to, done));
      }
    },
    remove: (path) => call((done) => sftp.unlink(path, done)),
  };
}

/** Of the job manager's own host. */
export const localFiles: FarFiles = {
  async find(path) {
    const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (found === undefined) return undefined;
    return {
      path: await realpath(path),
      isFile: found.isFile(),
      isDirectory: found.isDirectory(),
      mode: found.mode & modeBits,
      size: found.size,
    };
  },
  send: copyHere,
  fetch: copyHere,
  async write(path, bytes, mode) {
    await writeFile(path, bytes, { mode, flag: "wx" });
    await chmod(path, mode);
  },
  async read(path, bytesMax) {
    const chunks: Buffer[] = [];
    for await (const chunk of createReadStream(path, { end: bytesMax - 1 })) {
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  },
  rename,
  remove: (path) => rm(path),
};

async function copyHere(from: string, to: string, options: CopyOptions): Promise<void> {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      options.progress(bytes);
      done(null, chunk);
    },
  });
  let bytes = 0;
  await pipeline(
    createReadStream(from),
    counter,
    createWriteStream(to, { mode: options.mode, flags: "wx" }),
    { signal: options.signal },
  );
  await chmod(to, options.mode);
}

export class ConnectionLost extends Error {
  override name = "ConnectionLost";
}
