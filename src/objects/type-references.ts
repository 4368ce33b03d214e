/**
 * Types that name other types: the option `types` of fields that refer to objects. A renamed type is renamed there, too;
 * a name that no type has is refused, when the change ends, so that types that name each other can be made together.
 */
import { nearest } from "#kernel";
import type { Transaction } from "#database";
import { TsunagiError } from "#kernel";
import { valueInvalid, type FieldFault } from "./field-input.ts";
import type { Json } from "./json.ts";
import type { ObjectTable } from "./object-table.ts";
import type { Field, ObjectType } from "./object-type.ts";
import type { ObjectWriter } from "./object-writer.ts";
import { typesPath } from "./system-tree.ts";
import { asDefinition, type FieldSpec } from "./type-definition.ts";
import { definitionFieldId } from "./type-table.ts";

/** The names of the types that a field may refer to; undefined for any. */
export function targetTypes({ kind, options }: Field): string[] | undefined {
  const { types } = options;
  if (kind.references === undefined || !Array.isArray(types)) return undefined;
  return types.filter((name) => typeof name === "string");
}

/** Gives a type its new name wherever others name it. */
export async function renameTargets(
  transaction: Transaction,
  { objects, writer }: { objects: ObjectTable; writer: ObjectWriter },
  from: string,
  to: string,
): Promise<void> {
  for (const type of await objects.types.all(transaction)) {
    if (![...type.fields, ...type.retired].some((field) => targetTypes(field)?.includes(from))) {
      continue;
    }
    const object = await objects.byId(transaction, type.id);
    if (object === undefined) continue;
    const definition = asDefinition(object.content.data[definitionFieldId]);
    const ids = new Set(
      [...type.fields, ...type.retired]
        .filter((field) => targetTypes(field)?.includes(from))
        .map((field) => field.id),
    );
    const renamed = (spec: FieldSpec): FieldSpec => {
      const { types } = spec;
      if (!ids.has(spec.id) || !Array.isArray(types)) return spec;
      return { ...spec, types: types.map((name): Json => (name === from ? to : name)) };
    };
    const after = {
      ...definition,
      fields: definition.fields.map(renamed),
      retired: definition.retired.map(renamed),
    };
    await writer.update(object, object.content.type, {
      ...object.content.data,
      [definitionFieldId]: after,
    });
  }
}

/** What a change did to types. */
export interface TouchedTypes {
  /** The ids of those that are new or have another definition. */
  written: ReadonlySet<number>;
  /** The names that no type may have any more. */
  gone: readonly string[];
}

/** Throws if a field of a type that was written names no type, or a type that others name is gone. */
export async function assertTargetTypes(
  transaction: Transaction,
  objects: ObjectTable,
  { written, gone }: TouchedTypes,
): Promise<void> {
  const all = await objects.types.all(transaction);
  const names = new Set(all.map((type) => type.name));
  const faults: FieldFault[] = [];
  for (const type of all) {
    for (const [index, field] of type.fields.entries()) {
      for (const name of targetTypes(field) ?? []) {
        if (names.has(name)) continue;
        if (gone.includes(name)) throw isNamed(type, field, name);
        if (written.has(type.id)) faults.push(unknownTarget(type, index, name, names));
      }
    }
  }
  if (faults.length > 0) throw valueInvalid(faults);
}

function unknownTarget(
  type: ObjectType,
  index: number,
  name: string,
  names: ReadonlySet<string>,
): FieldFault {
  const guess = nearest(name, names);
  return {
    path: `${typesPath}/${type.name}`,
    field: `fields[${index}].types`,
    expected: guess === undefined ? "names of types that are there" : `the type ${guess}`,
    got: `${JSON.stringify(name)}, which is no type`,
  };
}

function isNamed(type: ObjectType, field: Field, name: string): TsunagiError {
  return new TsunagiError(
    "OBJECT_PROTECTED",
    `the type ${name} cannot go: the field '${field.name}' of ${type.name} refers to objects of it`,
    {
      details: { path: `${typesPath}/${name}`, type: type.name, field: field.name },
      hint: `take ${name} out of the option 'types' of that field, or the field out of ${type.name}`,
    },
  );
}
