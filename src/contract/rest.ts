import { z } from "zod";

/** The shapes that cross the API: one schema for validation, OpenAPI and types. */

/** A JSON value, as it arrives and leaves. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

// That it is JSON is seen to where its text is read; in OpenAPI, the schema of any value is the empty one.
export const jsonValue = z.custom<Json>(() => true);

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

const reason = z.string().max(1000).optional().describe("Why; it stands in the history");

export const putBody = z.object({
  type: z.string().max(128),
  fields: fieldsSchema.default({}),
  reason,
});

export const patchBody = z.object({
  fields: fieldsSchema.default({}),
  owner: z.string().max(128).optional().describe("The name of the new owner; needs manage"),
  reason,
});

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

/** A job that a process did or is doing. */
export const jobDocument = z.object({
  number: z.number().int().describe("Grows in the order in which the jobs of the process began"),
  depth: z.number().int().describe("How many calls are around it"),
  path: z.string().describe("The jobflow in which it stands"),
  line: z.number().int(),
  column: z.number().int().nullable(),
  kind: z.string().describe("Such as command, script, call, assignment, update, event, print"),
  text: z.string().nullable().describe("A command as it was run, any other job as it is written"),
  began: z.iso.datetime(),
  ended: z.iso.datetime().nullable().describe("Null: it is not over"),
  outcome: z
    .enum(["ok", "failed", "handled", "skipped"])
    .nullable()
    .describe("`handled`: failed, and a connector took that; `skipped`: a person said so"),
  status: z.number().int().nullable(),
  reason: z.string().nullable(),
  error: z.string().nullable(),
  host: z.string().nullable().describe("As the flow names it; null: the job manager's own"),
  user: z.string().nullable(),
  callee: z.string().nullable().describe("The jobflow that is called, if it is another one"),
  processes: z.array(z.string()).describe("Processes that it started or waited for"),
  decision: z
    .object({ by: z.string(), decision: z.string(), at: z.iso.datetime() })
    .nullable()
    .describe("In step mode: what a person decided before it"),
});
export type JobDocument = z.infer<typeof jobDocument>;

export const traceDocument = z.object({
  jobs: z.array(jobDocument),
  leftOut: z.number().int().describe("Jobs of turns that did too many to keep all, about"),
  ended: z.boolean().describe("Whether the process has ended, so that no job can follow"),
});
export type TraceDocument = z.infer<typeof traceDocument>;

const shownValue = z.object({
  name: z.string(),
  type: z.string(),
  value: jsonValue,
  isCut: z.boolean().describe("Whether `value` is only the beginning of a long value's JSON text"),
});

/** A call of a process, with what it knows; secrets are masked. */
export const frameDocument = z.object({
  path: z.string(),
  line: z.number().int(),
  job: z.string().nullable(),
  isHidden: z.boolean().describe("Whether values are left out: it acts for somebody else"),
  variables: z.array(shownValue),
  context: z.array(shownValue),
  outcome: z.array(shownValue).describe("$STATUS, $RESULT, $ERROR and $REASON"),
});

export const variablesDocument = z.object({
  state: z.string(),
  waitsFor: z.string().nullable(),
  waitsSince: z.iso.datetime().nullable(),
  frames: z.array(frameDocument).describe("The calls, the innermost first"),
  framesLeftOut: z.number().int(),
});
export type VariablesDocument = z.infer<typeof variablesDocument>;

/** From where a process is done again. */
export const rerunStarts = ["start", "failed"] as const;
export type RerunStart = (typeof rerunStarts)[number];

/** What a person says with what he wants of a process. */
export const processOrderBody = z
  .looseObject({
    reason,
    variables: fieldsSchema
      .optional()
      .describe("With `rerun=failed`: other values for variables of the flow in which it failed"),
  })
  .nullish();

/** What a person may decide about a process that is held before a command. */
export const stepDecisions = ["go", "skip", "abort", "free"] as const;
export type StepDecision = (typeof stepDecisions)[number];

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

/** What a process in step mode is about to do. */
export interface HeldJob {
  turn: number;
  path: string;
  line: number;
  kind: string;
  /** Secrets are masked. */
  text: string | null;
  host: string | null;
  user: string | null;
}

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
  /** Whether it stops before each command until a person decides. */
  step: boolean;
  /** Before what it is held, if it is; a decision names the turn. */
  held: HeldJob | null;
  /** Who suspended it, since when and why, if somebody did. */
  suspended: { since: string; by: string; reason: string | null } | null;
  /** The process that it does again, and the last one that does it again. */
  rerunOf: string | null;
  rerunBy: string | null;
  startedBy: string;
  parent: string | null;
  startedAt: string;
  endedAt: string | null;
}
