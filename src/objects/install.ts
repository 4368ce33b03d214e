import type { Transaction } from "#database";
import type { Sealer } from "#runtime";
import { baseName, joinPath, parentPath } from "#kernel";
import { emptyAcl } from "./acl.ts";
import { systemActor } from "./actor.ts";
import { isJsonObject, type Json } from "./json.ts";
import type { Change } from "./object-change.ts";
import type { ObjectReader } from "./object-reader.ts";
import { childId, rootId } from "./object-table.ts";
import { settingsPath, shippedTypes, systemDirectories, typesPath } from "./system-tree.ts";
import { asDefinition, type FieldSpec } from "./type-definition.ts";
import { definitionFieldId, stampType, typeOfTypes } from "./type-table.ts";

/**
 * Makes what every installation has, as far as it is not there yet, so that it may run at every start; the new
 * fields of a new release come in by it. Fails with KEY_FILE_INVALID if the key does not fit the database.
 */
export async function install(
  transaction: Transaction,
  options: {
    reader: ObjectReader;
    sealer: Sealer;
    change: Change;
    directories: readonly string[];
    now: number;
  },
): Promise<void> {
  const { reader, sealer, change, directories, now } = options;
  await checkKey(transaction, sealer);
  const isNew = (await childId(transaction, rootId, "system")) === undefined;
  if (isNew) await makeFoundation(transaction, now);
  for (const path of [...systemDirectories, ...directories]) {
    const location = await reader.objects.locate(transaction, path);
    if (location.kind === "missing") await change.put(path, "Directory", {});
  }
  await bringUpToDate(transaction, reader, change, "Type", typeOfTypes);
  for (const [name, fields] of Object.entries(shippedTypes)) {
    await bringUpToDate(transaction, reader, change, name, [...fields]);
  }
  const settings = await reader.objects.locate(transaction, settingsPath);
  if (settings.kind === "missing") await change.put(settingsPath, "Settings", {});
  // Forms and tables are made from types, for whoever is signed in.
  if (isNew) await change.grant(typesPath, "everyone", ["read"]);
  await change.finish();
}

/** The root, and the types that are needed to make the first object: nothing can be made by the rules before them. */
async function makeFoundation(transaction: Transaction, now: number): Promise<void> {
  const ids = new Map<string, number>();
  const insert = async (path: string, data: Json): Promise<number> => {
    const id = await transaction.insert(
      `insert into object
        (parent_id, name, type_id, owner_id, acl, revision, data, created_at, updated_at)
        values (?, ?, 0, ?, ?, 1, ?, ?, ?)`,
      [
        ids.get(parentPath(path)) ?? null,
        baseName(path),
        systemActor.principal.userId,
        emptyAcl,
        JSON.stringify(data),
        now,
        now,
      ],
    );
    ids.set(path, id);
    return id;
  };
  await insert("/", {});
  await insert("/system", {});
  await insert(typesPath, {});
  const definition = { next: 2, fields: [foundationField], retired: [] };
  const type = await insert(joinPath(typesPath, "Type"), { [definitionFieldId]: definition });
  const directory = await insert(joinPath(typesPath, "Directory"), {});
  await stampType(transaction, type, "Type");
  await stampType(transaction, directory, "Directory");
  await transaction.run("update object set type_id = ?", [directory]);
  await transaction.run("update object set type_id = ? where id in (?, ?)", [
    type,
    type,
    directory,
  ]);
}

const foundationField: FieldSpec = { id: definitionFieldId, name: "fields", kind: "fields" };

/** Makes a shipped type, or adds what it lacks; what the installation changed or added itself stays. */
async function bringUpToDate(
  transaction: Transaction,
  reader: ObjectReader,
  change: Change,
  name: string,
  shipped: readonly Json[],
): Promise<void> {
  const path = joinPath(typesPath, name);
  const location = await reader.objects.locate(transaction, path);
  if (location.kind === "missing") {
    await change.put(path, "Type", { fields: [...shipped] });
    return;
  }
  const { fields } = asDefinition(location.object.content.data[definitionFieldId]);
  const has = (entry: Json): boolean =>
    isJsonObject(entry) &&
    fields.some(
      (spec) => spec.name === entry["name"] && spec.kind === entry["kind"] && "label" in spec,
    );
  if (shipped.every(has)) return;
  const names = new Set(shipped.map((entry) => isJsonObject(entry) && entry["name"]));
  const own = fields.filter((spec) => !names.has(spec.name));
  await change.patch(path, { fields: [...shipped, ...own] });
}

/** One text sealed at the first start must open with the key of every later one. */
async function checkKey(transaction: Transaction, sealer: Sealer): Promise<void> {
  const row = await transaction.get<{ sealed: string }>(
    "select sealed from object_key_check where id = 1",
  );
  if (row !== undefined) {
    sealer.open(row.sealed);
    return;
  }
  await transaction.run("insert into object_key_check (id, sealed) values (1, ?)", [
    sealer.seal("tsunagi"),
  ]);
}
