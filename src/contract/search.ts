import { z } from "zod";
import { jsonValue, objectDocument } from "./rest.ts";

/** What may be asked of a search; in a query everything is text. */
export const searchBody = z.strictObject({
  q: z
    .string()
    .optional()
    .describe("The search, such as `rack.site.name = 'Tokyo' and cores >= 8`"),
  type: z.string().max(1024).optional().describe("Only objects of this type, by name or path"),
  directory: z.string().optional().describe("Only what is directly in this directory"),
});

export const searchTotal = z.object({
  count: z.number().int(),
  isExact: z.boolean().describe("False if there are more than that"),
});

const valuesSchema = z
  .record(z.string(), jsonValue)
  .describe("What stands at the end of each selected way; null where nothing does");

/** A page of what was found. With `select`, rows of these values instead of whole objects. */
export const searchDocument = z.object({
  items: z.union([
    z.array(objectDocument),
    z.array(z.object({ path: z.string(), type: z.string(), values: valuesSchema })),
  ]),
  next: z.string().nullable().describe("`cursor` of the next page, or null at the end"),
  total: searchTotal.nullable().describe("Only with `total`"),
});
export type SearchDocument = z.infer<typeof searchDocument>;

export const statisticsDocument = z.object({
  count: z.number().int().describe("Objects found"),
  empty: z.number().int().describe("How many of them have no value"),
  distinct: z.number().int(),
  values: z
    .array(z.object({ value: jsonValue, count: z.number().int() }))
    .describe("The most frequent values"),
  min: z.number().nullable(),
  max: z.number().nullable(),
  average: z.number().nullable(),
});
export type StatisticsDocument = z.infer<typeof statisticsDocument>;

export const duplicatesDocument = z.object({
  duplicates: z.array(
    z.object({
      value: jsonValue,
      count: z.number().int(),
      paths: z.array(z.string()).describe("At most 20 of the objects"),
    }),
  ),
  isMore: z.boolean(),
});
export type DuplicatesDocument = z.infer<typeof duplicatesDocument>;
