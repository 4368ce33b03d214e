import { baseName } from "#kernel";
import { valueInvalid, type FieldFault } from "./field-input.ts";
import { isJsonObject } from "./json.ts";
import { isSystemPath, shippedTypes } from "./system-tree.ts";
import type { TypeDefinition } from "./type-definition.ts";
import { typeOfTypes } from "./type-table.ts";

/**
 * Throws VALUE_INVALID if a shipped type would lose a field. The house works with them: without `source` no jobflow
 * runs, and without its own `fields` the type Type could not even be mended.
 */
export function assertKeepsShipped(path: string, { fields }: TypeDefinition): void {
  const name = baseName(path);
  if (!isSystemPath(path)) return;
  const shipped = name === "Type" ? typeOfTypes.filter(isJsonObject) : shippedTypes[name];
  const faults: FieldFault[] = [];
  for (const field of shipped ?? []) {
    const { name: fieldName, kind } = field;
    if (fields.some((spec) => spec.name === fieldName && spec.kind === kind)) continue;
    faults.push({
      path,
      field: "fields",
      expected: `the field '${String(fieldName)}' of kind ${String(kind)}, which ${name} is shipped with`,
      got: "none",
    });
  }
  if (faults.length > 0) throw valueInvalid(faults);
}
