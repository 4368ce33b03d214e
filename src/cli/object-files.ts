/** `tsunagi object attach` and `download`: files of objects, of any size, without holding them in memory. */
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, openAsBlob, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { resolvePath, TsunagiError } from "#kernel";
import { connect, withConnection, type ConnectionOptions } from "./client.ts";
import { declare } from "./declare.ts";
import { mediaTypeOf } from "./media-type.ts";

interface AttachOptions extends ConnectionOptions {
  name?: string;
  type?: string;
  reason?: string;
  json?: boolean;
}

interface DownloadOptions extends ConnectionOptions {
  asOf?: string;
}

export function attachCommand(): Command {
  return withConnection(
    declare("attach", "Put a file into a field of an object", [
      "object attach /racks/r1 photo front.jpg",
      "object attach /racks/r1 manual m-2.pdf --name manual.pdf --reason 'new edition'",
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("<field>", "its field of kind file")
    .argument("<file>", "the file; up to 1 GB")
    .option("--name <name>", "the name under which it is kept; else the file's own")
    .option("--type <type>", "its media type; else by the end of its name")
    .option("--reason <text>", "why; it stands in the history")
    .option("--json", "print the object as JSON")
    .action(async (path: string, field: string, file: string, options: AttachOptions) => {
      const { name = basename(file), type = mediaTypeOf(name), reason } = options;
      const content = await openFile(file);
      const object = await connect(options).attach(resolvePath(path), field, content, {
        name,
        type,
        ...(reason === undefined ? {} : { reason }),
      });
      print(
        options.json === true
          ? JSON.stringify(object)
          : `${object.path} revision ${object.revision}: ${field} is ${name}, ${content.size} bytes`,
      );
    });
}

export function downloadCommand(): Command {
  return withConnection(
    declare("download", "Save the file in a field of an object", [
      "object download /racks/r1 photo",
      "object download /racks/r1 manual old.pdf --as-of 2026-11-20",
      "object download /racks/r1 photo - | display",
    ]),
  )
    .argument("<path>", "path of the object")
    .argument("<field>", "its field of kind file")
    .argument("[file]", "where to save it, `-` for standard output; else here, under its own name")
    .option(
      "--as-of <moment>",
      "as it was then: a time with its zone, a date, or a change's number",
    )
    .option("--json", "print errors as problem documents")
    .action(
      async (path: string, field: string, file: string | undefined, options: DownloadOptions) => {
        const download = await connect(options).download(resolvePath(path), field, options.asOf);
        if (file === "-") await save(download, process.stdout);
        else {
          const target = file ?? ownName(download.name, field);
          print(`${target}: ${await saveFile(download, target)} bytes`);
        }
      },
    );
}

interface Download {
  name: string | undefined;
  hash: string | undefined;
  bytes: ReadableStream<Uint8Array>;
}

async function openFile(file: string): Promise<Blob> {
  try {
    return await openAsBlob(file);
  } catch (cause) {
    const { message } = cause as Error;
    throw new TsunagiError("FILE_UNREADABLE", `${file} cannot be read: ${message}`, { cause });
  }
}

/** A name that the server gave: never a path, and never over a file that is there. */
function ownName(name: string | undefined, field: string): string {
  const target = name === undefined || /^\.*$|[/\\\0]/.test(name) ? field : name;
  if (!existsSync(target)) return target;
  throw new TsunagiError("FILE_UNWRITABLE", `there is a file ${target} already`, {
    details: { file: target },
    hint: `name where to save it: tsunagi object download PATH ${field} ${target}`,
  });
}

/** Under another name until all of it is there and right. */
export async function saveFile(download: Download, target: string): Promise<number> {
  const part = join(dirname(target), `.${randomUUID()}.part`);
  try {
    const size = await save(download, createWriteStream(part, { flags: "wx", flush: true }));
    renameSync(part, target);
    return size;
  } catch (error) {
    rmSync(part, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof TsunagiError || code === undefined) throw error;
    throw new TsunagiError("FILE_UNWRITABLE", `${target} cannot be written: ${message}`, {
      cause: error,
    });
  }
}

async function save({ bytes, hash }: Download, target: NodeJS.WritableStream): Promise<number> {
  const digest = createHash("sha256");
  let size = 0;
  const measured = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      digest.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.fromWeb(bytes), measured, target, { end: target !== process.stdout });
  } catch (cause) {
    if (cause instanceof TypeError) throw broken("the connection broke off", cause);
    throw cause;
  }
  if (hash !== undefined && digest.digest("hex") !== hash) {
    throw broken("what arrived is not what the server has", undefined);
  }
  return size;
}

function broken(what: string, cause: unknown): TsunagiError {
  return new TsunagiError("SERVER_UNREACHABLE", `the file was not saved: ${what}`, {
    hint: "Try again.",
    cause,
  });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
