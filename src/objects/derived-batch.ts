/**
 * Rows that follow from objects' values (derived-rows.ts), gathered and written together: those of a kind in one go, and
 * in the order of their index, which costs a fraction of writing them object by object.
 *
 * I1  What is taken away is deleted before anything is inserted. So an object is in a batch once.
 * I2  A savepoint that is taken back while rows are held would take back what they follow from, and not them.
 */
import { assert } from "#kernel";
import type { SqlValue, Transaction, WordRow } from "#database";
import { inIdBatches } from "./id-batches.ts";
import { indexTable, valueInIndex, wordsIn, type Derivable } from "./index-value.ts";
import { isSame, type Json } from "./json.ts";
import type { Field, ObjectType } from "./object-type.ts";
import { wordTable } from "./search/text-words.ts";

type Row = SqlValue[];

interface Reference {
  row: [source: number, field: string, position: number, target: number];
  /** Whether the target is known to be there. */
  isThere: boolean;
}

/** What is held of one field that has index rows. */
interface HeldField {
  /** By the kind of their values, which decides on the table. */
  readonly added: { readonly string: Row[]; readonly number: Row[] };
  readonly removed: { readonly string: Row[]; readonly number: Row[] };
  /** Whose the values are, if the field is unique. */
  readonly holders: Map<SqlValue, number>;
}

const indexTables = [
  { kind: "string", table: indexTable("") },
  { kind: "number", table: indexTable(0) },
] as const;

/** So much is held at most: more is no faster, and takes memory. */
const objectsMax = 10_000;

/** The batches that hold rows, so that whoever reads such rows in the same transaction has them written first. */
const holding = new WeakMap<Transaction, Set<DerivedBatch>>();

/** Writes the rows that are held back in a transaction; to be called before any are read. */
export async function writeHeld(transaction: Transaction): Promise<void> {
  for (const batch of holding.get(transaction) ?? []) await batch.write();
}

export class DerivedBatch {
  readonly #transaction: Transaction;
  readonly #objects = new Set<number>();
  /** By the ids of type and field. */
  readonly #fields = new Map<number, Map<string, HeldField>>();
  #references: Reference[] = [];
  #uses: Row[] = [];
  #clearedReferences: Row[] = [];
  #words: WordRow[] = [];
  #removedWords: number[] = [];
  #rollbacks = 0;

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  get isFull(): boolean {
    return this.#objects.size >= objectsMax;
  }

  has(objectId: number): boolean {
    return this.#objects.has(objectId);
  }

  /** Whose value of a unique field is held here. */
  holderOf(type: ObjectType, field: Field, value: SqlValue): number | undefined {
    return this.#fields.get(type.id)?.get(field.id)?.holders.get(value);
  }

  /** Holds the rows of a new object. */
  insert(
    type: ObjectType,
    object: Derivable,
    { areTargetsThere = false }: { areTargetsThere?: boolean } = {},
  ): void {
    this.#begin(object.id);
    for (const field of type.derived) {
      const stored = object.data[field.id];
      if (stored !== undefined) {
        this.#addReferences(field, object.id, stored, areTargetsThere);
        this.#addUses(field, object.id, stored);
      }
      if (field.isIndexed) this.#addIndexRow(type, field, object);
    }
    this.#words.push({ id: object.id, words: wordsIn(type, object) });
  }

  /** Holds the rows of what differs between an object before and after. */
  update(type: ObjectType, before: Derivable, after: Derivable): void {
    this.#begin(after.id);
    let wordsDiffer = before.name !== after.name;
    for (const field of type.derived) {
      const stored = after.data[field.id];
      if (isSame(before.data[field.id], stored)) continue;
      if (field.kind.references !== undefined) {
        this.#clearedReferences.push([after.id, field.id]);
        if (stored !== undefined) this.#addReferences(field, after.id, stored, false);
      }
      if (stored !== undefined) this.#addUses(field, after.id, stored);
      if (field.isIndexed) {
        this.#removeIndexRow(type, field, before);
        this.#addIndexRow(type, field, after);
      }
      wordsDiffer ||= field.isSearched;
    }
    if (!wordsDiffer) return;
    this.#removedWords.push(after.id);
    this.#words.push({ id: after.id, words: wordsIn(type, after) });
  }

  /** Takes an object's index rows and words away; what it refers to, whoever calls takes away for all at once. */
  remove(type: ObjectType, object: Derivable): void {
    this.#begin(object.id);
    for (const field of type.derived) {
      if (field.isIndexed) this.#removeIndexRow(type, field, object);
    }
    this.#removedWords.push(object.id);
  }

  /** Makes what a field, or the words, of an object ask for, where there is nothing of it yet. */
  rederive(
    type: ObjectType,
    object: Derivable,
    what: { fields: readonly Field[]; words: boolean; withReferences: boolean },
  ): void {
    this.#begin(object.id);
    for (const field of what.fields) {
      const stored = object.data[field.id];
      if (what.withReferences && stored !== undefined) {
        this.#addReferences(field, object.id, stored, false);
      }
      if (field.isIndexed) this.#addIndexRow(type, field, object);
    }
    if (!what.words) return;
    this.#removedWords.push(object.id);
    this.#words.push({ id: object.id, words: wordsIn(type, object) });
  }

