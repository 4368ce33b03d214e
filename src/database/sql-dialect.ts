import type { SqlValue, Transaction } from "./database.ts";

/** A piece of a statement, with the values of its `?` in their order. */
export interface Sql {
  sql: string;
  parameters: readonly SqlValue[];
}

/** What a search needs and the two databases say differently. */
export interface SqlDialect {
  /** The value at a key of a JSON document as text: a column's name, and the key. Null if it has none. */
  jsonText(document: string, key: string): Sql;
  /** The same as a number; true and false are 1 and 0. Only for values that are numbers, booleans or null. */
  jsonNumber(document: string, key: string): Sql;
  /** Holds if the document has the key, be it with null. */
  jsonHas(document: string, key: string): Sql;
  /** Holds if the list at a key has an element whose text is that. */
  jsonListHas(document: string, key: string, element: string): Sql;
  /** A text as `foldText` of the kernel makes it. */
  folded(text: string): string;
  readonly words: WordIndex;
}

/**
 * An index from words to ids: which rows have all of these words? Words are cut by whoever asks, of any characters but the space.
 * It may give a row too many, where different words look the same to it, and never one too few.
 */
export interface WordIndex {
  create(transaction: Transaction, table: string): Promise<void>;
  /** Adds rows that the index does not have. */
  add(transaction: Transaction, table: string, rows: readonly WordRow[]): Promise<void>;
  remove(transaction: Transaction, table: string, ids: readonly number[]): Promise<void>;
  /** A query that gives the `id` of every row with all of these words, or with one that begins so. */
  rowsWith(table: string, words: readonly Word[]): Sql;
}

export interface WordRow {
  id: number;
  /** With a blank between each two; the same word may stand there more than once. */
  words: string;
}

export interface Word {
  text: string;
  isPrefix: boolean;
}
