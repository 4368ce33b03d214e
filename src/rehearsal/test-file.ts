import { isMap, isNode, LineCounter, parseDocument, visit, type Document } from "yaml";
import { z } from "zod";
import { nearest, unreachable } from "#kernel";
import { externalJobs, type Json } from "#machine";
import { expectedTextFault } from "./expected-text.ts";
import type {
  ExpectedCommand,
  Expectation,
  GivenAnswer,
  GivenMessage,
  TestCase,
} from "./test-case.ts";

/** Something that a test file may not hold, and where. Lines and columns from 1. */
export interface TestFault {
  line: number;
  column: number;
  message: string;
}

export interface TestFile {
  /** None if there are faults. */
  cases: readonly TestCase[];
  faults: readonly TestFault[];
}

/** Reads what stands in an `x.test.yaml`: a list of cases. Never throws: what is wrong comes with its place. */
export function parseTestFile(text: string): TestFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const yamlFaults = document.errors.map(({ pos, message }) => ({
    ...place(pos[0]),
    message: `this is no YAML: ${message}`,
  }));
  const aliasFaults = danglingAliases(document).map((offset) => ({
    ...place(offset),
    message: "a '*' stands here for an anchor that is not there: put the whole text into quotes",
  }));
  const textFaults = [...yamlFaults, ...aliasFaults];
  if (textFaults.length > 0) return { cases: [], faults: textFaults };
  const value = document.toJS({ maxAliasCount: 100 }) as unknown;
  const parsed = fileSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    const faults = parsed.error.issues.flatMap((issue) =>
      faultsOf(issue).map(({ path, key, message }) => ({
        ...place(offsetOf(document, path, key)),
        message,
      })),
    );
    return { cases: [], faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) };
  }
  const cases = parsed.data.map((each, index) =>
    toCase(each, place(offsetOf(document, [index])).line),
  );
  return { cases, faults: [] };
}

/** `[g'a: *']` without quotes is not what it looks like: YAML reads `*'` as the name of an anchor. */
function danglingAliases(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) === undefined) offsets.push(alias.range?.[0] ?? 0);
    },
  });
  return offsets;
}

const json = z.json() as z.ZodType<Json>;
const fields = z.record(z.string(), json);
const seconds = z.number().nonnegative();
const pattern = z.string().superRefine((text, context) => {
  const fault = expectedTextFault(text);
  if (fault !== undefined)
    context.addIssue({ code: "custom", message: `the pattern ${text} is not valid: ${fault}` });
});

const jobs = ["command", ...externalJobs] as const;

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

const fates = ["never", "unknown", "unreachable"] as const;

