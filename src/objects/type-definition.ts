/**
 * A type is an object, and its fields are a value: the list `[{name, kind, label?, …options}]`. This is how that
 * list comes in, is kept and is shown.
 *
 * I1  Every field has an id that no other field of the type ever had; values are kept by it, so that a renamed
 *     field (an entry with its `id` and another name) keeps its values.
 * I2  A field that is taken away is retired: its values stay hidden, and come back when a field of that name and
 *     kind does. A changed kind is another field, so that no value is ever read as what it is not; so is a text that
 *     becomes secret, which is kept as a password from then on.
 */
import { nearest } from "#kernel";
import type { FieldKind, FieldOptions, OptionCheck, ParseContext } from "./field-kind.ts";
import { fieldKinds } from "./field-kinds.ts";
import { password } from "./fields/password.ts";
import { describeInput, ValueFault, ValueFaults, type FieldInput } from "./field-value.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { isBoolean, isLabel, isOneOf } from "./option-checks.ts";

/** A field as it is kept: its options beside id, name and kind. */
export interface FieldSpec extends JsonObject {
  id: string;
  name: string;
  kind: string;
}

/** The stored value of a type's `fields`. */
export interface TypeDefinition {
  /** The number of the next new field. */
  next: number;
  fields: FieldSpec[];
  retired: FieldSpec[];
}

/** What every field may say, whatever its kind. */
const commonOptions: Readonly<Record<string, OptionCheck>> = {
  label: isLabel,
  help: isLabel,
  // The heading under which a form shows it, and what stands in its empty input.
  section: isLabel,
  placeholder: isLabel,
  required: isBoolean,
  unique: isBoolean,
  indexed: isBoolean,
  searched: isBoolean,
  // Whether lists of objects show it at first.
  in_list: isBoolean,
  // Who may change the value; for fields that decide about rights.
  right: isOneOf("write", "manage"),
  // Who may see the value, where that is fewer than may read the object.
  read_right: isOneOf("read", "write", "manage"),
};

/** The kinds of text that may be kept and treated like a password. */
const secretKinds: readonly string[] = ["string", "text", "code"];

/** Letters of any script, digits and `_`, as a jobflow can write it after the dot. */
const fieldName = /^[\p{L}\p{M}_][\p{L}\p{M}\p{Nd}_]*$/u;
const fieldsMax = 1000;

/** The kind of a type's own list of fields. No other type may have a field of it. */
export const fieldsKind: FieldKind = {
  name: "fields",
  widget: "fields",
  options: {},
  takesDefault: false,
  parse: (input, _options, context) =>
    parseDefinition(input, asDefinition(context.previous), context) as unknown as Json,
  show: (stored) => asDefinition(stored).fields,
  read: (stored) => asDefinition(stored).fields,
};

/** The kind as which a field's values are kept, `fields` included: a secret text is a password. */
export function kindOf({ kind, secret }: FieldSpec): FieldKind | undefined {
  if (secret === true) return password;
  return kind === fieldsKind.name ? fieldsKind : fieldKinds.get(kind);
}

/** Reads the stored form. */
export function asDefinition(stored: Json | undefined): TypeDefinition {
  return isJsonObject(stored)
    ? (stored as unknown as TypeDefinition)
    : { next: 1, fields: [], retired: [] };
}

function parseDefinition(
  input: FieldInput,
  previous: TypeDefinition,
  context: ParseContext,
): TypeDefinition {
  if (!Array.isArray(input)) throw new ValueFault("a list of fields, each {name, kind, …}");
  if (input.length > fieldsMax) throw new ValueFault(`at most ${fieldsMax} fields`);
  const faults: ValueFault[] = [];
  const entries: Entry[] = [];
  const names = new Set<string>();
  input.forEach((element, index) => {
    const entry = parseEntry(element, index, previous, faults, context);
    if (entry === undefined) return;
    if (names.has(entry.name)) {
      faults.push(new ValueFault("a name that no other field has", `[${index}].name`, entry.name));
    }
    names.add(entry.name);
    entries.push(entry);
  });
  if (faults.length > 0) throw new ValueFaults(faults);
  return withIds(entries, previous);
}

interface Entry {
  /** As given, to rename a field. */
  id: string | undefined;
  name: string;
  kind: string;
  options: JsonObject;
}

function parseEntry(
  element: FieldInput,
  index: number,
  previous: TypeDefinition,
  faults: ValueFault[],
  context: ParseContext,
): Entry | undefined {
  const at = `[${index}]`;
  if (!isJsonObject(element)) {
    faults.push(
      new ValueFault("a field such as {name: host, kind: string}", at, describeInput(element)),
    );
    return undefined;
  }
  const { id, name, kind: kindName, ...options } = element;
  if (typeof name !== "string" || !fieldName.test(name) || name.length > 128) {
    const expected = "a name of letters, digits and _, not beginning with a digit";
    faults.push(new ValueFault(expected, `${at}.name`, describeInput(name)));
    return undefined;
  }
  const kind = findKind(kindName, name, previous);
  if (kind === undefined) {
    faults.push(new ValueFault(expectedKind(kindName), `${at}.kind`, describeInput(kindName)));
    return undefined;
  }
  checkOptions(kind, options, at, faults, context);
  return { id: typeof id === "string" ? id : undefined, name, kind: kind.name, options };
}

