import { TsunagiError } from "#kernel";
import {
  BinaryValue,
  ClosureValue,
  DurationValue,
  fromJson,
  ObjectValue,
  ProcessValue,
  SecretValue,
  TimeValue,
  toJson,
  type Value,
} from "#machine";
import { Reference, Secret, type FieldInput, type FieldValue } from "#objects";

/** What a flow reads of a field: times as times, references as objects, passwords as secrets. */
export function fromFieldValue({ kind, value }: FieldValue): Value {
  if (value instanceof Secret) return new SecretValue(value.text);
  if (value instanceof Reference) return toObject(value);
  if (Array.isArray(value) && value[0] instanceof Reference) {
    return (value as Reference[]).map(toObject);
  }
  if (kind === "datetime" && typeof value === "string") return new TimeValue(Date.parse(value));
  if (kind === "duration" && typeof value === "number") return new DurationValue(value * 1000);
  return fromJson(value);
}

/** What a flow writes into a field. */
export function toFieldInput(value: Value): FieldInput {
  if (value instanceof SecretValue) return new Secret(value.text);
  if (value instanceof ObjectValue) return new Reference(value.id, value.path, value.type);
  if (value instanceof ProcessValue) return `/process/${value.id}`;
  if (value instanceof TimeValue) return new Date(value.epochMs).toISOString();
  if (value instanceof DurationValue) return value.ms / 1000;
  if (value instanceof BinaryValue || value instanceof ClosureValue) {
    const kind = value instanceof BinaryValue ? "binary data" : "a closure";
    throw new TsunagiError("VALUE_INVALID", `${kind} cannot be written into a field`);
  }
  if (Array.isArray(value)) return value.map((element) => toFieldInput(element as Value));
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, element]) => [key, toFieldInput(element)]));
  }
  return toJson(value);
}

function toObject(reference: Reference): ObjectValue {
  return new ObjectValue(reference.id, reference.path, reference.type);
}
