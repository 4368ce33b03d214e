import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { ConsoleDocument, ListDocument, ObjectDocument, ProcessFields } from "#contract";
import { requestObject } from "../../client/request.ts";

/** What the pages of processes ask of the server, in the shape in which they show it. */

export type ProcessState = ProcessFields["state"];

export interface Process extends ProcessFields {
  path: string;
  id: number;
}

export const processStates = [
  "running",
  "waiting",
  "suspended",
  "done",
  "aborted",
  "cancelled",
] as const;

export const processQuery = (id: number) =>
  queryOptions({
    queryKey: ["process", id],
    queryFn: async ({ signal }) =>
      processOf(await requestObject<ObjectDocument>(`/process/${id}`, {}, { signal })),
  });

export const processesQuery = (state: ProcessState | undefined) =>
  infiniteQueryOptions({
    queryKey: ["processes", state],
    queryFn: async ({ pageParam, signal }) => {
      const page = await requestObject<ListDocument>(
        "/process",
        {
          list: "true",
          limit: 50,
          ...(state === undefined ? {} : { state }),
          ...(pageParam === null ? {} : { after: pageParam }),
        },
        { signal },
      );
      return { items: page.items.map(processOf), next: page.next };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });

// As many lines as a page of the console asks for at once.
export const consolePageLines = 1000;

export function readConsole(id: number, after: number): Promise<ConsoleDocument> {
  return requestObject(`/process/${id}`, { console: "true", after, limit: consolePageLines });
}

export function cancelProcess(id: number): Promise<unknown> {
  return requestObject(`/process/${id}`, { cancel: "true" }, { method: "POST" });
}

export function hasEnded(state: ProcessState): boolean {
  return state === "done" || state === "aborted" || state === "cancelled";
}

function processOf(object: ObjectDocument): Process {
  return {
    ...(object.fields as unknown as ProcessFields),
    path: object.path,
    id: Number(object.name),
  };
}