  /** Writes all that is held. */
  async write(): Promise<void> {
    if (this.#objects.size === 0) return;
    const transaction = this.#transaction;
    assert(
      transaction.rollbacks === this.#rollbacks,
      "a savepoint was taken back while rows were held",
    );
    const fields = [...this.#fields.values()].flatMap((ofType) => [...ofType.values()]);
    for (const { removed } of fields) {
      for (const { kind, table } of indexTables) {
        if (removed[kind].length === 0) continue;
        await transaction.runMany(
          `delete from ${table} where type_id = ? and field_id = ? and value = ? and object_id = ?`,
          removed[kind],
        );
      }
    }
    for (const { added } of fields) {
      for (const { kind, table } of indexTables) {
        if (added[kind].length === 0) continue;
        await transaction.runMany(
          `insert into ${table} (type_id, field_id, value, object_id) values (?, ?, ?, ?)`,
          added[kind].sort(byValue),
        );
      }
    }
    await this.#writeReferences();
    if (this.#uses.length > 0) {
      await transaction.runMany(
        "insert into attachment_use (hash, object_id) values (?, ?) on conflict do nothing",
        this.#uses,
      );
    }
    const { words } = transaction.dialect;
    if (this.#removedWords.length > 0) {
      await words.remove(transaction, wordTable, this.#removedWords);
    }
    if (this.#words.length > 0) await words.add(transaction, wordTable, this.#words);
    this.#forget();
  }

  #begin(objectId: number): void {
    assert(!this.#objects.has(objectId), `object ${objectId} is in this batch already`);
    if (this.#objects.size === 0) {
      this.#rollbacks = this.#transaction.rollbacks;
      const batches = holding.get(this.#transaction) ?? new Set();
      holding.set(this.#transaction, batches.add(this));
    }
    this.#objects.add(objectId);
  }

  #addReferences(field: Field, source: number, stored: Json, isThere: boolean): void {
    if (stored === null || field.kind.references === undefined) return;
    for (const [position, target] of field.kind.references(stored).entries()) {
      this.#references.push({ row: [source, field.id, position, target], isThere });
    }
  }

  /** Never taken away with the value: the history goes on referring to what the attachment holds. */
  #addUses(field: Field, objectId: number, stored: Json): void {
    if (stored === null || field.kind.attachments === undefined) return;
    for (const hash of field.kind.attachments(stored)) this.#uses.push([hash, objectId]);
  }

  #addIndexRow(type: ObjectType, field: Field, object: Derivable): void {
    const value = valueInIndex(field, object.data);
    if (value === null) return;
    const { added, holders } = this.#held(type, field);
    added[kindOf(value)].push([type.id, field.id, value, object.id]);
    if (field.isUnique) holders.set(value, object.id);
  }

  #removeIndexRow(type: ObjectType, field: Field, object: Derivable): void {
    const value = valueInIndex(field, object.data);
    if (value === null) return;
    const { removed } = this.#held(type, field);
    removed[kindOf(value)].push([type.id, field.id, value, object.id]);
  }

  #held(type: ObjectType, field: Field): HeldField {
    let ofType = this.#fields.get(type.id);
    if (ofType === undefined) this.#fields.set(type.id, (ofType = new Map<string, HeldField>()));
    let held = ofType.get(field.id);
    if (held === undefined) {
      held = {
        added: { string: [], number: [] },
        removed: { string: [], number: [] },
        holders: new Map(),
      };
      ofType.set(field.id, held);
    }
    return held;
  }

  /** Whoever is referred to has to be there, as no reference ever dangles; else its row is left out. */
  async #writeReferences(): Promise<void> {
    const transaction = this.#transaction;
    if (this.#clearedReferences.length > 0) {
      await transaction.runMany(
        "delete from object_reference where source_id = ? and field_id = ?",
        this.#clearedReferences,
      );
    }
    const unsure = this.#references.filter(({ isThere }) => !isThere);
    const there = await inIdBatches<{ id: number }>(
      unsure.map(({ row }) => row[3]),
      (marks, batch) => transaction.all(`select id from object where id in (${marks})`, batch),
    );
    const known = new Set(there.map(({ id }) => id));
    const rows = this.#references
      .filter(({ row, isThere }) => isThere || known.has(row[3]))
      .map(({ row }) => row);
    if (rows.length === 0) return;
    await transaction.runMany(
      `insert into object_reference (source_id, field_id, position, target_id) values (?, ?, ?, ?)`,
      rows,
    );
  }

  #forget(): void {
    holding.get(this.#transaction)?.delete(this);
    this.#objects.clear();
    this.#fields.clear();
    this.#references = [];
    this.#uses = [];
    this.#clearedReferences = [];
    this.#words = [];
    this.#removedWords = [];
  }
}

function kindOf(value: string | number): "string" | "number" {
  return typeof value === "number" ? "number" : "string";
}

/** Rows of one field in one table: their values are of one kind. */
function byValue([, , a, idOfA]: Row, [, , b, idOfB]: Row): number {
  if (a === b) return Number(idOfA) - Number(idOfB);
  return (a ?? 0) < (b ?? 0) ? -1 : 1;
}
