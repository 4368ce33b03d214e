import type { Json, ObjectDocument } from "#contract";
import { isDictionary } from "../../diff/value-diff.ts";
import { labelText } from "../../fields/definition.ts";
import { asText } from "../../fields/as-text.ts";

/** A type while it is designed: its fields as its object's list has them, each with a key that no edit changes. */
export interface FieldDraft {
  key: number;
  spec: Record<string, Json>;
}

export interface TypeDraft {
  name: string;
  description: string;
  fields: readonly FieldDraft[];
  /** The key of the next new field. */
  next: number;
}

export function draftOfType(object: ObjectDocument | undefined): TypeDraft {
  const { fields = null, description = null } = object?.fields ?? {};
  const specs = Array.isArray(fields) ? fields.filter(isDictionary) : [];
  return {
    name: object?.name ?? "",
    description: typeof description === "string" ? description : "",
    fields: specs.map((spec, key) => ({ key, spec })),
    next: specs.length,
  };
}

/** The list as the API takes it. */
export function specsOf(draft: TypeDraft): Record<string, Json>[] {
  return draft.fields.map(({ spec }) => spec);
}

export function addField(
  draft: TypeDraft,
  spec: Record<string, Json> = { name: "", kind: "string" },
): TypeDraft {
  const field = { key: draft.next, spec };
  return { ...draft, fields: [...draft.fields, field], next: draft.next + 1 };
}

export function changeField(draft: TypeDraft, key: number, spec: Record<string, Json>): TypeDraft {
  return {
    ...draft,
    fields: draft.fields.map((field) => (field.key === key ? { key, spec } : field)),
  };
}

export function removeField(draft: TypeDraft, key: number): TypeDraft {
  return { ...draft, fields: draft.fields.filter((field) => field.key !== key) };
}

export function moveField(draft: TypeDraft, key: number, by: number): TypeDraft {
  const from = draft.fields.findIndex((field) => field.key === key);
  const field = draft.fields[from];
  const to = from + by;
  if (field === undefined || to < 0 || to >= draft.fields.length) return draft;
  const rest = draft.fields.toSpliced(from, 1);
  return { ...draft, fields: rest.toSpliced(to, 0, field) };
}

/** An option set, or taken out where it says nothing. */
export function withOption(
  spec: Record<string, Json>,
  name: string,
  value: Json,
): Record<string, Json> {
  const { [name]: _before, ...rest } = spec;
  const isNothing =
    value === null ||
    value === "" ||
    value === false ||
    (Array.isArray(value) && value.length === 0);
  return isNothing ? rest : { ...rest, [name]: value };
}

/** A label in one language beside those in others; alone, it is a plain text. */
export function withLabel(label: Json | undefined, language: "en" | "ja", text: string): Json {
  const other = language === "en" ? "ja" : "en";
  const texts = isDictionary(label)
    ? label
    : typeof label === "string" && label !== ""
      ? { en: label }
      : {};
  const all = { ...texts, [language]: text };
  const rest = Object.fromEntries(Object.entries(all).filter(([, each]) => each !== ""));
  return Object.keys(rest).length === 0
    ? null
    : typeof label === "string" && all[other] === undefined
      ? text
      : rest;
}

export function labelIn(label: Json | undefined, language: "en" | "ja"): string {
  if (isDictionary(label)) return typeof label[language] === "string" ? label[language] : "";
  return language === "en" ? labelText(label) : "";
}

/** A name that a field may have, of the words of a label: letters, digits and `_`. */
export function nameOfLabel(label: string): string {
  const plain = label.normalize("NFKC").trim().toLowerCase();
  const name = plain.replaceAll(/[^\p{L}\p{M}\p{Nd}_]+/gu, "_").replaceAll(/^_+|_+$/g, "");
  return /^\p{Nd}/u.test(name) ? `_${name}` : name;
}

/** The options that a kind has beside what every field may say. */
export function optionsOf(
  kind: string,
): readonly (
  | "min"
  | "max"
  | "pattern"
  | "choices"
  | "types"
  | "on_delete"
  | "language"
  | "media"
)[] {
  switch (kind) {
    case "string":
    case "text":
    case "url":
    case "email":
      return ["min", "max", "pattern"];
    case "code":
      return ["language", "min", "max", "pattern"];
    case "integer":
    case "decimal":
    case "duration":
    case "list":
      return ["min", "max"];
    case "choice":
      return ["choices"];
    case "choices":
      return ["choices", "min", "max"];
    case "object":
      return ["types", "on_delete"];
    case "objects":
      return ["types", "on_delete", "min", "max"];
    case "file":
      return ["media", "max"];
    default:
      return [];
  }
}

/** What a field of another kind keeps: what is said of every field, and what both kinds have. */
export function withKind(spec: Record<string, Json>, kind: string): Record<string, Json> {
  const every = [
    "id",
    "name",
    "label",
    "help",
    "section",
    "placeholder",
    "required",
    "in_list",
    "right",
    "read_right",
  ];
  const kept = new Set<string>([
    ...every,
    ...optionsOf(kind).filter((name) => optionsOf(asText(spec.kind)).includes(name)),
  ]);
  if (canIndex(kind)) ["unique", "indexed"].forEach((name) => kept.add(name));
  const rest = Object.fromEntries(Object.entries(spec).filter(([name]) => kept.has(name)));
  const choices: Record<string, Json> =
    kind === "choice" || kind === "choices" ? { choices: spec.choices ?? ["…"] } : {};
  return { ...rest, ...choices, kind };
}

export function canIndex(kind: string): boolean {
  return ![
    "text",
    "code",
    "json",
    "dictionary",
    "list",
    "file",
    "password",
    "choices",
    "objects",
  ].includes(kind);
}

export function isTextKind(kind: string): boolean {
  return [
    "string",
    "text",
    "code",
    "url",
    "email",
    "choice",
    "ip address",
    "mac",
    "network",
  ].includes(kind);
}

/** Fields guessed from a table that was copied out of a spreadsheet: names from its first line, kinds from the others. */
export function fieldsOfTable(text: string): Record<string, Json>[] {
  const [head = "", ...lines] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const separator = head.includes("\t") ? "\t" : ",";
  const rows = lines.map((line) => line.split(separator));
  return head.split(separator).flatMap((label, column) => {
    const name = nameOfLabel(label);
    if (name === "") return [];
    const values = rows.map((row) => (row[column] ?? "").trim()).filter((value) => value !== "");
    return [
      {
        name,
        kind: guessedKind(values),
        ...(label.trim() === name ? {} : { label: label.trim() }),
      },
    ];
  });
}

function guessedKind(values: readonly string[]): string {
  const all = (pattern: RegExp) =>
    values.length > 0 && values.every((value) => pattern.test(value));
  if (all(/^\d{1,3}(\.\d{1,3}){3}$/)) return "ip address";
  if (all(/^[+-]?\d{1,12}$/)) return "integer";
  if (all(/^[+-]?\d+\.\d+$/)) return "decimal";
  if (all(/^\d{4}[-/]\d{1,2}[-/]\d{1,2}$/)) return "date";
  if (all(/^https?:\/\//)) return "url";
  if (all(/^[^\s@]+@[^\s@]+$/)) return "email";
  if (all(/^(true|false|yes|no)$/i)) return "boolean";
  return "string";
}
