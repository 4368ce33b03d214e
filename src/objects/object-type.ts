import type { FieldKind, FieldOptions } from "./field-kind.ts";
import type { Json, JsonObject } from "./json.ts";
import { hasRight, type RightSet } from "./rights.ts";
import { kindOf, type FieldSpec, type TypeDefinition } from "./type-definition.ts";

/** A field of a type, ready to be used. */
export interface Field {
  readonly id: string;
  readonly name: string;
  readonly kind: FieldKind;
  readonly options: FieldOptions;
  readonly isRequired: boolean;
  readonly isUnique: boolean;
  /** Whether it has index rows. */
  readonly isIndexed: boolean;
  /** Whether a search for a text looks into it. */
  readonly isSearched: boolean;
  /** Whether changing it needs the right to manage the object. */
  readonly needsManage: boolean;
  /** What somebody needs on the object to see the value. */
  readonly readRight: "read" | "write" | "manage";
  /** In force while nothing is stored; so a new field with a default rewrites no object. */
  readonly default: Json;
  /** What the delete of an object does to one that refers to it here. */
  readonly onDelete: "protect" | "clear" | "cascade";
}

/** A type as its object describes it. Never changes: another version is another ObjectType. */
export class ObjectType {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly Field[];
  /** Fields that were taken away; objects may still hold hidden values of them. */
  readonly retired: readonly Field[];
  /** The fields of which other rows are kept: references, uses of attachments, index rows, words. */
  readonly derived: readonly Field[];
  /** The fields whose values no two objects of the type share. */
  readonly unique: readonly Field[];
  /** Fields that are left out of this view of the type, as somebody may not see their values. */
  readonly hidden: readonly Field[];
  /** Whether there are fields that not everybody sees who may read an object. */
  readonly #isRestricted: boolean;
  readonly #definition: TypeDefinition;
  readonly #ids: ReadonlySet<string>;
  readonly #byName: ReadonlyMap<string, Field>;
  readonly #views = new Map<string, ObjectType>();

  constructor(id: number, name: string, definition: TypeDefinition, hidden: readonly Field[] = []) {
    this.id = id;
    this.name = name;
    this.hidden = hidden;
    this.#definition = definition;
    this.fields = definition.fields.flatMap(toField);
    this.retired = definition.retired.flatMap(toField);
    this.#isRestricted = [...this.fields, ...this.retired].some(
      (field) => field.readRight !== "read",
    );
    this.derived = this.fields.filter(
      ({ isIndexed, isSearched, kind }) =>
        isIndexed || isSearched || kind.references !== undefined || kind.attachments !== undefined,
    );
    this.unique = this.fields.filter((field) => field.isUnique);
    this.#ids = new Set(this.fields.map((field) => field.id));
    this.#byName = new Map(this.fields.map((field) => [field.name, field]));
  }

  field(name: string): Field | undefined {
    return this.#byName.get(name);
  }

  /** Whether a field of that id is one of its fields, and not a retired one. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The field of that id, also a retired one. */
  fieldById(id: string): Field | undefined {
    return [...this.fields, ...this.retired].find((field) => field.id === id);
  }

  /** The type without the fields that somebody with these rights on an object may not see. */
  visibleTo(rights: RightSet): ObjectType {
    if (!this.#isRestricted) return this;
    return this.without((field) => !maySee(field, rights));
  }

  /** The type without some of its fields. */
  without(isHidden: (field: Field) => boolean): ObjectType {
    const hidden = [...this.fields, ...this.retired].filter(isHidden);
    if (hidden.length === 0) return this;
    const ids = new Set(hidden.map((field) => field.id));
    const key = [...ids].join();
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const rest = (specs: readonly FieldSpec[]) => specs.filter((spec) => !ids.has(spec.id));
    const { next, fields, retired } = this.#definition;
    const definition = { next, fields: rest(fields), retired: rest(retired) };
    const view = new ObjectType(this.id, this.name, definition, hidden);
    this.#views.set(key, view);
    return view;
  }

  get fieldNames(): string[] {
    return this.fields.map((field) => field.name);
  }
}

/**
 * Whether somebody with these rights on an object may see a field of it. Everything that shows, finds, sorts or counts
 * values asks here, or says the same in SQL (`SearchCompiler.seen`).
 */
export function maySee(field: Field, rights: RightSet): boolean {
  // Who may only execute an object was let in to it for that, and reads what he needs.
  return field.readRight === "read" || hasRight(rights, field.readRight);
}

/** The value that counts: what is stored, else the field's default. */
export function valueOf(field: Field, data: JsonObject): Json {
  const stored = data[field.id];
  return stored === undefined ? field.default : stored;
}

function toField(spec: FieldSpec): Field[] {
  const kind = kindOf(spec);
  // A kind that only a newer release knows: its values stay as they are, hidden.
  if (kind === undefined) return [];
  const { id, name, kind: _kind, ...options } = spec;
  return [
    {
      id,
      name,
      kind,
      options,
      isRequired: options["required"] === true,
      isUnique: options["unique"] === true,
      isIndexed: options["unique"] === true || options["indexed"] === true,
      isSearched: options["searched"] === true && kind.isText === true,
      needsManage: options["right"] === "manage",
      readRight: (options["read_right"] ?? "read") as Field["readRight"],
      default: options["default"] ?? null,
      onDelete: (options["on_delete"] ?? "protect") as Field["onDelete"],
    },
  ];
}
