/**
 * Files of objects beside the files that stand for the objects: `.files/x/F/N` is the file N in the field F of the object x of
 * that directory. A name with a dot in front is no object, so that an attached script is not taken for one.
 *
 * What counts is the content: a file that somebody replaced in the folder is another one, whatever hash stands in the YAML.
 */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, openAsBlob } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Json } from "#contract";
import { TsunagiError } from "#kernel";
import type { Client } from "./client.ts";
import type { TreeObject } from "./folder-tree.ts";
import { mediaTypeOf } from "./media-type.ts";
import { saveFile } from "./object-files.ts";
import { toFileName } from "./tree-file-name.ts";

/** The folder beside the files of objects that holds what is attached to them. */
export const attachmentsFolder = ".files";

/** What a field of kind `file` shows. */
interface FileValue {
  name: string;
  type: string;
  size: number;
  hash: string;
}

/** The files that fields of an object name, by field. */
export function filesIn(fields: Record<string, Json>): [string, FileValue][] {
  return Object.entries(fields).flatMap(([field, value]) =>
    isFileValue(value) && !field.includes("/") ? [[field, value] as [string, FileValue]] : [],
  );
}

/** Where a file of an object stands; `stem` is the object's own file without what says its kind. */
export function attachmentFile(stem: string, field: string, { name, hash }: FileValue): string {
  const file = toFileName(name);
  const short = Buffer.byteLength(file) > 255 ? hash : file;
  return join(dirname(stem), attachmentsFolder, basename(stem), toFileName(field), short);
}

/** Saves the files of an object; gives where they stand, and how many were not there like this. */
export async function saveAttachments(
  client: Client,
  stem: string,
  { path, fields }: { path: string; fields: Record<string, Json> },
  asOf: string | undefined,
): Promise<{ files: string[]; changed: number }> {
  const files: string[] = [];
  let changed = 0;
  for (const [field, value] of filesIn(fields)) {
    const file = attachmentFile(stem, field, value);
    files.push(file);
    if (existsSync(file) && (await contentOf(file)).hash === value.hash) continue;
    mkdirSync(dirname(file), { recursive: true });
    await saveFile(await client.download(path, field, asOf), file);
    changed += 1;
  }
  return { files, changed };
}

/** Uploads what stands beside an object and the server does not have there; gives the fields as they are to be written. */
export async function uploadAttachments(
  client: Client,
  object: TreeObject,
): Promise<Record<string, Json>> {
  const stem = object.file.slice(0, object.file.lastIndexOf("."));
  const fields = { ...object.fields };
  let there: Record<string, Json> | undefined;
  for (const [field, value] of filesIn(object.fields)) {
    const file = attachmentFile(stem, field, value);
    if (!existsSync(file)) continue;
    const { hash, size } = await contentOf(file);
    const type = value.hash === hash ? value.type : mediaTypeOf(value.name);
    fields[field] = { name: value.name, type, size, hash };
    there ??= await fieldsOf(client, object.path);
    const known = there[field];
    if (isFileValue(known) && known.hash === hash) continue;
    await client.upload(await openAsBlob(file));
  }
  return fields;
}

async function fieldsOf(client: Client, path: string): Promise<Record<string, Json>> {
  try {
    return (await client.get(path)).fields;
  } catch (error) {
    const isAbsent = error instanceof TsunagiError && error.code === "OBJECT_NOT_FOUND";
    const isUnreadable = error instanceof TsunagiError && error.code === "PERMISSION_DENIED";
    if (isAbsent || isUnreadable) return {};
    throw error;
  }
}

async function contentOf(file: string): Promise<{ hash: string; size: number }> {
  const digest = createHash("sha256");
  let size = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    digest.update(chunk);
    size += chunk.length;
  }
  return { hash: digest.digest("hex"), size };
}

function isFileValue(value: Json | undefined): value is Json & FileValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { name, type, size, hash, ...others } = value;
  return (
    typeof name === "string" &&
    !/^\.*$|[/\\\0]/.test(name) &&
    typeof type === "string" &&
    typeof size === "number" &&
    typeof hash === "string" &&
    /^[0-9a-f]{64}$/.test(hash) &&
    Object.keys(others).length === 0
  );
}