/** What an answer to that job may say. */
function keysOf(job: string): ReadonlySet<string> {
  const common = [job, "error", "status", "delay", "times", ...fates];
  if (job === "command") return new Set([...common, "host", "output"]);
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

const fileSchema = z.array(caseSchema).min(1);

type CaseInput = z.infer<typeof caseSchema>;
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

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Any day; a test that looks at the clock says which.
const defaultNow = "2026-01-01T00:00:00Z";

function toCase(given: CaseInput, line: number): TestCase {
  const { name, root = null, now = defaultNow, until = null } = given;
  return {
    name,
    line,
    root,
    now: Date.parse(now),
    until,
    parameters: given.parameters ?? {},
    objects: Object.entries(given.objects ?? {}).map(([path, object]) => ({
      path,
      type: object.type ?? null,
      fields: object.fields ?? {},
    })),
    messages: Object.entries(given.messages ?? {}).flatMap(([channel, bodies]) =>
      bodies.map((body) => toMessage(channel, body)),
    ),
    answers: (given.answers ?? []).map(toAnswer),
    expect: toExpectation(given.expect ?? {}),
  };
}

/** `{after: 60, message: …}` comes later; anything else is the message itself. */
function toMessage(channel: string, body: Json): GivenMessage {
  if (isMapping(body) && !Array.isArray(body) && Object.keys(body).length === 2) {
    const { after, message } = body as Record<string, Json>;
    if (typeof after === "number" && message !== undefined) {
      return { channel, afterSeconds: after, body: message };
    }
  }
  return { channel, afterSeconds: 0, body };
}

function toAnswer(given: Record<string, unknown>): GivenAnswer {
  const job = jobs.find((each) => given[each] !== undefined) ?? "command";
  const {
    [job]: text,
    delay,
    times,
    never: _never,
    unknown: _unknown,
    unreachable: _unreachable,
    ...rest
  } = given;
  const fate = fates.find((each) => given[each] === true) ?? "answered";
  return {
    ...(rest as Partial<GivenAnswer>),
    job,
    text: text as string,
    delaySeconds: (delay as number | undefined) ?? 0,
    times: (times as number | undefined) ?? Infinity,
    fate,
  };
}

function toExpectation({
  console,
  commands,
  objects,
  outcome,
}: NonNullable<CaseInput["expect"]>): Expectation {
  return {
    ...(console === undefined
      ? {}
      : Array.isArray(console)
        ? { console }
        : { consoleContains: console.contains }),
    ...(commands === undefined
      ? {}
      : {
          commands: commands.map((each) => (typeof each === "string" ? { command: each } : each)),
        }),
    ...(objects === undefined ? {} : { objects }),
    ...(outcome === undefined ? {} : { outcome: outcome as NonNullable<Expectation["outcome"]> }),
  };
}

interface PlacedFault {
  path: readonly PropertyKey[];
  /** The key of the mapping at that path that is meant, and not its value. */
  key?: string;
  message: string;
}

function faultsOf(issue: z.core.$ZodIssue): PlacedFault[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path, key, message: unknownKey(key, path) }));
    case "invalid_type":
      return [
        { path, message: unfit(path, kindNames[issue.expected] ?? issue.expected, issue.input) },
      ];
    case "invalid_value":
      return [{ path, message: unfit(path, oneOf(issue.values.map(String)), issue.input) }];
    case "too_small":
      return [
        { path, message: path.length === 0 ? noCases : unfit(path, smallest(issue), issue.input) },
      ];
    case "invalid_format":
      return [
        { path, message: `expected a time such as ${defaultNow} or 2026-01-01T09:00:00+09:00` },
      ];
    case "custom":
      return [{ path, message: issue.message ?? "this does not fit" }];
    case "too_big":
    case "not_multiple_of":
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
      return [{ path, message: `this does not fit${at(path)}` }];
    default:
      return unreachable(issue);
  }
}

const kindNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  boolean: "true or false",
};

const noCases = "expected a list of cases, each with a name";

function unfit(path: readonly PropertyKey[], expected: string, got: unknown): string {
  if (path.length === 0) return noCases;
  const hint =
    expected === kindNames.string && isPlain(got) ? " (quotes would make it a text)" : "";
  return `expected ${expected}${at(path)}, got ${kindOf(got)}${hint}`;
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

function smallest({ minimum, inclusive, origin }: z.core.$ZodIssueTooSmall): string {
  if (origin === "string") return "a text that is not empty";
  return inclusive === true ? `${minimum} or more` : `more than ${minimum}`;
}

function at(path: readonly PropertyKey[]): string {
  const name = path.findLast((each) => typeof each === "string");
  return name === undefined ? "" : ` for '${name}'`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `the text '${value.slice(0, 80)}'`;
  return JSON.stringify(value);
}

const keysAt: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(caseSchema.shape),
  answers: Object.keys(answerSchema.shape),
  expect: Object.keys(caseSchema.shape.expect.unwrap().shape),
  outcome: ["state", "status", "reason", "error", "result"],
  objects: ["type", "fields"],
  commands: ["command", "host"],
  console: ["contains"],
};

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const place = path.findLast((each) => typeof each === "string" && each in keysAt) ?? "";
  const known = keysAt[String(place)] ?? [];
  const near = nearest(key, known);
  return `'${key}' is unknown here; ${near === undefined ? `there are ${known.join(", ")}` : `did you mean '${near}'?`}`;
}

/** Where a value stands; of one that is missing, what it is missing in. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[], key?: string): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node)) continue;
    if (isMap(node) && key !== undefined) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === key);
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    if (node.range) return node.range[0];
  }
  return 0;
}
