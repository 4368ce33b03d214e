import { randomUUID } from "node:crypto";
import { nearest, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import type { JsonObject } from "./json.ts";
import { ObjectType } from "./object-type.ts";
import type { ShippedField } from "./system-tree.ts";
import { asDefinition, fieldsKind } from "./type-definition.ts";

/** Types are few; versions of them come one at a time. */
const cachedMax = 2000;

/**
 * Finds types, and keeps them compiled by their stamp: one that is new at every change of the type, so that
 * nothing that was rolled back, and nothing that another thread changed, is ever taken for what is stored.
 */
export class TypeTable {
  readonly #byStamp = new Map<string, ObjectType>();

  /** The type of that object id, as the stamp read together with it says. */
  async get(transaction: Transaction, id: number, stamp: string): Promise<ObjectType> {
    const known = this.#byStamp.get(stamp);
    if (known !== undefined) return known;
    const type = await loadType(transaction, id);
    if (this.#byStamp.size >= cachedMax) this.#byStamp.clear();
    this.#byStamp.set(stamp, type);
    return type;
  }

  /** The type of that object id as it is now, if it is there. */
  async byId(transaction: Transaction, id: number): Promise<ObjectType | undefined> {
    const row = await transaction.get<{ stamp: string }>(
      "select stamp from object_type where id = ?",
      [id],
    );
    return row && this.get(transaction, id, row.stamp);
  }

  async find(transaction: Transaction, name: string): Promise<ObjectType | undefined> {
    const row = await transaction.get<{ id: number; stamp: string }>(
      "select id, stamp from object_type where name = ?",
      [name],
    );
    return row && this.get(transaction, row.id, row.stamp);
  }

  /** Every type that there is. */
  async all(transaction: Transaction): Promise<ObjectType[]> {
    const rows = await transaction.all<{ id: number; stamp: string }>(
      "select id, stamp from object_type order by id",
    );
    const types: ObjectType[] = [];
    for (const { id, stamp } of rows) types.push(await this.get(transaction, id, stamp));
    return types;
  }

  /** Throws TYPE_UNKNOWN if there is no type of that name. */
  async getByName(transaction: Transaction, name: string): Promise<ObjectType> {
    const type = await this.find(transaction, name);
    if (type !== undefined) return type;
    const rows = await transaction.all<{ name: string }>("select name from object_type");
    const guess = nearest(
      name,
      rows.map((row) => row.name),
    );
    throw new TsunagiError("TYPE_UNKNOWN", `there is no type '${name.slice(0, 200)}'`, {
      details: { type: name },
      hint:
        guess === undefined
          ? "look at /system/types for what there is, or make it there"
          : `did you mean ${guess}?`,
    });
  }
}

/** Makes the type of a Type object known under the object's name, or its new version. */
export async function stampType(transaction: Transaction, id: number, name: string): Promise<void> {
  await transaction.run(
    `insert into object_type (id, name, stamp) values (?, ?, ?)
      on conflict (id) do update set name = excluded.name, stamp = excluded.stamp`,
    [id, name, randomUUID()],
  );
}

export async function forgetType(transaction: Transaction, id: number): Promise<void> {
  await transaction.run("delete from object_type where id = ?", [id]);
}

/** The id of the field in which a Type object keeps its definition: the first that the type Type ever had. */
export const definitionFieldId = "1";

/** What the type Type itself has. */
export const typeOfTypes: ShippedField[] = [
  {
    name: "fields",
    kind: fieldsKind.name,
    label: { en: "Fields", ja: "フィールド" },
  },
  { name: "description", kind: "text", label: { en: "Description", ja: "説明" } },
];

async function loadType(transaction: Transaction, id: number): Promise<ObjectType> {
  const row = await transaction.get<{ name: string; data: string }>(
    "select name, data from object where id = ?",
    [id],
  );
  const data = JSON.parse(row?.data ?? "{}") as JsonObject;
  return new ObjectType(id, row?.name ?? "", asDefinition(data[definitionFieldId]));
}
