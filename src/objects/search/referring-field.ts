import type { Field, ObjectType } from "../object-type.ts";
import { searchInvalid, unknownField } from "./search-fault.ts";

/** The field by which objects of a type are to refer to others, as a search names it; refused if it is none. */
export function referringField(
  [type]: readonly ObjectType[],
  { typeName, fieldName, at }: { typeName: string; fieldName: string; at: number },
): { type: ObjectType; field: Field } {
  const field = type?.field(fieldName);
  if (type === undefined || field === undefined) {
    throw unknownField(at, fieldName, type?.fieldNames ?? [], typeName);
  }
  if (field.kind.references === undefined) {
    throw searchInvalid({ at, message: `'${fieldName}' of ${typeName} refers to no object` });
  }
  return { type, field };
}