/** The kind of that name; `fields` only where the type Type has it already. */
function findKind(
  name: Json | undefined,
  fieldName: string,
  previous: TypeDefinition,
): FieldKind | undefined {
  const isOwnList = previous.fields.some(
    (spec) => spec.name === fieldName && spec.kind === fieldsKind.name,
  );
  if (name === fieldsKind.name && isOwnList) return fieldsKind;
  return typeof name === "string" ? fieldKinds.get(name) : undefined;
}

function expectedKind(got: Json | undefined): string {
  const guess = typeof got === "string" ? nearest(got, fieldKinds.keys()) : undefined;
  if (guess !== undefined) return `a kind such as ${guess}`;
  return `one of ${[...fieldKinds.keys()].join(", ")}`;
}

function checkOptions(
  kind: FieldKind,
  options: JsonObject,
  at: string,
  faults: ValueFault[],
  context: ParseContext,
): void {
  const checks: Readonly<Record<string, OptionCheck>> = {
    ...commonOptions,
    ...kind.options,
    ...(secretKinds.includes(kind.name) ? { secret: isBoolean } : {}),
  };
  for (const [name, value] of Object.entries(options)) {
    if (name === "default") continue;
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      const guess = nearest(name, [...Object.keys(checks), "default"]);
      const known = [...Object.keys(checks), ...(kind.takesDefault ? ["default"] : [])].join(", ");
      const expected =
        guess === undefined ? `an option of kind ${kind.name}: ${known}` : `the option ${guess}`;
      faults.push(new ValueFault(expected, `${at}.${name}`, "an unknown name"));
      continue;
    }
    const expected = check(value);
    if (expected !== undefined) {
      faults.push(new ValueFault(expected, `${at}.${name}`, describeInput(value)));
    }
  }
  const isSecret = options["secret"] === true;
  const kept = isSecret ? password : kind;
  const what = isSecret ? "a secret field" : `a field of kind ${kind.name}`;
  if ((options["unique"] === true || options["indexed"] === true) && kept.index === undefined) {
    const option = options["unique"] === true ? "unique" : "indexed";
    faults.push(
      new ValueFault(`no ${option}, as ${what} cannot be that`, `${at}.${option}`, "true"),
    );
  }
  if (options["unique"] === true && isRestricted(options)) {
    const expected = "no unique, as a refused value would tell what may not be seen";
    faults.push(new ValueFault(expected, `${at}.unique`, "true"));
  }
  if (Object.hasOwn(kind.options, "choices") && options["choices"] === undefined) {
    faults.push(new ValueFault("the list of choices", `${at}.choices`, "nothing"));
  }
  if (options["searched"] === true && kept.isText !== true) {
    faults.push(new ValueFault(`no searched, as ${what} holds no text`, `${at}.searched`, "true"));
  }
  checkDefault(kept, what, options, at, faults, context);
}

/** Whether somebody who may read an object may not see the field. */
export function isRestricted(options: FieldOptions): boolean {
  const right = options["read_right"];
  return right === "write" || right === "manage";
}

function checkDefault(
  kind: FieldKind,
  what: string,
  options: JsonObject,
  at: string,
  faults: ValueFault[],
  context: ParseContext,
): void {
  const value = options["default"];
  if (value === undefined || value === null) return;
  if (!kind.takesDefault) {
    const expected = `no default, as ${what} cannot have one`;
    faults.push(new ValueFault(expected, `${at}.default`, "one"));
    return;
  }
  try {
    options["default"] = kind.parse(value, options, context) as Json;
  } catch (error) {
    if (!(error instanceof ValueFault)) throw error;
    faults.push(new ValueFault(error.expected, `${at}.default${error.at}`, describeInput(value)));
  }
}

/** Gives every entry the id under which its values are kept (I1, I2). */
function withIds(entries: readonly Entry[], previous: TypeDefinition): TypeDefinition {
  const known = [...previous.fields, ...previous.retired];
  const taken = new Set<string>();
  let { next } = previous;
  const find = (entry: Entry, isSame: (spec: FieldSpec) => boolean): FieldSpec | undefined =>
    known.find((spec) => isSame(spec) && isKeptAlike(spec, entry) && !taken.has(spec.id));
  // Those that name their id first: another entry may have the name that they had.
  const ids = new Map<Entry, string>();
  const keep = (entry: Entry, spec: FieldSpec | undefined): void => {
    if (spec === undefined || ids.has(entry)) return;
    taken.add(spec.id);
    ids.set(entry, spec.id);
  };
  for (const entry of entries)
    keep(
      entry,
      find(entry, (spec) => spec.id === entry.id),
    );
  for (const entry of entries)
    keep(
      entry,
      find(entry, (spec) => spec.name === entry.name),
    );
  const fields = entries.map((entry): FieldSpec => {
    const id = ids.get(entry) ?? String(next);
    if (!ids.has(entry)) next += 1;
    return { id, name: entry.name, kind: entry.kind, ...entry.options };
  });
  return { next, fields, retired: known.filter((spec) => !taken.has(spec.id)) };
}

function isKeptAlike({ kind, secret }: FieldSpec, entry: Entry): boolean {
  return kind === entry.kind && (secret === true) === (entry.options["secret"] === true);
}
