import { TsunagiError } from "#kernel";
import { ValueFault } from "../field-value.ts";
import { valueInvalid } from "../field-input.ts";
import { assertTaken, file } from "../fields/file.ts";
import { valueOf, type Field } from "../object-type.ts";
import type { StoredObject } from "../stored-object.ts";
import { attachmentBytesMax } from "./attachment-store.ts";
import { isFileValue, type FileValue } from "./file-value.ts";

/**
 * How large a file may be that is put into a field. Throws VALUE_INVALID if the field takes none, or none of that type or size;
 * before anything is sent, where that is known.
 */
export function fileLimit(
  object: StoredObject,
  name: string,
  given: { type: string; size?: number | undefined },
): { sizeMax: number; needsManage: boolean } {
  const field = fileField(object, name);
  try {
    assertTaken(given, field.options);
  } catch (error) {
    if (!(error instanceof ValueFault)) throw error;
    const { expected, got = "another" } = error;
    throw valueInvalid([{ path: object.path, field: name, expected, got }]);
  }
  const { max } = field.options;
  const sizeMax = typeof max === "number" ? Math.min(max, attachmentBytesMax) : attachmentBytesMax;
  return { sizeMax, needsManage: field.needsManage };
}

/** The file in a field of an object that somebody may read. Throws ATTACHMENT_NOT_FOUND if there is none. */
export function fileIn(object: StoredObject, name: string): FileValue {
  const field = fileField(object, name);
  const stored = object.content.kind === "stored" ? valueOf(field, object.content.data) : null;
  if (isFileValue(stored)) return stored;
  throw new TsunagiError("ATTACHMENT_NOT_FOUND", `the field '${name}' of ${object.path} is empty`, {
    details: { path: object.path, field: name },
    hint: `put a file into it: tsunagi object attach ${object.path} ${name} FILE`,
  });
}

function fileField({ path, type, content }: StoredObject, name: string): Field {
  const field = content.kind === "stored" ? content.type.field(name) : undefined;
  if (field?.kind === file) return field;
  const fields = content.kind === "stored" ? content.type.fields : [];
  const known = fields.filter(({ kind }) => kind === file).map((each) => each.name);
  const expected =
    known.length === 0
      ? `a field of kind file, and ${type} has none`
      : `a field of kind file: ${known.join(", ")}`;
  const got = field === undefined ? "an unknown name" : `one of kind ${field.kind.name}`;
  throw valueInvalid([{ path, field: name, expected, got }]);
}
