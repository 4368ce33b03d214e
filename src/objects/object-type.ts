import type { FieldKind, FieldOptions } from "./field-kind.ts";
import type { Json, JsonObject } from "./json.ts";
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
  /** The fields of which other rows are kept: references, index rows, words. */
  readonly derived: readonly Field[];
  readonly #byName: ReadonlyMap<string, Field>;

  constructor(id: number, name: string, definition: TypeDefinition) {
    this.id = id;
    this.name = name;
    this.fields = definition.fields.flatMap(toField);
    this.retired = definition.retired.flatMap(toField);
    this.derived = this.fields.filter(
      ({ isIndexed, isSearched, kind }) => isIndexed || isSearched || kind.references !== undefined,
    );
    this.#byName = new Map(this.fields.map((field) => [field.name, field]));
  }

  field(name: string): Field | undefined {
    return this.#byName.get(name);
  }

  /** The field of that id, also a retired one. */
  fieldById(id: string): Field | undefined {
    return [...this.fields, ...this.retired].find((field) => field.id === id);
  }

  get fieldNames(): string[] {
    return this.fields.map((field) => field.name);
  }
}

/** The value that counts: what is stored, else the field's default. */
export function valueOf(field: Field, data: JsonObject): Json {
  const stored = data[field.id];
  return stored === undefined ? field.default : stored;
}

function toField(spec: FieldSpec): Field[] {
  const kind = kindOf(spec.kind);
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
      default: options["default"] ?? null,
      onDelete: (options["on_delete"] ?? "protect") as Field["onDelete"],
    },
  ];
}
