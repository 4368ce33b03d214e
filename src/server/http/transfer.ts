/** Many objects at once: transactions, bulk edits, and files of objects out and in. */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import {
  bulkEditBody,
  bulkEditDocument,
  importDocument,
  importProgressDocument,
  moment,
  searchBody,
  transactionBody,
  transactionDocument,
} from "#contract";
import { TsunagiError } from "#kernel";
import { exportFile, transferFormats, type PageSource, type TransferFormat } from "#objects";
import type { ArgumentOf } from "../operations.ts";
import { reasonOf } from "./reason.ts";
import { type Ask, flag, given, route } from "./route.ts";

const format = z.enum(transferFormats);
const below = z.string().max(2000).optional().describe("Only what is below this object");
const importId = z.string().min(1).max(128).describe("Chosen by who asks, to ask for its progress");
const list = z
  .string()
  .transform((text) => text.split(",").map((name) => name.trim()))
  .pipe(z.array(z.string().min(1).max(1024)).max(200));

const exportQuery = searchBody.extend({
  format: format.describe("`csv`, `xlsx`, `yaml` or `jsonl`"),
  below,
  select: list.optional().describe("Columns: `path`, `type`, fields, ways like `rack.site.name`"),
  sort: z.string().max(256).optional().describe("A field, or `-field`"),
  "as-of": moment.optional().describe("As it was, and what would have been found then"),
  compact: flag.describe("Only what is stored, with grants; without what every installation has"),
  owners: flag.describe("With the names of the owners; not of a table"),
  bom: flag.describe("Of CSV: a byte order mark, by which Excel knows that it is UTF-8"),
});

const importQuery = z.strictObject({
  format,
  sheet: z.string().max(200).optional().describe("Of a spreadsheet: its name; else the first"),
  type: z.string().max(128).optional().describe("Of rows that do not name theirs"),
  into: z.string().max(2000).optional().describe("The directory of rows that have a name only"),
  match: z.string().max(128).optional().describe("Find objects by this field, instead of by path"),
  mode: z
    .enum(["merge", "replace"])
    .optional()
    .describe("`replace`: fields that are not given have no value any more"),
  delete: flag.describe("Delete what is in no row; of what `below`, `q` and `of-type` say"),
  below,
  q: z.string().optional().describe("Of what is deleted: only what this search finds"),
  "of-type": z.string().max(128).optional().describe("Of what is deleted: only of this type"),
  "dry-run": flag.describe("Say what would be done; do nothing"),
  stop: flag.describe("Do nothing if any row is wrong"),
  owners: flag.describe("Objects belong to whom their row says"),
  batch: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("Rows of a change; else all are one"),
  draft: flag.describe("Keep source that does not compile as not runnable"),
  name: z.string().max(200).optional().describe("Of the file; it stands in the history"),
  id: importId.optional(),
});

export const transferRoutes = [
  route({
    method: "POST",
    address: "/.api/v1/transactions",
    summary: "Make, change, move, copy, grant and delete several objects in one change",
    description:
      'The operations are done in their order, all or none. An object made under a `tempId` is a value of others as `{"ref": tempId}`, also of operations before it.',
    body: transactionBody,
    answers: { 200: { description: "What was done, or would be", schema: transactionDocument } },
    handle: (ask) =>
      ask.call("transfer.transact", { ...ask.body, ...reasonOf(ask, ask.body.reason) }),
  }),
  route({
    method: "POST",
    address: "/.api/v1/bulk-edit",
    summary: "Give all objects that a search finds the same values",
    body: bulkEditBody,
    answers: { 200: { description: "What was done, or would be", schema: bulkEditDocument } },
    handle: (ask) =>
      ask.call("transfer.bulkEdit", { ...ask.body, ...reasonOf(ask, ask.body.reason) }),
  }),
  route({
    method: "GET",
    address: "/.api/v1/export",
    summary: "Objects as a file that can be imported again",
    query: exportQuery,
    answers: { 200: { description: "The file", isFile: true } },
    handle: sendExport,
  }),
  route({
    method: "GET",
    address: "/.api/v1/import/progress",
    summary: "How far an import is",
    query: z.strictObject({ id: importId }),
    answers: { 200: { description: "Its rows", schema: importProgressDocument } },
    handle: (ask) => ask.call("transfer.progress", ask.query),
  }),
  route({
    method: "POST",
    address: "/.api/v1/import/cancel",
    summary: "Cancel an import: one change is taken back, of batches those stay that are done",
    body: z.strictObject({ id: importId }),
    answers: { 204: { description: "It ends as soon as it can" } },
    handle: async (ask) => {
      await ask.call("transfer.cancel", ask.body);
      return ask.reply.code(204).send();
    },
  }),
];

