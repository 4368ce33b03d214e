import { ObjectValue, ProcessValue } from "#machine";
import type { StoredObject } from "#objects";

/** How the storage finds what a flow refers to: by id; what is kept elsewhere (users, processes) by path. */
export function keyOf(of: ObjectValue | ProcessValue): number | string {
  if (of instanceof ProcessValue) return `/process/${of.id}`;
  return of.id > 0 ? of.id : of.path;
}

/** A stored object as a flow refers to it. */
export function toObjectValue(object: StoredObject): ObjectValue {
  return new ObjectValue(object.id ?? 0, object.path, object.type);
}
