import { z } from "zod";
import {
  duplicatesDocument,
  moment,
  searchBody,
  searchDocument,
  statisticsDocument,
} from "#contract";
import { flag, given, pageLimit, route } from "./route.ts";

/** Searches over all objects. A long one is sent as a body. */

const description =
  "A search is made of conditions: `status = down and (cores >= 8 or rack.site.name = 'Tokyo')`, `<-Server.rack exists`, `'text'`, `under /nodes`. See docs/search.md.";

const page = {
  sort: z.string().max(256).optional().describe("A field, or `-field` for the reverse"),
  cursor: z.string().max(4096).optional().describe("`next` of the page before"),
};
const asOf = moment.optional().describe("What would have been found at that moment");
const ways = z.array(z.string().min(1).max(1024)).max(100);

const pageQuery = searchBody.extend({
  ...page,
  "as-of": asOf,
  limit: pageLimit.describe("How many objects at most"),
  total: flag.describe("Also count them, exactly up to 10,000"),
  select: z
    .string()
    .transform((text) => text.split(",").map((way) => way.trim()))
    .pipe(ways)
    .optional()
    .describe("Only these values, separated by commas, such as `host,rack.site.name`"),
});
const pageBody = searchBody.extend({
  ...page,
  asOf,
  limit: z.number().int().min(1).max(1000).optional(),
  total: z.boolean().optional(),
  select: ways.optional(),
});

const fieldQuery = searchBody.extend({
  field: z.string().max(256).describe("A field of the type"),
  limit: pageLimit.describe("How many values at most"),
});

export const searchRoutes = [
  route({
    method: "GET",
    address: "/.api/v1/search",
    summary: "Find objects",
    description,
    query: pageQuery,
    answers: { 200: { description: "A page of what was found", schema: searchDocument } },
    handle: ({ query: { "as-of": then, ...query }, call }) =>
      call("objects.search", given({ ...query, asOf: then })),
  }),
  route({
    method: "POST",
    address: "/.api/v1/search",
    summary: "Find objects by a search that is too long for an address",
    body: pageBody,
    answers: { 200: { description: "A page of what was found", schema: searchDocument } },
    handle: (ask) => ask.call("objects.search", given(ask.body)),
  }),
  route({
    method: "GET",
    address: "/.api/v1/search/statistics",
    summary: "How the values of a field are spread over what a search finds",
    query: fieldQuery,
    answers: { 200: { description: "The figures", schema: statisticsDocument } },
    handle: (ask) => ask.call("objects.statistics", given(ask.query)),
  }),
  route({
    method: "GET",
    address: "/.api/v1/search/duplicates",
    summary: "The values of a field that several of the found objects have",
    query: fieldQuery,
    answers: { 200: { description: "The values with their objects", schema: duplicatesDocument } },
    handle: (ask) => ask.call("objects.duplicates", given(ask.query)),
  }),
];
