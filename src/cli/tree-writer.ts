/**
 * Objects as a folder of files, as `folder-tree.ts` reads it: what people compare in git, so that it is the same for the same
 * objects and holds nothing that changes by itself.
 *
 *   x.jobflow, x.sh …   the source, with x.yaml beside it for what else the object has
 *   x.yaml              any other object
 *   .files/x/F/N        the file N in the field F of the object x
 *   x/                  a Directory; with x.yaml if it has values or grants, or holds nothing
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { stringify } from "yaml";
import type { Json } from "#contract";
import { baseName, parentPath, TsunagiError } from "#kernel";
import { extensionOf, interpreterOf, treeFilesBelow } from "./folder-tree.ts";
import { attachmentsFolder } from "./tree-attachments.ts";
import { escape, foldName, toFileName } from "./tree-file-name.ts";

export interface ExportedObject {
  path: string;
  type: string;
  fields: Record<string, Json>;
  grants?: Record<string, string[]>;
  owner?: string;
}

/** What file systems take; a name of 128 Japanese characters is longer. */
const fileNameBytesMax = 255;

export class TreeWriter {
  readonly #top: string;
  readonly #base: string;
  readonly #fileNames: ReadonlyMap<string, string>;
  readonly #parents: ReadonlySet<string>;
  readonly #written = new Set<string>();
  changed = 0;

  /** `paths` are those of all objects that are to be written. */
  constructor(top: string, base: string, paths: readonly string[]) {
    this.#top = resolve(top);
    this.#base = base;
    this.#fileNames = fileNamesOf(paths, base);
    this.#parents = new Set(paths.map(parentPath));
  }

  write({ path, type, fields, grants, owner }: ExportedObject): void {
    const rights = { owner, grants };
    const hasRights = owner !== undefined || grants !== undefined;
    const { source, ...rest } = fields;
    const extension = typeof source === "string" ? extensionOf(type, fields) : undefined;
    if (extension === undefined || typeof source !== "string") {
      const isPlain = type === "Directory" && Object.keys(fields).length === 0;
      if (isPlain && !hasRights && this.#parents.has(path)) return;
      this.#put(path, ".yaml", yamlOf({ type, fields, ...rights }));
      return;
    }
    this.#put(path, extension, source);
    const known = interpreterOf(extension, source);
    const given = rest["interpreter"] ?? null;
    const beside = { ...rest };
    if (type === "Script" && known === given) delete beside["interpreter"];
    else if (type === "Script") beside["interpreter"] = given;
    if (Object.keys(beside).length > 0 || hasRights) {
      this.#put(path, ".yaml", yamlOf({ type, fields: beside, ...rights }));
    }
  }

  /** The path of an object's file, without what says its kind. */
  stemOf(path: string): string {
    return this.#fileOf(path);
  }

  /** Files that stand beside an object's own. */
  add(files: readonly string[], changed: number): void {
    for (const file of files) this.#written.add(file);
    this.changed += changed;
  }

  /** The files of objects that were not written. */
  leftOver(): string[] {
    if (!existsSync(this.#top)) return [];
    const files = [...treeFilesBelow(this.#top), ...attachmentsBelow(this.#top)];
    return files.filter((file) => !this.#written.has(file));
  }

  remove(files: readonly string[]): void {
    for (const file of files) rmSync(file);
    this.changed += files.length;
  }

  #put(path: string, extension: string, text: string): void {
    const file = this.#fileOf(path) + extension;
    this.#written.add(file);
    try {
      if (existsSync(file) && readFileSync(file, "utf8") === text) return;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    } catch (cause) {
      const { message } = cause as Error;
      throw new TsunagiError("FILE_UNWRITABLE", `${file} cannot be written: ${message}`, { cause });
    }
    this.changed += 1;
  }

  #fileOf(path: string): string {
    const names: string[] = [];
    let at = path;
    for (; at !== this.#base && at !== "/"; at = parentPath(at)) {
      const name = this.#fileNames.get(at) ?? toFileName(baseName(at));
      if (Buffer.byteLength(name) > fileNameBytesMax - ".jobflow".length) {
        throw new TsunagiError("NAME_INVALID", `the name of ${at} is too long for a file`, {
          hint: "Export it with --format yaml, into one file.",
        });
      }
      names.unshift(name);
    }
    return join(this.#top, ...names);
  }
}

function yamlOf({
  type,
  fields,
  grants,
  owner,
}: Omit<ExportedObject, "path" | "grants" | "owner"> & {
  grants: ExportedObject["grants"];
  owner: ExportedObject["owner"];
}): string {
  const object = {
    type,
    ...(owner === undefined ? {} : { owner }),
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(grants === undefined ? {} : { grants }),
  };
  return stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** All files in folders of attachments. */
function attachmentsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    const folders = relative(folder, entry.parentPath).split(sep);
    return entry.isFile() && folders.includes(attachmentsFolder) ? file : [];
  });
}

/** File names by path; what differs from another of its directory only by case is escaped, in order of name. */
function fileNamesOf(paths: readonly string[], base: string): Map<string, string> {
  const all = new Set<string>();
  for (const path of paths) {
    for (let at = path; at !== base && at !== "/" && !all.has(at); at = parentPath(at)) all.add(at);
  }
  const taken = new Map<string, Set<string>>();
  const names = new Map<string, string>();
  for (const path of [...all].toSorted((a, b) => (a < b ? 1 : -1))) {
    const parent = parentPath(path);
    const folded = taken.get(parent) ?? new Set();
    taken.set(parent, folded);
    const name = baseName(path);
    const file = toFileName(name, (each) => folded.has(each));
    // What stands in the folder `system` goes to /system.
    const isMistaken = parent === base && base !== "/" && file === "system";
    names.set(path, isMistaken ? escape("s") + "ystem" : file);
    folded.add(foldName(file));
  }
  return names;
}

/** How a file is called in what is said to people. */
export function shownFile(top: string, file: string): string {
  return relative(resolve(top), file);
}
