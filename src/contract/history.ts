import { z } from "zod";
import { fieldsSchema, objectDocument } from "./rest.ts";

/** What the API says of the past, and what it takes back. */

/** A moment, as people and programs give it. */
export const moment = z
  .string()
  .max(64)
  .describe("A time with its zone (`2026-11-20T10:00:00Z`), a date, or the number of a change");

const changeHead = {
  change: z.number().int().describe("Its number"),
  at: z.iso.datetime(),
  author: z.string(),
  cause: z.string().describe("Such as `person`, `process /process/17`, `undo change 41`"),
  reason: z.string().nullable(),
};

const pair = <Part extends z.ZodType>(part: Part) =>
  z.object({ before: part.nullable(), after: part.nullable() }).optional();

/** What lies between two states of an object. */
const delta = {
  before: fieldsSchema.describe("The values before, of what differs; null where there was none"),
  after: fieldsSchema.describe("The values after, of what differs"),
  path: pair(z.string()).describe("If it was renamed or moved"),
  type: pair(z.string()),
  owner: pair(z.string()),
  grants: pair(z.record(z.string(), z.array(z.string()))).describe(
    "What is granted on the object itself: rights by `user:NAME`, `group:NAME`, `everyone`",
  ),
};

/** What one change did to one object. */
export const changeDocument = z.object({
  ...changeHead,
  object: z.number().int().describe("Its id"),
  objectPath: z.string().describe("Where it is, or was when it was deleted"),
  operation: z.enum(["create", "update", "delete"]),
  revision: z.number().int().describe("Of the object after the change"),
  ...delta,
});
export type ChangeDocument = z.infer<typeof changeDocument>;

export const historyDocument = z.object({
  changes: z.array(changeDocument),
  next: z.string().nullable().describe("`after` of the next page, or null at the end"),
});
export type HistoryDocument = z.infer<typeof historyDocument>;

export const changeListDocument = z.object({
  changes: z.array(
    z.object({
      ...changeHead,
      objects: z.number().int().describe("How many objects, of those that you may read"),
    }),
  ),
  next: z.number().int().nullable().describe("`before` of the next page, or null at the end"),
});
export type ChangeListDocument = z.infer<typeof changeListDocument>;

export const oneChangeDocument = z.object({
  ...changeHead,
  total: z.number().int().describe("How many objects, of those that you may read"),
  objects: z.array(changeDocument),
  next: z.string().nullable().describe("`after` of the next page, or null at the end"),
});
export type OneChangeDocument = z.infer<typeof oneChangeDocument>;

export const comparisonDocument = z.object({
  differences: z.array(
    z.object({
      object: z.number().int(),
      objectPath: z.string(),
      objectType: z.string(),
      kind: z.enum(["added", "removed", "changed"]),
      ...delta,
    }),
  ),
  total: z.number().int().describe("Of all pages"),
  next: z.number().int().nullable().describe("`after` of the next page, or null at the end"),
});
export type ComparisonDocument = z.infer<typeof comparisonDocument>;

export const deletedDocument = z.object({
  items: z.array(
    z.object({ id: z.number().int(), path: z.string(), type: z.string(), ...changeHead }),
  ),
  next: z.string().nullable().describe("`after` of the next page, or null at the end"),
});
export type DeletedDocument = z.infer<typeof deletedDocument>;

const settling = {
  dryRun: z.boolean().optional().describe("Only say what would be done, and what is in the way"),
  skipConflicts: z.boolean().optional().describe("Leave out what later changes are in the way of"),
  force: z
    .union([z.boolean(), z.array(z.string())])
    .optional()
    .describe("Conflicts that may be overwritten, by their `id`; true: all that can be"),
  reason: z.string().max(1000).optional(),
};

export const undoBody = z.strictObject({
  change: z.number().int().optional(),
  object: z.union([z.string(), z.number().int()]).optional().describe("Only this object"),
  fields: z.array(z.string()).optional().describe("Only these fields of it"),
  author: z.string().optional().describe("Only what this user changed"),
  process: z.string().optional().describe("Only what this process changed: /process/17"),
  cause: z.string().optional().describe("Only what has this cause, such as `import`"),
  from: moment.optional().describe("Only what was changed after that moment"),
  to: moment.optional().describe("Only what was changed up to that moment"),
  below: z.string().optional().describe("Only what is in or below this directory, or was"),
  ...settling,
});
export type UndoBody = z.infer<typeof undoBody>;

export const restoreBody = z.strictObject({
  object: z
    .union([z.string(), z.number().int()])
    .describe("Where it was, or its id if something else was there, too"),
  to: z.string().optional().describe("Another path for it"),
  ...settling,
});
export type RestoreBody = z.infer<typeof restoreBody>;

export const copyBody = z.strictObject({
  path: z.string(),
  to: z.string(),
  clearUnique: z
    .boolean()
    .optional()
    .describe("Leave values out that no two objects may have; else such a copy is refused"),
  reason: z.string().max(1000).optional(),
});
export type CopyBody = z.infer<typeof copyBody>;

export const moveBody = z.strictObject({
  path: z.string(),
  to: z.string(),
  revision: z.number().int().optional().describe("The one that this is based on"),
  reason: z.string().max(1000).optional(),
});
export type MoveBody = z.infer<typeof moveBody>;

export const undoDocument = z.object({
  change: z.number().int().nullable().describe("The new change; null if nothing was to be done"),
  steps: z
    .array(
      z.object({
        object: z.number().int(),
        objectPath: z.string(),
        action: z.enum(["restore", "delete", "change"]),
        ...delta,
      }),
    )
    .describe("What is done; of many, the first"),
  total: z.number().int().describe("How many steps"),
  conflicts: z
    .array(
      z.object({
        id: z.string().describe("To name it in `force`"),
        path: z.string(),
        what: z.string().describe("The field, or name, directory, owner, type, grants, object"),
        reason: z.string(),
        message: z.string(),
        changes: z.array(z.object(changeHead)).describe("The later changes that are in the way"),
        isForceable: z.boolean(),
      }),
    )
    .describe("What is left as it is; of many, the first"),
  conflictTotal: z.number().int(),
  isPartial: z.boolean().describe("Whether objects are concerned that you may not read"),
});
export type UndoDocument = z.infer<typeof undoDocument>;

export const restoredDocument = undoDocument.extend({
  object: objectDocument.nullable().describe("Null in a preview"),
});
export type RestoredDocument = z.infer<typeof restoredDocument>;
