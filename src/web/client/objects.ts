import { queryOptions, type QueryClient } from "@tanstack/react-query";
import type {
  HistoryDocument,
  Json,
  ObjectDocument,
  RestoredDocument,
  TransactionBody,
  TransactionDocument,
  UndoBody,
  UndoDocument,
} from "#contract";
import { request, requestObject } from "./request.ts";

/** Objects as several pages ask for them, and what is done to them. */

/** An object, as it is or as it was. */
export const objectQuery = (path: string, asOf?: string) =>
  queryOptions({
    queryKey: ["object", path, asOf ?? null],
    queryFn: ({ signal }) => requestObject<ObjectDocument>(path, { "as-of": asOf }, { signal }),
  });

/** Several operations as one change; the answer says its number. */
export function transact(body: TransactionBody): Promise<TransactionDocument> {
  return request("/.api/v1/transactions", { method: "POST", body });
}

export function undo(body: UndoBody): Promise<UndoDocument> {
  return request("/.api/v1/undo", { method: "POST", body });
}

export function restore(body: {
  object: string | number;
  to?: string;
  dryRun?: boolean;
}): Promise<RestoredDocument> {
  return request("/.api/v1/restore", { method: "POST", body });
}

export function saveFields(
  object: { path: string; revision: number },
  fields: Record<string, Json>,
  options: { reason?: string; isDraft?: boolean } = {},
): Promise<ObjectDocument> {
  return requestObject(object.path, options.isDraft === true ? { draft: "true" } : {}, {
    method: "PATCH",
    revision: object.revision,
    body: { fields, ...reasonOf(options.reason) },
  });
}

export function makeObject(
  path: string,
  type: string,
  fields: Record<string, Json>,
  options: { reason?: string; isDraft?: boolean } = {},
): Promise<ObjectDocument> {
  return requestObject(path, options.isDraft === true ? { draft: "true" } : {}, {
    method: "PUT",
    isNew: true,
    body: { type, fields, ...reasonOf(options.reason) },
  });
}

function reasonOf(reason: string | undefined): { reason?: string } {
  return reason === undefined || reason === "" ? {} : { reason };
}

/** The number of the change that gave an object this revision; undefined where it cannot be read. */
export async function changeOf(object: ObjectDocument): Promise<number | undefined> {
  try {
    const { changes } = await requestObject<HistoryDocument>(object.path, {
      history: "true",
      limit: 1,
    });
    const [last] = changes;
    return last?.revision === object.revision ? last.change : undefined;
  } catch {
    // That it is saved holds without its number, too.
    return undefined;
  }
}

/** After a change, what was read of any object may be old. */
export async function forgetObjects(queries: QueryClient): Promise<void> {
  const kinds = [
    "object",
    "rows",
    "tree",
    "history",
    "types",
    "lookup",
    "statistics",
    "duplicates",
    "referrers",
    "changes",
    "deleted",
    "people",
    "rights",
  ];
  await Promise.all(kinds.map((kind) => queries.invalidateQueries({ queryKey: [kind] })));
}
