import { z } from "zod";

/** A token of somebody's own; its text is in no list. */
export const tokenDocument = z.object({
  id: z.number().int(),
  kind: z.string().describe("`user`: it acts as its owner; others do one thing only"),
  name: z.string(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable().describe("To the minute or so"),
  revokedAt: z.iso.datetime().nullable(),
});
export type TokenDocument = z.infer<typeof tokenDocument>;

export const tokenListDocument = z.object({ tokens: z.array(tokenDocument) });
export type TokenListDocument = z.infer<typeof tokenListDocument>;

export const tokenBody = z.strictObject({ name: z.string().min(1).max(128) });

export const madeTokenDocument = z.object({
  id: z.number().int(),
  name: z.string(),
  token: z.string().describe("Shown this once, and kept nowhere"),
});
export type MadeTokenDocument = z.infer<typeof madeTokenDocument>;
