import { infiniteQueryOptions } from "@tanstack/react-query";
import type { Json, ListDocument, StartedDocument } from "#contract";
import { queryText, request, requestObject } from "../../client/request.ts";

/** What only the pages of objects ask of the server. */

export interface TreeNode {
  path: string;
  name: string;
}

/** The directories in a directory, of now or of a moment. */
export const directoriesQuery = (path: string, asOf: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["tree", path, asOf ?? null],
    queryFn: ({ pageParam, signal }) =>
      asOf === undefined
        ? foundDirectories(path, pageParam, signal)
        : directoriesThen(path, asOf, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    retry: false,
  });

interface NodePage {
  items: TreeNode[];
  next: string | null;
}

async function foundDirectories(
  directory: string,
  cursor: string | null,
  signal: AbortSignal,
): Promise<NodePage> {
  const query = {
    directory,
    type: "Directory",
    select: "name",
    sort: "name",
    limit: 200,
    cursor: cursor ?? undefined,
  };
  const page = await request<{ items: { path: string }[]; next: string | null }>(
    `/.api/v1/search${queryText(query)}`,
    { signal },
  );
  return { items: page.items.map(nodeOf), next: page.next };
}

async function directoriesThen(
  path: string,
  asOf: string,
  after: string | null,
  signal: AbortSignal,
): Promise<NodePage> {
  const page = await requestObject<ListDocument>(
    path,
    { list: "true", limit: 500, "as-of": asOf, after: after ?? undefined },
    { signal },
  );
  return {
    items: page.items.filter(({ type }) => type === "Directory").map(nodeOf),
    next: page.next,
  };
}

function nodeOf({ path }: { path: string }): TreeNode {
  return { path, name: path.slice(path.lastIndexOf("/") + 1) };
}

export function startJobflow(path: string, parameters: Json): Promise<StartedDocument> {
  return requestObject(path, {}, { method: "POST", body: parameters });
}
