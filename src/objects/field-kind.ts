import type { FieldInput, FieldValue, Reference } from "./field-value.ts";
import type { Json } from "./json.ts";

/**
 * What a kind of fields is: how a value comes in, is kept, is shown, is compared. Every kind is a file of
 * `fields/`, and `field-kinds.ts` lists them. Null is no kind's business: it means "no value" for all of them.
 */
export interface FieldKind {
  readonly name: string;
  /** How a form asks for it. */
  readonly widget: string;
  /** What a field of this kind may say beside what every field may, with a check of each. */
  readonly options: Readonly<Record<string, OptionCheck>>;
  /** Gives what is stored for an input, or throws a ValueFault. */
  parse(input: FieldInput, options: FieldOptions, context: ParseContext): Json | Promise<Json>;
  /** What the API shows of a stored value; else the stored value itself. */
  show?(stored: Json, context: ShowContext): Json | Promise<Json>;
  /** What a program reads; else the stored value itself. */
  read?(stored: Json, context: ReadContext): FieldValue["value"] | Promise<FieldValue["value"]>;
  /** The order of two stored values; a kind without one cannot be sorted. */
  compare?(a: Json, b: Json): number;
  /** Whether stored values are texts in which people search. */
  readonly isText?: boolean;
  /** What an index keeps of a stored value; a kind without it can be neither unique nor indexed. */
  index?(stored: Json): string | number;
  /** The ids of the objects that a stored value refers to. */
  references?(stored: Json): number[];
  /** The hashes of the attachments that a stored value refers to. */
  attachments?(stored: Json): string[];
  /** The stored value without that object; for fields that are cleared when it goes. */
  withoutReference?(stored: Json, id: number): Json;
  /** Whether a type may give a default: values must then not depend on what is stored elsewhere. */
  readonly takesDefault: boolean;
}

/** A field's options as its type gives them. */
export type FieldOptions = Readonly<Record<string, Json>>;

/** Gives the fault of an option's value: what was expected. */
export type OptionCheck = (value: Json) => string | undefined;

/** An object that a value refers to. */
export interface ResolvedTarget {
  id: number;
  path: string;
  type: string;
}

export interface ParseContext {
  /** What is stored now, in a change of an existing object. */
  readonly previous: Json | undefined;
  /** Finds an object that may be referred to, by path or reference; throws a ValueFault if there is none. */
  resolve(target: string | Reference): ResolvedTarget | Promise<ResolvedTarget>;
  /** The id of a user by name, or undefined. */
  userId(name: string): Promise<number | undefined>;
  /** The id of a group by name, or undefined. */
  groupId(name: string): Promise<number | undefined>;
  /** The size of an attachment to which the actor may refer, or undefined. */
  attachmentSize(hash: string): Promise<number | undefined>;
  seal: (text: string) => string;
  open: (sealed: string) => string;
}

export interface ShowContext {
  /** The path of an object that is referred to, or null if it is gone. */
  pathOf(id: number): Promise<string | null>;
  userName(id: number): Promise<string | null>;
  groupName(id: number): Promise<string | null>;
}

export interface ReadContext extends ShowContext {
  reference(id: number): Promise<Reference | null>;
  open: (sealed: string) => string;
}
