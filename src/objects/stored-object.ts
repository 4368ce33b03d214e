import type { JsonObject } from "./json.ts";
import type { ObjectType } from "./object-type.ts";
import type { RightSet } from "./rights.ts";

/** An object as it was when it was read. */
export interface StoredObject {
  /** Null for virtual objects, which are known by their path alone. */
  readonly id: number | null;
  readonly path: string;
  readonly name: string;
  /** The name of its type. */
  readonly type: string;
  /** 0 is the system. */
  readonly ownerId: number;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** For the storage itself; others ask it. */
  readonly content: StoredContent | VirtualContent;
}

export interface StoredContent {
  readonly kind: "stored";
  readonly type: ObjectType;
  readonly parentId: number | null;
  readonly acl: string;
  /** Values by field id. */
  readonly data: JsonObject;
}

export interface VirtualContent {
  readonly kind: "virtual";
  /** Values by field name, as they are shown. */
  readonly fields: JsonObject;
  readonly owner: string | null;
  /** What the one who asked may do with it. */
  readonly rights: RightSet;
}

/** An object of the tables of this domain. */
export interface TreeObject extends StoredObject {
  readonly id: number;
  readonly content: StoredContent;
}

/** Tells objects of the tree from virtual ones. */
export function isTreeObject(object: StoredObject): object is TreeObject {
  return object.content.kind === "stored";
}

/** An object as somebody with these rights on it sees it: without the fields that he may not see. */
export function visibleTo<T extends StoredObject>(object: T, rights: RightSet): T {
  if (object.content.kind === "virtual") return object;
  return withView(object, object.content.type.visibleTo(rights));
}

/** An object with no other values than those of a view of its type. */
export function withView<T extends StoredObject>(object: T, view: ObjectType): T {
  const { content } = object;
  if (content.kind === "virtual" || content.type === view) return object;
  const hidden = new Set(view.hidden.map((field) => field.id));
  const rest = Object.entries(content.data).filter(([id]) => !hidden.has(id));
  return { ...object, content: { ...content, type: view, data: Object.fromEntries(rest) } };
}
