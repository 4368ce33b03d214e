import { queryOptions } from "@tanstack/react-query";
import type { ListDocument } from "#contract";
import { queryText, request, requestObject } from "../client/request.ts";
import { printSearch, type Search } from "#kernel";

/** What a picker finds while somebody types. */

export interface Found {
  path: string;
  type: string;
}

const foundMax = 20;

/** Objects of some types (none given: of any) in whose name or searched fields the text stands. */
export const lookupQuery = (types: readonly string[], text: string) =>
  queryOptions({
    queryKey: ["lookup", types, text],
    queryFn: async ({ signal }) => {
      const query = { q: lookupSearch(types, text), select: "name", limit: foundMax };
      const found = await request<{ items: Found[] }>(`/.api/v1/search${queryText(query)}`, {
        signal,
      });
      return found.items;
    },
    staleTime: 10_000,
  });

export function lookupSearch(types: readonly string[], text: string): string {
  const parts: Search[] = [];
  if (types.length > 0) {
    const values = types.map((value) => ({ kind: "text" as const, value }));
    const way = [{ kind: "field" as const, name: "type", at: 0 }];
    parts.push({ kind: "condition", way, test: { kind: "in", values, at: 0 }, at: 0 });
  }
  if (text.trim() !== "") parts.push({ kind: "text", text: text.trim(), at: 0 });
  const [first] = parts;
  if (first === undefined) return "";
  return printSearch(parts.length === 1 ? first : { kind: "and", of: parts });
}

export interface Person {
  name: string;
  fullName: string;
  isDisabled: boolean;
}

/** All users, or all groups. */
export const peopleQuery = (kind: "users" | "groups") =>
  queryOptions({
    queryKey: ["people", kind],
    queryFn: async ({ signal }): Promise<Person[]> => {
      const page = await requestObject<ListDocument>(
        `/system/${kind}`,
        { list: "true", limit: 1000 },
        { signal },
      );
      return page.items.map(({ name, fields }) => ({
        name,
        fullName: typeof fields.full_name === "string" ? fields.full_name : "",
        isDisabled: fields.disabled === true,
      }));
    },
    staleTime: 60_000,
    retry: false,
  });
