import { z } from "zod";

/** The shapes that cross the API: one schema for validation, OpenAPI and types. */

/** A JSON value, as it arrives and leaves. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

// That it is JSON is seen to where its text is read; in OpenAPI, the schema of any value is the empty one.
const jsonValue = z.custom<Json>(() => true);

export const fieldsSchema = z.record(z.string(), jsonValue).describe("Values by field name");

/** An object as `GET` gives it. Values of secret fields are shown as `********`, of references as paths. */
export const objectDocument = z.object({
  /** Null for virtual objects, such as processes. */
  id: z.number().int().nullable(),
  path: z.string(),
  name: z.string(),
  /** The name of its type, such as `Server`. */
  type: z.string(),
  /** The name of the user who owns it. */
  owner: z.string().nullable(),
  fields: fieldsSchema,
  revision: z.number().int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ObjectDocument = z.infer<typeof objectDocument>;

export const putBody = z.object({ type: z.string().max(128), fields: fieldsSchema.default({}) });
export type PutBody = z.infer<typeof putBody>;

export const patchBody = z.object({ fields: fieldsSchema });
export type PatchBody = z.infer<typeof patchBody>;

/** A page of a directory or another list; `next` is the cursor for the page after it. */
export const listDocument = z.object({
  items: z.array(objectDocument),
  next: z.string().nullable(),
});
export type ListDocument = z.infer<typeof listDocument>;

export const startedDocument = z.object({ process: z.string().describe("/process/17") });
export type StartedDocument = z.infer<typeof startedDocument>;

/** A line of a console. `number` grows by one a line, from 1. */
export const consoleLine = z.object({
  number: z.number().int(),
  at: z.iso.datetime(),
  text: z.string(),
});
export type ConsoleLine = z.infer<typeof consoleLine>;

export const consoleDocument = z.object({
  lines: z.array(consoleLine),
  /** Whether the process has ended, so that no line can follow the last one given. */
  ended: z.boolean(),
});
export type ConsoleDocument = z.infer<typeof consoleDocument>;

/** RFC 9457. `details` is for programs, `hint` for people. */
export const problemDocument = z.object({
  type: z.string(),
  status: z.number().int(),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  details: z.record(z.string(), z.unknown()),
  hint: z.string().optional(),
  requestId: z.string(),
});
export type ProblemDocument = z.infer<typeof problemDocument>;

/** What `/process/<id>` shows as fields. */
export interface ProcessFields {
  state: "new" | "ready" | "running" | "waiting" | "suspended" | "done" | "aborted" | "cancelled";
  /** The path of the jobflow, as it was when the process started. */
  jobflow: string;
  result: Json;
  status: number | null;
  reason: string | null;
  /** `aborted at line N in PATH: message`, or null. */
  error: string | null;
  /** Where it ended abnormally: the failing job in each flow of the call chain, innermost first. */
  trace: { path: string; line: number }[];
  /** What a waiting process waits for, such as "command on web01: systemctl restart httpd". */
  waitsFor: string | null;
  waitsSince: string | null;
  startedBy: string;
  parent: string | null;
  startedAt: string;
  endedAt: string | null;
}
