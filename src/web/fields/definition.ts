import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Json, ListDocument, ObjectDocument } from "#contract";
import { requestObject } from "../client/request.ts";
import { language } from "../ui/text.ts";

/** Types and their fields as pages use them: labels in the reader's language, options as they are. */

export interface FieldDefinition {
  name: string;
  kind: string;
  label: string;
  help: string;
  /** The heading under which a form shows it; empty for none. */
  section: string;
  placeholder: string;
  isRequired: boolean;
  /** A text that is kept and treated as a password. */
  isSecret: boolean;
  /** Everything else that the type says of it. */
  options: Readonly<Record<string, Json>>;
}

export interface TypeDefinition {
  name: string;
  description: string;
  fields: readonly FieldDefinition[];
}

export const typesPath = "/system/types";

export const typesQuery = queryOptions({
  queryKey: ["types"],
  queryFn: async ({ signal }) => {
    const page = await requestObject<ListDocument>(
      typesPath,
      { list: "true", limit: 1000 },
      { signal },
    );
    return new Map(page.items.map((type) => [type.name, typeOf(type)]));
  },
  staleTime: 60_000,
  retry: false,
});

/** All types that one may read, by name; empty until they are there. */
export function useTypes(): { types: ReadonlyMap<string, TypeDefinition>; isPending: boolean } {
  const query = useQuery(typesQuery);
  return { types: query.data ?? none, isPending: query.isPending };
}

const none: ReadonlyMap<string, TypeDefinition> = new Map();

export function typeOf(type: ObjectDocument): TypeDefinition {
  const { fields, description } = type.fields;
  return {
    name: type.name,
    description: typeof description === "string" ? description : "",
    fields: Array.isArray(fields) ? fields.flatMap(fieldOf) : [],
  };
}

/** A field as its type's list has it; nothing if it is none. */
export function fieldOf(entry: Json): FieldDefinition[] {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return [];
  const { name, kind, label, help, section, placeholder, required, secret, ...options } = entry;
  if (typeof name !== "string") return [];
  return [
    {
      name,
      kind: typeof kind === "string" ? kind : "string",
      label: labelText(label) || name,
      help: labelText(help),
      section: labelText(section),
      placeholder: labelText(placeholder),
      isRequired: required === true,
      isSecret: secret === true,
      options,
    },
  ];
}

/** Labels are one text, or one a language; one in another language is better than none. */
export function labelText(label: Json | undefined, wanted: string = language): string {
  if (typeof label === "string") return label;
  if (typeof label !== "object" || label === null || Array.isArray(label)) return "";
  const text = label[wanted] ?? Object.values(label)[0];
  return typeof text === "string" ? text : "";
}

/** A field of which only name and value are known. */
export function plainField(name: string, kind: string, label = name): FieldDefinition {
  return {
    name,
    kind,
    label,
    help: "",
    section: "",
    placeholder: "",
    isRequired: false,
    isSecret: false,
    options: {},
  };
}

/** Fields of the type in its order, then those that the object has beyond it. */
export function fieldsOf(
  object: ObjectDocument,
  type: TypeDefinition | undefined,
): readonly FieldDefinition[] {
  const fields = type?.fields ?? [];
  const known = new Set(fields.map(({ name }) => name));
  const others = Object.entries(object.fields).filter(([name]) => !known.has(name));
  return [
    // What may not be seen is in no document, and cannot be written either.
    ...fields.filter(({ name }) => name in object.fields),
    ...others.map(([name, value]) => plainField(name, kindOfValue(value))),
  ];
}

function kindOfValue(value: Json): string {
  if (typeof value === "string" || value === null) return "text";
  return "json";
}

/** A choice with the label under which it is shown. */
export interface Choice {
  value: string;
  label: string;
}

export function choicesOf(field: FieldDefinition): Choice[] {
  const { choices } = field.options;
  if (!Array.isArray(choices)) return [];
  return choices.flatMap((choice) => {
    if (typeof choice === "string") return [{ value: choice, label: choice }];
    if (typeof choice !== "object" || choice === null || Array.isArray(choice)) return [];
    const { value, label } = choice;
    return typeof value === "string" ? [{ value, label: labelText(label) || value }] : [];
  });
}

/** The types that a reference may point to; empty: any. */
export function targetTypes(field: FieldDefinition): string[] {
  const { types } = field.options;
  return Array.isArray(types) ? types.filter((each) => typeof each === "string") : [];
}
