import { baseName } from "#kernel";
import { valueInvalid, type FieldFault } from "./field-input.ts";
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
  const shipped = name === "Type" ? typeOfTypes : shippedTypes[name];
  const faults: FieldFault[] = [];
  for (const { name: fieldName, kind } of shipped ?? []) {
    if (fields.some((spec) => spec.name === fieldName && spec.kind === kind)) continue;
    faults.push({
      path,
      field: "fields",
      expected: `the field '${fieldName}' of kind ${kind}, which ${name} is shipped with`,
      got: "none",
    });
  }
  if (faults.length > 0) throw valueInvalid(faults);
}
