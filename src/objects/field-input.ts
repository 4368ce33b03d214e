import { nearest, TsunagiError } from "#kernel";
import type { ParseContext } from "./field-kind.ts";
import { describeInput, Secret, ValueFault, ValueFaults, type FieldInput } from "./field-value.ts";
import { password } from "./fields/password.ts";
import type { Json, JsonObject } from "./json.ts";
import { valueOf, type Field, type ObjectType } from "./object-type.ts";

/** Values as they are given, by field name. */
export type FieldInputs = Readonly<Record<string, FieldInput>>;

/** One thing that is wrong with given values. */
export interface FieldFault {
  path: string;
  field: string;
  expected: string;
  got: string;
}

/** How much data an object may hold, as JSON text in UTF-8. */
const objectBytesMax = 1024 * 1024;

/**
 * Makes the data of an object from given values, or throws VALUE_INVALID with all faults.
 *
 * `replace`: what is not given has no value any more. Values of fields that the type lost stay hidden either way.
 */
export async function parseFields(
  type: ObjectType,
  inputs: FieldInputs,
  options: {
    path: string;
    /** What is stored now, if it is of that type. */
    previous: JsonObject | undefined;
    replace: boolean;
    contextOf: (previous: Json | undefined) => ParseContext;
    /** Fields that get their values later in the same change. */
    later?: ReadonlySet<string> | undefined;
  },
): Promise<JsonObject> {
  const { path, previous = {}, replace, contextOf, later } = options;
  const faults: FieldFault[] = [];
  const data: JsonObject = {};
  for (const [id, stored] of Object.entries(previous)) {
    if (!replace || !type.has(id)) data[id] = stored;
  }
  for (const [name, input] of Object.entries(inputs)) {
    const field = type.field(name);
    if (field === undefined) {
      faults.push(unknownField(type, path, name));
      continue;
    }
    const parsing = parseField(field, input, path, contextOf(previous[field.id]));
    // Most kinds answer at once; to wait for them all the same would be a third of an import.
    const parsed = parsing instanceof Promise ? await parsing : parsing;
    if (Array.isArray(parsed)) faults.push(...parsed);
    else data[field.id] = parsed.stored;
  }
  const faulty = new Set(faults.map((fault) => fault.field));
  for (const field of type.fields) {
    if (faulty.has(field.name) || later?.has(field.name) === true) continue;
    if ((replace || Object.hasOwn(inputs, field.name)) && isMissing(field, data)) {
      faults.push({
        path,
        field: field.name,
        expected: "a value, as it is required",
        got: "nothing",
      });
    }
  }
  if (faults.length > 0) throw valueInvalid(faults);
  assertSize(data, path);
  return data;
}

/** Parses a value that is compared with stored ones. */
export async function parseCondition(
  field: Field,
  input: FieldInput,
  path: string,
  context: ParseContext,
): Promise<Json> {
  const parsed = await parseField(field, input, path, context);
  if (Array.isArray(parsed)) throw valueInvalid(parsed);
  return parsed.stored;
}

export function valueInvalid(faults: readonly FieldFault[]): TsunagiError {
  const [first, ...rest] = faults;
  const more = rest.length === 0 ? "" : ` (and ${rest.length} more)`;
  return new TsunagiError(
    "VALUE_INVALID",
    `field '${first?.field}' of ${first?.path}: expected ${first?.expected}, got ${first?.got}${more}`,
    { details: { ...first, faults } },
  );
}

function isMissing(field: Field, data: JsonObject): boolean {
  if (!field.isRequired) return false;
  const value = valueOf(field, data);
  return value === null || value === "";
}

function parseField(
  field: Field,
  input: FieldInput,
  path: string,
  context: ParseContext,
): Parsed | Promise<Parsed> {
  const isPassword = field.kind === password;
  const toFault = (fault: ValueFault): FieldFault => ({
    path,
    field: field.name + fault.at,
    expected: fault.expected,
    got: fault.got ?? (isPassword ? "a value of another kind" : describeInput(input)),
  });
  if (input === null) return { stored: null };
  if (input instanceof Secret && !isPassword) {
    return [toFault(new ValueFault("no secret; only a password field takes one"))];
  }
  const toFaults = (error: unknown): FieldFault[] => {
    if (error instanceof ValueFault) return [toFault(error)];
    if (error instanceof ValueFaults) return error.faults.map(toFault);
    throw error;
  };
  try {
    const stored = field.kind.parse(input, field.options, context);
    if (!(stored instanceof Promise)) return { stored };
    return stored.then((value) => ({ stored: value }), toFaults);
  } catch (error) {
    return toFaults(error);
  }
}

type Parsed = { stored: Json } | FieldFault[];

function unknownField(type: ObjectType, path: string, name: string): FieldFault {
  const guess = nearest(name, type.fieldNames);
  const known = type.fieldNames.join(", ") || "none, as it has no fields";
  return {
    path,
    field: name,
    expected: guess === undefined ? `a field of ${type.name}: ${known}` : `the field ${guess}`,
    got: "an unknown name",
  };
}

function assertSize(data: JsonObject, path: string): void {
  if (bytesAtMost(data) <= objectBytesMax) return;
  const bytes = Buffer.byteLength(JSON.stringify(data));
  if (bytes <= objectBytesMax) return;
  throw new TsunagiError(
    "LIMIT_EXCEEDED",
    `the values of ${path} take ${bytes} bytes; an object has at most ${objectBytesMax}`,
    {
      details: { path, bytes, limit: objectBytesMax },
      hint: "keep large texts outside, and refer to them",
    },
  );
}

/** A number of bytes that the JSON text does not exceed, found without making it. */
function bytesAtMost(value: Json): number {
  // A character takes six bytes where it is written as \u001f, and three at most where not.
  if (typeof value === "string") return 6 * value.length + 3;
  if (typeof value !== "object" || value === null) return 25;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + bytesAtMost(each), 2);
  let sum = 2;
  for (const key in value) sum += bytesAtMost(key) + bytesAtMost(value[key] ?? null) + 1;
  return sum;
}
