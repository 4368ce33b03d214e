import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Json, ListDocument, ObjectDocument, StartedDocument } from "#contract";
import { requestObject } from "../../client/request.ts";
import { language } from "../../ui/text.ts";

/** What the pages of objects ask of the server. */

export const objectQuery = (path: string) =>
  queryOptions({
    queryKey: ["object", path],
    queryFn: ({ signal }) => requestObject<ObjectDocument>(path, {}, { signal }),
  });

export const childrenQuery = (path: string) =>
  infiniteQueryOptions({
    queryKey: ["children", path],
    queryFn: ({ pageParam, signal }) =>
      requestObject<ListDocument>(
        path,
        { list: "true", limit: 200, ...(pageParam === null ? {} : { after: pageParam }) },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

export interface FieldDefinition {
  name: string;
  kind: string;
  label: string;
}

/** The fields of a type, in its order; empty where the type cannot be read. */
export const definitionsQuery = (type: string) =>
  queryOptions({
    queryKey: ["object", `/system/types/${type}`, "definitions"],
    queryFn: async ({ signal }) =>
      definitionsOf(await requestObject<ObjectDocument>(`/system/types/${type}`, {}, { signal })),
    staleTime: 60_000,
    retry: false,
  });

export interface Change {
  change: number;
  at: string;
  author: string;
  cause: string;
  reason: string | null;
  revision: number;
  before: Record<string, Json>;
}

export const historyQuery = (path: string) =>
  queryOptions({
    queryKey: ["history", path],
    queryFn: ({ signal }) =>
      requestObject<{ changes: Change[] }>(path, { history: "true", limit: 100 }, { signal }),
  });

export function saveFields(
  object: { path: string; revision: number },
  fields: Record<string, Json>,
  draft: boolean,
): Promise<ObjectDocument> {
  return requestObject(object.path, draft ? { draft: "true" } : {}, {
    method: "PATCH",
    revision: object.revision,
    body: { fields },
  });
}

export function startJobflow(path: string, parameters: Json): Promise<StartedDocument> {
  return requestObject(path, {}, { method: "POST", body: parameters });
}

function definitionsOf(type: ObjectDocument): FieldDefinition[] {
  const { fields } = type.fields;
  if (!Array.isArray(fields)) return [];
  return fields.flatMap((field) => {
    if (typeof field !== "object" || field === null || Array.isArray(field)) return [];
    const { name, kind, label } = field;
    if (typeof name !== "string") return [];
    return [
      { name, kind: typeof kind === "string" ? kind : "string", label: labelOf(label) ?? name },
    ];
  });
}

/** Labels are one text, or one a language; one in another language is better than none. */
function labelOf(label: Json | undefined): string | undefined {
  if (typeof label === "string") return label === "" ? undefined : label;
  if (typeof label !== "object" || label === null || Array.isArray(label)) return undefined;
  const text = label[language] ?? Object.values(label)[0];
  return typeof text === "string" && text !== "" ? text : undefined;
}
