import { z } from "zod";
import { externalJobs, type Json } from "#machine";
import { expectedTextFault } from "./expected-text.ts";
import type { ExpectedCommand } from "./test-case.ts";

/** What a test file may hold. */

const json = z.json() as z.ZodType<Json>;
const fields = z.record(z.string(), json);
const seconds = z.number().nonnegative();
const pattern = z.string().superRefine((text, context) => {
  const fault = expectedTextFault(text);
  if (fault !== undefined)
    context.addIssue({ code: "custom", message: `the pattern ${text} is not valid: ${fault}` });
});

export const jobs = ["command", "session", "session_open", ...externalJobs] as const;

const answerSchema = z
  .strictObject({
    ...Object.fromEntries(jobs.map((job) => [job, pattern.optional()])),
    host: pattern.nullable().optional(),
    method: z.string().optional(),
    output: z.string().optional(),
    error: z.string().optional(),
    status: z.int().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    body: json.optional(),
    result: json.optional(),
    delay: seconds.optional(),
    times: z.int().positive().optional(),
    never: z.literal(true).optional(),
    unknown: z.literal(true).optional(),
    unreachable: z.literal(true).optional(),
  })
  .superRefine((answer: Record<string, unknown>, context) => {
    const [job, ...others] = jobs.filter((each) => answer[each] !== undefined);
    if (job === undefined) {
      context.addIssue({
        code: "custom",
        message: `an answer says to what: one of ${jobs.join(", ")} is missing`,
      });
      return;
    }
    const conflict = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    for (const other of others)
      conflict(other, `an answer is to one thing: to '${job}' or to '${other}'`);
    const known = keysOf(job);
    for (const key of Object.keys(answer)) {
      if (!known.has(key) && !others.includes(key))
        conflict(key, `an answer to '${job}' has no '${key}'`);
    }
    const [fate, second] = fates.filter((each) => answer[each] === true);
    if (second !== undefined) conflict(second, `an answer has one fate: '${fate}' or '${second}'`);
  });

export const fates = ["never", "unknown", "unreachable"] as const;

/** What an answer to that job may say. */
function keysOf(job: string): ReadonlySet<string> {
  const common = [job, "error", "status", "delay", "times", ...fates];
  if (job === "command") return new Set([...common, "host", "output"]);
  if (job === "session") {
    return new Set([job, "error", "delay", "times", ...fates, "host", "output"]);
  }
  if (job === "session_open") return new Set([job, "error", "delay", "times", ...fates]);
  if (job === "urlopen") return new Set([...common, "method", "headers", "body"]);
  return new Set([...common, "result"]);
}

const caseSchema = z.strictObject({
  name: z.string().min(1),
  root: z.string().optional(),
  now: z.iso.datetime({ offset: true }).optional(),
  until: seconds.optional(),
  parameters: fields.optional(),
  objects: z
    .record(z.string(), z.strictObject({ type: z.string().optional(), fields: fields.optional() }))
    .optional(),
  messages: z.record(z.string(), z.array(json)).optional(),
  answers: z.array(answerSchema).optional(),
  expect: z
    .strictObject({
      console: z
        .custom<string[] | { contains: string[] }>()
        .superRefine((value, context) => checkConsole(value, context))
        .optional(),
      objects: z.record(z.string(), fields.nullable()).optional(),
      commands: z
        .array(
          z
            .custom<string | ExpectedCommand>()
            .superRefine((value, context) => checkCommand(value, context)),
        )
        .optional(),
      outcome: z
        .strictObject({
          state: z.enum(["done", "aborted", "cancelled", "waiting", "running"]).optional(),
          status: z.int().optional(),
          reason: z.string().nullable().optional(),
          error: pattern.nullable().optional(),
          result: json.optional(),
        })
        .optional(),
    })
    .optional(),
});

/** What stands in an `x.test.yaml`. */
export const fileSchema = z.array(caseSchema).min(1);

export type CaseInput = z.infer<typeof caseSchema>;
type Context = z.core.$RefinementCtx;

const consoleList = z.array(pattern);
const consoleMapping = z.strictObject({ contains: z.array(pattern) });
const commandMapping = z.strictObject({ command: pattern, host: pattern.nullable().optional() });

/** A list, or a mapping: the errors are those of the one that was meant. */
function checkConsole(value: unknown, context: Context): void {
  passOn(isMapping(value) ? consoleMapping : consoleList, value, context);
}

function checkCommand(value: unknown, context: Context): void {
  passOn(isMapping(value) ? commandMapping : pattern, value, context);
}

function passOn(schema: z.ZodType, value: unknown, context: Context): void {
  for (const issue of schema.safeParse(value, { reportInput: true }).error?.issues ?? []) {
    context.addIssue(issue as Parameters<Context["addIssue"]>[0]);
  }
}

export function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** When a case begins that does not say when: any day. */
export const defaultNow = "2026-01-01T00:00:00Z";

/** The keys that are known below the nearest of these on the way. */
export const keysAt: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(caseSchema.shape),
  answers: Object.keys(answerSchema.shape),
  expect: Object.keys(caseSchema.shape.expect.unwrap().shape),
  outcome: ["state", "status", "reason", "error", "result"],
  objects: ["type", "fields"],
  commands: ["command", "host"],
  console: ["contains"],
};
