import { z } from "zod";
import { jsonValue } from "./rest.ts";

/** How a server stands, as `/.status` tells it. */

const level = z.enum(["ok", "degraded", "failed"]);

const partStatus = z.object({
  status: level,
  message: z.string().optional(),
  details: z
    .record(z.string(), jsonValue)
    .optional()
    .describe("Names and numbers, only for administrators"),
});

export const statusDocument = z.object({
  status: level.describe("The worst of its parts"),
  isReady: z.boolean().describe("Whether it can do work"),
  version: z.string(),
  startedAt: z.string(),
  uptime: z.number().describe("In seconds"),
  parts: z.record(z.string(), partStatus),
});

export type PartStatus = z.infer<typeof partStatus>;
export type StatusDocument = z.infer<typeof statusDocument>;
