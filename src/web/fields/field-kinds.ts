import type { Json } from "#contract";
import { asText } from "./as-text.ts";
import type { FieldDefinition } from "./definition.ts";
import type { FieldKindView } from "./field-kind.ts";
import { booleanKind, choiceKind, choicesKind } from "./kinds/choice-kinds.tsx";
import { dictionaryKind, jsonKind, listKind } from "./kinds/collection-kinds.tsx";
import { fileKind, settledFile } from "./kinds/file-kind.tsx";
import { decimalKind, durationKind, integerKind, settledNumber } from "./kinds/number-kinds.tsx";
import { groupKind, objectKind, objectsKind, userKind } from "./kinds/reference-kinds.tsx";
import { secretKind } from "./kinds/secret-kind.tsx";
import {
  addressKind,
  codeKind,
  emailKind,
  macKind,
  stringKind,
  textKind,
  urlKind,
} from "./kinds/text-kinds.tsx";
import { dateKind, datetimeKind, settledTime } from "./kinds/time-kinds.tsx";

/** All kinds of fields, as the server knows them; an unknown one is shown as JSON. */
export const fieldKinds: Readonly<Record<string, FieldKindView>> = {
  string: stringKind,
  text: textKind,
  integer: integerKind,
  decimal: decimalKind,
  boolean: booleanKind,
  date: dateKind,
  datetime: datetimeKind,
  duration: durationKind,
  choice: choiceKind,
  choices: choicesKind,
  object: objectKind,
  objects: objectsKind,
  user: userKind,
  group: groupKind,
  list: listKind,
  dictionary: dictionaryKind,
  password: secretKind,
  file: fileKind,
  url: urlKind,
  email: emailKind,
  "ip address": addressKind,
  network: addressKind,
  mac: macKind,
  json: jsonKind,
  code: codeKind,
};

export function kindOf(field: FieldDefinition): FieldKindView {
  if (field.isSecret) return secretKind;
  return fieldKinds[field.kind] ?? jsonKind;
}

export function isSecret(field: FieldDefinition): boolean {
  return kindOf(field) === secretKind;
}

/** A value in one line. */
export function valueText(field: FieldDefinition, value: Json): string {
  if (value === null) return "";
  return (kindOf(field).text ?? asText)(value, field);
}

/** A value of a form as the API takes it. */
export function settled(field: FieldDefinition, value: Json): Json {
  switch (field.kind) {
    case "integer":
    case "decimal":
    case "duration":
      return settledNumber(field.kind, value);
    case "date":
    case "datetime":
      return settledTime(field.kind, value);
    case "file":
      return settledFile(value);
    default:
      return value;
  }
}
