import { password } from "./fields/password.ts";
import { secretMask } from "./field-value.ts";
import type { ShowContext } from "./field-kind.ts";
import { showValue } from "./document.ts";
import type { Json } from "./json.ts";
import type { Field } from "./object-type.ts";

/**
 * What anybody is shown of a value of the past: the one place where history, comparison and undo turn stored values
 * into shown ones, so that what is hidden in an object is hidden in what it was.
 */
export async function showPastValue(
  field: Field,
  stored: Json | undefined,
  context: ShowContext,
): Promise<Json> {
  if (stored === undefined || stored === null) return null;
  if (field.kind === password) return secretMask;
  return showValue(field, stored, context);
}
