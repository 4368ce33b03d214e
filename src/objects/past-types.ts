import type { Transaction } from "#database";
import type { Before } from "./history.ts";
import { ObjectType } from "./object-type.ts";
import { statesAt } from "./past-state.ts";
import { asDefinition } from "./type-definition.ts";
import { definitionFieldId } from "./type-table.ts";

/** A change that none comes after: as everything is now. */
export const now = Number.MAX_SAFE_INTEGER;

/** Types as they were after a change; one that was not there then, as it was when it was deleted. */
export class PastTypes {
  readonly #transaction: Transaction;
  readonly #change: number;
  readonly #known = new Map<number, ObjectType>();

  constructor(transaction: Transaction, change: number) {
    this.#transaction = transaction;
    this.#change = change;
  }

  async get(id: number): Promise<ObjectType> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const state = (await statesAt(this.#transaction, [id], this.#change)).get(id);
    const { name, data } = state ?? (await this.#deleted(id));
    const type = new ObjectType(id, name ?? "", asDefinition(data?.[definitionFieldId]));
    this.#known.set(id, type);
    return type;
  }

  async #deleted(id: number): Promise<Before> {
    const row = await this.#transaction.get<{ before: string }>(
      `select before from object_history where object_id = ? and operation = 'delete'
        order by revision desc limit 1`,
      [id],
    );
    return JSON.parse(row?.before ?? "{}") as Before;
  }
}
