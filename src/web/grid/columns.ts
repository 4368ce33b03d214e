import type { FieldDefinition, TypeDefinition } from "../fields/definition.ts";
import { plainField, targetTypes } from "../fields/definition.ts";
import { isSecret, kindOf } from "../fields/field-kinds.ts";
import { t } from "../ui/text.ts";

/**
 * Columns of a list. A column is a way as searches write it: a field, one that every object has (`name`, `updated`),
 * or one across references (`rack.site.name`).
 */

type Types = ReadonlyMap<string, TypeDefinition>;

/** A way with the field at its end. */
export interface Way {
  way: string;
  field: FieldDefinition;
  label: string;
}

export function systemWays(): Way[] {
  const kinds = {
    name: "string",
    type: "string",
    owner: "user",
    updated: "datetime",
    created: "datetime",
    path: "object",
  } as const;
  return Object.entries(kinds).map(([way, kind]) => {
    const label = t(`way.${way as keyof typeof kinds}`);
    return { way, label, field: plainField(way, kind, label) };
  });
}

/** The field at the end of a way from a type. */
export function wayOf(types: Types, typeName: string | undefined, way: string): Way {
  const steps = way.split(".");
  let type = typeName === undefined ? undefined : types.get(typeName);
  const labels: string[] = [];
  let field: FieldDefinition | undefined;
  for (const step of steps) {
    field = type?.fields.find(({ name }) => name === step) ?? systemField(step);
    labels.push(field?.label ?? step);
    const [target] = field === undefined ? [] : targetTypes(field);
    type = target === undefined ? undefined : types.get(target);
  }
  const label = labels.join(" › ");
  return { way, label, field: field ?? plainField(way, "string", label) };
}

function systemField(name: string): FieldDefinition | undefined {
  return systemWays().find(({ way }) => way === name)?.field;
}

/** All ways from a type that a list offers: its fields, those of what it refers to, what every object has. */
export function waysFrom(types: Types, typeName: string | undefined): Way[] {
  const own = typeName === undefined ? [] : fieldWays(types, typeName, "", "", 1);
  const names = new Set(own.map(({ way }) => way));
  return [...own, ...systemWays().filter(({ way }) => !names.has(way))];
}

function fieldWays(
  types: Types,
  typeName: string,
  before: string,
  above: string,
  depth: number,
): Way[] {
  const fields = types.get(typeName)?.fields ?? [];
  return fields
    .filter((field) => !isSecret(field))
    .flatMap((field) => {
      const way = before + field.name;
      const label = above + field.label;
      const [target] = targetTypes(field);
      const isReference = field.kind === "object" || field.kind === "objects";
      const further =
        isReference && target !== undefined && depth > 0
          ? [
              {
                way: `${way}.name`,
                label: `${label} › ${t("way.name")}`,
                field: plainField("name", "string"),
              },
              ...fieldWays(types, target, `${way}.`, `${label} › `, depth - 1),
            ]
          : [];
      return [{ way, label, field }, ...further];
    });
}

const defaultMax = 6;

/** What a list shows at first: what the type marks, else the first fields that fit into a cell. */
export function defaultColumns(type: TypeDefinition | undefined): string[] {
  if (type === undefined) return ["name", "type", "updated", "owner"];
  const fields = type.fields.filter((field) => !isSecret(field));
  const marked = fields.filter(({ options }) => options.in_list === true);
  const small = fields.filter(
    ({ kind }) => !["text", "code", "json", "dictionary", "list", "file", "fields"].includes(kind),
  );
  const shown = marked.length > 0 ? marked : small.slice(0, defaultMax);
  const names = shown.map(({ name }) => name).filter((name) => name !== "name");
  return ["name", ...names, "updated"];
}

export function widthOf(way: string, field: FieldDefinition): string {
  if (way === "name") return "minmax(180px, 2fr)";
  switch (field.kind) {
    case "integer":
    case "decimal":
    case "boolean":
    case "duration":
      return "minmax(90px, 1fr)";
    case "date":
      return "minmax(120px, 1fr)";
    case "datetime":
      return "minmax(180px, 1fr)";
    case "text":
    case "list":
    case "objects":
      return "minmax(180px, 2fr)";
    default:
      return "minmax(130px, 1fr)";
  }
}

/** Whether the server can sort by it: own fields with an order, and some that every object has. */
export function isSortable({ way, field }: Way): boolean {
  if (["name", "updated", "created", "type"].includes(way)) return true;
  if (way.includes(".") || isSecret(field)) return false;
  return kindOf(field).isOrdered === true || field.kind === "choice" || field.kind === "boolean";
}
