/**
 * A folder of files as a tree of objects, in the format of `tsunagi export`:
 *
 *   x.jobflow        a Jobflow with that source
 *   x.sh x.py …      a Script with that source
 *   x.yaml           any object: `type: …`, `owner: …`, `fields: {…}`, `grants: {…}`; beside a source, what else that object has
 *   .files/x/F/N     the file N in the field F of the object x (`tree-attachments.ts`)
 *   x/               a Directory, unless x.yaml says what it is; left out if no object is in it
 *   system/          goes to /system, also where the rest gets another place
 *
 * Left out: names that begin with a dot, `node_modules`, `*.test.yaml` (rehearsals) and everything else,
 * such as README.md. What is no file name is escaped in it (`tree-file-name.ts`).
 *
 * Reading never fails because of one file: what is wrong is collected as faults, and the caller decides
 * whether he can do without these objects.
 */
import { readdirSync, readFileSync, type Dirent } from "node:fs";
import { extname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import type { Json } from "#contract";
import { joinPath, nameFault, parentPath, TsunagiError } from "#kernel";
import { fromFileName } from "./tree-file-name.ts";

export interface TreeObject {
  path: string;
  type: string;
  fields: Record<string, Json>;
  /** Rights by `user:NAME`, `group:NAME`, `everyone`. */
  grants?: Record<string, Json>;
  /** The name of the user to whom it belongs. */
  owner?: string;
  /** Whether it is only there because there is a folder. */
  isImplied?: boolean;
  /** Where it was read. */
  file: string;
}

export interface TreeFault {
  file: string;
  message: string;
}

export interface FolderTree {
  /** In order of path, but what an object needs comes before it: its directory, its type, what it refers to. */
  objects: TreeObject[];
  faults: TreeFault[];
}

/** The interpreter of a script that does not name its own in the first line. */
const interpreters: Readonly<Record<string, string>> = {
  ".sh": "/bin/sh",
  ".bash": "bash",
  ".py": "python3",
  ".rb": "ruby",
  ".pl": "perl",
  ".js": "node",
  ".php": "php",
};

// More than any tree of procedures; who starts `run` in a home directory shall not wait for ever.
const entriesMax = 50_000;

/** Reads a folder; its objects get paths below `base`. */
export function readFolderTree(folder: string, base = "/"): FolderTree {
  const top = resolve(folder);
  const reader = new FolderReader(top);
  reader.read(top, base);
  return { objects: inOrderOfNeed(reader.objects), faults: reader.faults };
}

/**
 * Reads of a folder only what is needed: the objects at the paths that `needsOf` names, all below those that are folders,
 * and what these need in turn. So a flow can be run in any folder, however much else is in there.
 */
export function readNeededTree(
  folder: string,
  first: readonly string[],
  needsOf: (object: TreeObject) => readonly string[],
): FolderTree {
  const reader = new FolderReader(resolve(folder));
  const visited = new Set<string>();
  const expanded = new Set<TreeObject>();
  let open = [...first];
  while (open.length > 0) {
    for (const path of open) if (!visited.has(path)) reader.readPath(path);
    for (const path of open) visited.add(path);
    const added = [...reader.objects.values()].filter((object) => !expanded.has(object));
    for (const object of added) expanded.add(object);
    // The directories on the way to an object are read with it, without what else is in them.
    open = added.flatMap((object) => [...neededPaths(object).slice(1), ...needsOf(object)]);
    open = open.filter((path) => path.startsWith("/") && !visited.has(path));
  }
  return { objects: inOrderOfNeed(reader.objects), faults: reader.faults };
}

/** The names of what may stand directly below a path of the tree; none where there is no such folder. */
export function readNames(folder: string, path: string): string[] {
  return new FolderReader(resolve(folder)).names(path);
}

/** Throws unless the whole folder could be read. */
export function assertNoFaults(faults: readonly TreeFault[]): void {
  const [first, ...others] = faults;
  if (first === undefined) return;
  const more = others.map((each) => `\n  ${each.file}: ${each.message}`).join("");
  throw new TsunagiError("FILE_UNREADABLE", `${first.file}: ${first.message}${more}`, {
    details: { faults },
    hint: "A YAML file of a tree holds `type: …` and `fields: …`; rename what is something else.",
  });
}

class FolderReader {
  readonly faults: TreeFault[] = [];
  readonly objects = new Map<string, TreeObject>();
  readonly #top: string;
  /** Files that were joined with another one. */
  readonly #beside = new Set<string>();
  #entries = 0;

  constructor(top: string) {
    this.#top = top;
  }

  /** Gives whether any object is in the folder. */
  read(folder: string, path: string): boolean {
    const entries = this.#list(folder);
    let holdsObjects = false;
    for (const entry of entries) {
      const file = join(folder, entry.name);
      holdsObjects =
        (entry.isDirectory() ? this.#readFolder(file, path) : this.#readFile(file, path)) ||
        holdsObjects;
    }
    return holdsObjects;
  }

  /** Reads what stands at one path, with all below it, and the directories on the way. */
  readPath(path: string): void {
    let folder = this.#top;
    let parent = "/";
    const names = path.split("/").filter(Boolean);
    if (names.length === 0) this.read(folder, "/");
    for (const [index, name] of names.entries()) {
      const here = joinPath(parent, name);
      let next: string | undefined;
      for (const entry of this.#list(folder)) {
        const file = join(folder, entry.name);
        if (entry.isDirectory() && nameOf(entry.name) === name) {
          next = file;
          if (index === names.length - 1) this.#readFolder(file, parent);
        } else if (!entry.isDirectory() && nameOf(withoutExtension(entry.name)) === name) {
          this.#readFile(file, parent);
        }
      }
      if (next === undefined) return;
      if (!this.objects.has(here)) this.#addImplied(here, next);
      folder = next;
      parent = here;
    }
  }

  names(path: string): string[] {
    let folder: string | undefined = this.#top;
    for (const name of path.split("/").filter(Boolean)) {
      const entries: Dirent[] = this.#list(folder).filter((entry) => entry.isDirectory());
      const entry = entries.find((each) => nameOf(each.name) === name);
      if (entry === undefined) return [];
      folder = join(folder, entry.name);
    }
    return this.#list(folder).flatMap((entry) => {
      if (entry.isDirectory()) return nameOf(entry.name);
      if (kindOf(entry.name, extname(entry.name)) === undefined) return [];
      return nameOf(withoutExtension(entry.name));
    });
  }

  #list(folder: string): Dirent[] {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      // What others keep to themselves below /tmp is no part of the tree; the top itself must be there.
      if (folder === this.#top) throw unreadable(folder, error);
      return [];
    }
    this.#entries += entries.length;
    if (this.#entries > entriesMax) {
      throw new TsunagiError("LIMIT_EXCEEDED", `${this.#top} holds more than ${entriesMax} files`, {
        hint: "Keep the jobflows in a folder of their own, or name the tree's folder with --root.",
      });
    }
    return entries
      .filter((each) => !each.name.startsWith(".") && each.name !== "node_modules")
      .filter((each) => each.isDirectory() || each.isFile() || each.isSymbolicLink())
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #readFolder(folder: string, parent: string): boolean {
    // What is of the system has its one place, wherever the rest goes.
    const isSystem = folder === join(this.#top, "system");
    const path = isSystem ? "/system" : joinPath(parent, nameOf(folder));
    if (!this.read(folder, path)) return false;
    if (!this.objects.has(path)) this.#addImplied(path, folder);
    return true;
  }

  #readFile(file: string, parent: string): boolean {
    const extension = extname(file);
    const kind = kindOf(file, extension);
    if (kind === undefined) return false;
    const path = joinPath(parent, nameOf(file.slice(0, -extension.length)));
    try {
      const source = readFileSync(file, "utf8");
      const content = kind === "yaml" ? parseObject(source) : sourceObject(kind, extension, source);
      return this.#add({ path, ...content, file });
    } catch (error) {
      this.faults.push({ file, message: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  #addImplied(path: string, folder: string): void {
    this.#add({ path, type: "Directory", fields: {}, file: folder, isImplied: true });
  }

  /** A source and the YAML file beside it are one object. */
  #join(one: TreeObject, other: TreeObject): TreeObject | undefined {
    const yaml = [one, other].find(({ file }) => file.endsWith(".yaml"));
    const source = [one, other].find(({ file }) => !file.endsWith(".yaml"));
    if (yaml === undefined || source === undefined || source.isImplied === true) return undefined;
    if (yaml.type !== source.type || Object.hasOwn(yaml.fields, "source")) return undefined;
    this.#beside.add(yaml.file).add(source.file);
    return { ...yaml, fields: { ...source.fields, ...yaml.fields }, file: source.file };
  }

  #add(object: TreeObject): boolean {
    const fault = nameFault(nameOf(object.path));
    const other = this.objects.get(object.path);
    if (other?.file === object.file || this.#beside.has(object.file)) return true;
    const joined = other === undefined ? undefined : this.#join(other, object);
    if (joined !== undefined) {
      this.objects.set(object.path, joined);
      return true;
    }
    // The file x.yaml says what the folder x is.
    if (other !== undefined && !(other.type === "Directory" && other.isImplied === true)) {
      this.faults.push({ file: object.file, message: `${other.file} is ${object.path} already` });
    } else if (fault !== undefined) {
      this.faults.push({ file: object.file, message: fault });
    } else {
      this.objects.set(object.path, object);
      return true;
    }
    return false;
  }
}

/** The name of the object for which a file or folder stands. */
function nameOf(path: string): string {
  return fromFileName(path.slice(path.lastIndexOf("/") + 1));
}

function withoutExtension(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

function kindOf(file: string, extension: string): "jobflow" | "script" | "yaml" | undefined {
  if (file.endsWith(".test.yaml")) return undefined;
  if (extension === ".jobflow") return "jobflow";
  if (extension === ".yaml") return "yaml";
  return extension in interpreters ? "script" : undefined;
}

function sourceObject(kind: "jobflow" | "script", extension: string, source: string) {
  if (kind === "jobflow") return { type: "Jobflow", fields: { source } };
  const interpreter = interpreterOf(extension, source);
  return { type: "Script", fields: { source, ...(interpreter === null ? {} : { interpreter }) } };
}

/** The interpreter of a script in a file of that name; null if its first line says it. */
export function interpreterOf(extension: string, source: string): string | null {
  return source.startsWith("#!") ? null : (interpreters[extension] ?? null);
}

/** The extension of the file for the source of an object; undefined if it has none. */
export function extensionOf(type: string, fields: Record<string, Json>): string | undefined {
  if (type === "Jobflow") return ".jobflow";
  if (type !== "Script") return undefined;
  const { source, interpreter } = fields;
  const first = typeof source === "string" ? (/^#!.*/.exec(source)?.[0] ?? "") : "";
  const found = Object.entries(interpreters).find(([, name]) =>
    first === ""
      ? name === interpreter
      : first.split(/[\s/]/).some((word) => word === name || word === `${name}3`),
  );
  return found?.[0] ?? ".sh";
}

/** The files of a folder that stand for objects. */
export function treeFilesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules") return [];
    const file = join(folder, entry.name);
    if (entry.isDirectory()) return treeFilesBelow(file);
    return kindOf(entry.name, extname(entry.name)) === undefined ? [] : file;
  });
}