/** Whose body is a file. */
export const importRoutes = [
  route({
    method: "POST",
    address: "/.api/v1/import",
    takesFile: true,
    summary: "Bring a file of objects into the tree",
    query: importQuery,
    answers: { 200: { description: "What was done, or would be", schema: importDocument } },
    handle: takeImport,
  }),
];

const mediaTypes: Record<TransferFormat, string> = {
  csv: "text/csv; charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  yaml: "application/yaml; charset=utf-8",
  jsonl: "application/jsonl; charset=utf-8",
};

const pageSize = 500;

async function sendExport(ask: Ask<z.output<typeof exportQuery>, unknown>): Promise<unknown> {
  const { format: wanted, select, bom, compact, owners, "as-of": asOf, ...query } = ask.query;
  const argument = given({
    ...query,
    asOf,
    limit: pageSize,
    select: select?.filter((name) => name !== "path" && name !== "type"),
    isCompact: compact,
    withOwners: owners,
  });
  const pages: PageSource = (cursor) =>
    ask.call("transfer.export", { ...argument, ...given({ cursor }) });
  // What is wrong with the question is said before the first byte.
  const first = await pages(undefined);
  const layout = given({ format: wanted, columns: select, withBom: bom });
  const file = exportFile(
    (cursor) => (cursor === undefined ? Promise.resolve(first) : pages(cursor)),
    layout,
  );
  ask.reply.header("content-type", mediaTypes[wanted]);
  ask.reply.header("content-disposition", `attachment; filename="objects.${wanted}"`);
  return ask.reply.send(Readable.from(file, { objectMode: false }));
}

/** More is divided into several files. */
const fileMaxBytes = 1024 ** 3;

async function takeImport(ask: Ask<z.output<typeof importQuery>, unknown>): Promise<unknown> {
  const { raw } = ask.request;
  try {
    await ask.call("identity.whoami", {});
    // The engine reads it several times, and it may be larger than memory; it may hold passwords, so that nobody else sees it.
    const folder = await mkdtemp(join(tmpdir(), "tsunagi-import-"));
    try {
      const file = join(folder, "rows");
      await spool(ask, file);
      return await importing(ask, file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } catch (error) {
    ask.bodyTime.discard(raw);
    throw error;
  }
}

async function spool(ask: Ask<unknown, unknown>, file: string): Promise<void> {
  const { headers, raw } = ask.request;
  if (Number(headers["content-length"] ?? 0) > fileMaxBytes) throw tooLarge();
  if (headers.expect !== undefined) ask.reply.raw.writeContinue();
  let bytes = 0;
  const limited = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of ask.bodyTime.pieces(raw)) {
      bytes += piece.length;
      if (bytes > fileMaxBytes) throw tooLarge();
      yield piece;
    }
  };
  await pipeline(limited, createWriteStream(file, { mode: 0o600 }));
}

/** Ends it when who asked for it goes away. */
async function importing(ask: Ask<z.output<typeof importQuery>, unknown>, file: string) {
  const { delete: deletes, below: under, q, "of-type": ofType, draft, ...query } = ask.query;
  const { "dry-run": dryRun, owners, id = randomUUID(), ...rest } = query;
  const deleteMissing = given({ below: under, search: q, type: ofType });
  if (deletes === true && Object.keys(deleteMissing).length === 0) {
    throw new TsunagiError("ARGUMENT_INVALID", "what may be deleted is not said", {
      hint: "Say below which directory, or by which search, what is in no row is deleted.",
    });
  }
  const argument: ArgumentOf<"transfer.import"> = {
    ...given({ ...rest, dryRun, isDraft: draft, withOwners: owners }),
    ...(deletes === true ? { deleteMissing } : {}),
    ...reasonOf(ask),
    file,
    id,
  };
  const onClose = (): void => {
    if (!ask.reply.raw.writableEnded)
      void ask.call("transfer.cancel", { id }).catch(() => undefined);
  };
  ask.reply.raw.on("close", onClose);
  try {
    return await ask.call("transfer.import", argument);
  } finally {
    ask.reply.raw.off("close", onClose);
  }
}

function tooLarge(): TsunagiError {
  return new TsunagiError("BODY_TOO_LARGE", `the file is larger than ${fileMaxBytes} bytes`, {
    details: { limit: fileMaxBytes },
    hint: "Divide it into several.",
  });
}
