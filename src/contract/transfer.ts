import { z } from "zod";
import { changeDocument } from "./history.ts";
import { fieldsSchema } from "./rest.ts";
import { searchBody } from "./search.ts";

/** Many objects at once: transactions, bulk edits, imports and exports. */

const reason = z.string().max(1000).optional().describe("Why; it stands in the history");
const path = z.string().max(2000);
const tempId = z
  .string()
  .min(1)
  .max(128)
  .optional()
  .describe('By which other operations name the object: `{"ref": "rack"}` as a value or as `ref`');
const ifRevision = z
  .number()
  .int()
  .min(0)
  .optional()
  .describe("Refuse the operation if the object has another revision; 0: if it is there");
const fields = fieldsSchema
  .optional()
  .describe('Values by field name; a reference may be `{"ref": tempId}` of any operation');

const target = {
  path: path.optional(),
  id: z.number().int().optional(),
  ref: z.string().max(128).optional().describe("The `tempId` of an operation before"),
};

const right = z.enum(["read", "write", "execute", "delete", "manage"]);

const make = {
  path,
  type: z.string().max(128),
  fields,
  parents: z.boolean().optional().describe("Make directories that are missing"),
  tempId,
  ifRevision,
};

export const operationSchema = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("create"), ...make }).describe("Refused if it is there"),
  z.strictObject({ op: z.literal("put"), ...make }).describe("Makes or replaces"),
  z.strictObject({
    op: z.literal("update"),
    ...target,
    fields,
    owner: z.string().max(128).optional(),
    ifRevision,
  }),
  z.strictObject({
    op: z.literal("delete"),
    ...target,
    recursive: z.boolean().optional(),
    ifRevision,
  }),
  z.strictObject({ op: z.literal("move"), ...target, to: path, ifRevision }),
  z.strictObject({
    op: z.literal("copy"),
    ...target,
    to: path,
    clearUnique: z.boolean().optional(),
    tempId,
  }),
  z.strictObject({
    op: z.literal("grant"),
    ...target,
    to: z.string().max(200).describe("`user:NAME`, `group:NAME` or `everyone`"),
    rights: z.array(right).describe("Exactly these; none takes the grant away"),
  }),
]);

export const transactionBody = z.strictObject({
  operations: z.array(operationSchema).min(1).max(10_000),
  reason,
  dryRun: z.boolean().optional().describe("Say what would change and what is wrong; do nothing"),
  draft: z.boolean().optional().describe("Keep source that does not compile as not runnable"),
});
export type TransactionBody = z.infer<typeof transactionBody>;

/** One thing that is wrong with an operation, or with a row of a file. */
export const faultSchema = z.object({
  index: z.number().int().describe("The number of the operation or row, from 0"),
  at: z.string().optional().describe("Where it stands in a file, such as `line 7, column 3`"),
  path: z.string().optional(),
  field: z.string().optional(),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  expected: z.string().optional(),
  got: z.string().optional(),
});
export type FaultDocument = z.infer<typeof faultSchema>;

const preview = {
  objects: z
    .array(changeDocument)
    .describe("Of a dry run: what would be done to each object; at most 10,000"),
  total: z.number().int().describe("Of a dry run: how many objects would change"),
};

export const transactionDocument = z.object({
  change: z.number().int().nullable().describe("Its number; null if nothing has changed"),
  made: z.record(z.string(), z.string()).describe("The paths of new objects, by `tempId`"),
  faults: z.array(faultSchema).describe("Of a dry run: what is wrong"),
  ...preview,
});
export type TransactionDocument = z.infer<typeof transactionDocument>;

export const bulkEditBody = z.strictObject({
  ...searchBody.shape,
  fields: fieldsSchema,
  reason,
  dryRun: z.boolean().optional().describe("Only a preview"),
  fingerprint: z
    .string()
    .max(900_000)
    .optional()
    .describe("Of the preview: nothing is done (409) if the search finds others by now"),
  skipFaults: z.boolean().optional().describe("Leave out what is wrong or may not be written"),
});
export type BulkEditBody = z.infer<typeof bulkEditBody>;

export const bulkEditDocument = z.object({
  change: z.number().int().nullable(),
  found: z.number().int().describe("How many objects the search finds"),
  faults: z.array(faultSchema),
  fingerprint: z.string().describe("Of what was found"),
  ...preview,
});
export type BulkEditDocument = z.infer<typeof bulkEditDocument>;

export const importDocument = z.object({
  changes: z.array(z.number().int()).describe("The numbers of the changes; empty if nothing has"),
  rows: z.number().int(),
  created: z.number().int(),
  updated: z.number().int(),
  unchanged: z.number().int(),
  deleted: z.number().int(),
  faulty: z.number().int().describe("How many rows are wrong"),
  faults: z.array(faultSchema).describe("At most 10,000"),
  ignoredColumns: z.array(z.string()).describe("Worked out, and so left out of account"),
  isCancelled: z
    .boolean()
    .describe("It was cancelled: of an import in batches, what `changes` did stays"),
  ...preview,
});
export type ImportDocument = z.infer<typeof importDocument>;

export const importProgressDocument = z.object({
  rows: z.number().int().nullable().describe("Rows done; null: no such import is under way"),
});
export type ImportProgressDocument = z.infer<typeof importProgressDocument>;