/** Reads `type` and `fields` from YAML; the message says which of them is wrong, or the line that is no YAML. */
export function parseObject(
  source: string,
): Pick<TreeObject, "type" | "fields" | "grants" | "owner"> {
  const document = parseDocument(source, { prettyErrors: true });
  const [fault] = document.errors;
  if (fault !== undefined) throw new Error(`no YAML: ${fault.message.split("\n")[0] ?? ""}`);
  const value = document.toJS({ maxAliasCount: 100 }) as unknown;
  if (!isMapping(value)) throw new Error("no object: expected a mapping with `type` and `fields`");
  const { type, owner, fields = {}, grants, ...others } = value;
  if (typeof type !== "string" || type === "")
    throw new Error("`type` is missing: it names the object's type");
  if (!isMapping(fields)) throw new Error("`fields` must be a mapping of values by field name");
  if (grants !== undefined && !isMapping(grants))
    throw new Error("`grants` must be a mapping of rights by user:NAME, group:NAME or everyone");
  if (owner !== undefined && typeof owner !== "string")
    throw new Error("`owner` must be the name of a user");
  const [surplus] = Object.keys(others);
  if (surplus !== undefined)
    throw new Error(`\`${surplus}\` is unknown: values stand below \`fields\``);
  return {
    type,
    fields: fields as Record<string, Json>,
    ...(owner === undefined ? {} : { owner }),
    ...(grants === undefined ? {} : { grants: grants as Record<string, Json> }),
  };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unreadable(folder: string, cause: unknown): TsunagiError {
  const { code } = cause as NodeJS.ErrnoException;
  const why =
    code === "ENOENT"
      ? "there is no such folder"
      : code === "ENOTDIR"
        ? "it is no folder"
        : String(code);
  return new TsunagiError("FILE_UNREADABLE", `${folder} cannot be read: ${why}`, { cause });
}

function inOrderOfNeed(objects: ReadonlyMap<string, TreeObject>): TreeObject[] {
  const seen = new Set<TreeObject>();
  const ordered: TreeObject[] = [];
  const visit = (object: TreeObject | undefined): void => {
    if (object === undefined || seen.has(object)) return;
    seen.add(object);
    for (const path of neededPaths(object)) visit(objects.get(path));
    ordered.push(object);
  };
  for (const path of [...objects.keys()].toSorted()) visit(objects.get(path));
  return ordered;
}

/** Paths of what must be there first, its directory before all; a text that only looks like a path does no harm. */
function neededPaths({ path, type, fields }: TreeObject): string[] {
  return [parentPath(path), `/system/types/${type}`, ...textsIn(Object.values(fields))];
}

function textsIn(values: readonly Json[]): string[] {
  return values.flatMap((value) => {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? textsIn(Object.values(value)) : [];
  });
}
