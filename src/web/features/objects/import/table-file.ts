import type { FieldDefinition } from "../../../fields/definition.ts";
import {
  narrow,
  typedDay,
  typedDuration,
  typedInstant,
  typedNumber,
} from "../../../fields/typed-value.ts";

/**
 * A table as it comes from a spreadsheet, and what it becomes: each column goes to a field, or is left out; days, numbers and
 * choices are read as people write them. The server takes the result as CSV with the fields' own names.
 */

export interface Table {
  columns: string[];
  rows: string[][];
  /** How its bytes were read. */
  encoding: string;
}

export interface Target {
  /** A field, or `name` or `path`. */
  name: string;
  label: string;
  field?: FieldDefinition;
}

/** Which column goes where; undefined: it is left out. */
export type Mapping = readonly (string | undefined)[];

/** Reads bytes as text: UTF-8 if they are that, else what Japanese spreadsheets write. */
export function decodeText(bytes: Uint8Array): { text: string; encoding: string } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return { text: new TextDecoder("utf-16le").decode(bytes), encoding: "UTF-16" };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { text, encoding: "UTF-8" };
  } catch {
    return { text: new TextDecoder("shift_jis").decode(bytes), encoding: "Shift_JIS" };
  }
}

export function targetsOf(
  fields: readonly FieldDefinition[],
  labels: { name: string; path: string },
): Target[] {
  return [
    { name: "name", label: labels.name },
    { name: "path", label: labels.path },
    ...fields
      .filter(({ name, kind }) => kind !== "file" && name !== "name" && name !== "path")
      .map((field) => ({ name: field.name, label: field.label, field })),
  ];
}

/** Words that tables use for what we call otherwise. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  name: ["名前", "名称", "装置名", "ホスト名", "hostname", "機器名", "サーバ名"],
  address: ["アドレス", "ipアドレス", "ip", "ip address", "ipaddress"],
  host: ["ホスト", "アドレス", "ip"],
  support_until: ["サポート期限", "期限", "保守期限", "end of support"],
  notes: ["備考", "メモ", "note", "comment", "remarks"],
  description: ["説明", "備考", "comment"],
};

/** The column → field that the names tell; each field once. */
export function guessMapping(columns: readonly string[], targets: readonly Target[]): Mapping {
  const taken = new Set<string>();
  return columns.map((column) => {
    const plain = plainName(column);
    const found = targets.find(
      ({ name, label }) =>
        !taken.has(name) &&
        [name, label, ...(synonyms[name] ?? [])].some((word) => plainName(word) === plain),
    );
    if (found !== undefined) taken.add(found.name);
    return found?.name;
  });
}

function plainName(text: string): string {
  return narrow(text)
    .toLowerCase()
    .replaceAll(/[\s_-]/g, "");
}

/** The rows that the server takes: a column a field, values as its kinds read them. */
export function mappedRows(
  table: Table,
  mapping: Mapping,
  targets: readonly Target[],
  type: string,
): string[][] {
  const used = mapping.flatMap((name, index) => {
    const target = targets.find((each) => each.name === name);
    return target === undefined ? [] : [{ target, index }];
  });
  const head = ["type", ...used.map(({ target }) => columnOf(target))];
  return [
    head,
    ...table.rows.map((row) => [
      type,
      ...used.map(({ target, index }) => cellOf(row[index] ?? "", target)),
    ]),
  ];
}

/** Columns that say what a row is about have these names; a field of such a name is written out. */
const reserved = new Set(["id", "type"]);

function columnOf({ name, field }: Target): string {
  return field !== undefined && reserved.has(name) ? `fields.${name}` : name;
}

function cellOf(text: string, { field }: Target): string {
  const plain = text.trim();
  if (plain === "" || field === undefined) return plain;
  switch (field.kind) {
    case "date":
      return typedDay(plain) ?? plain;
    case "datetime":
      return typedInstant(plain) ?? plain;
    case "duration":
      return String(typedDuration(plain) ?? plain);
    case "integer":
    case "decimal":
      return String(typedNumber(plain, field.kind === "integer") ?? plain);
    case "boolean":
      return truthOf(plain) ?? plain;
    case "ip address":
    case "network":
    case "mac":
    case "email":
      return narrow(plain);
    default:
      // A table would take it for an empty or a quoted text.
      return plain.startsWith("'") ? `'${plain}` : text;
  }
}

function truthOf(text: string): string | undefined {
  const plain = narrow(text).toLowerCase();
  if (["true", "yes", "1", "○", "はい", "有", "x"].includes(plain)) return "true";
  if (["false", "no", "0", "×", "いいえ", "無", "-"].includes(plain)) return "false";
  return undefined;
}
