import { LineCounter, parseDocument } from "yaml";
import type { Json } from "#machine";
import type { Expectation, GivenAnswer, GivenMessage, TestCase } from "./test-case.ts";
import { danglingAliases, faultsOf, offsetOf, type TestFault } from "./test-fault.ts";
import { defaultNow, fates, fileSchema, isMapping, jobs, type CaseInput } from "./test-schema.ts";

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
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { cases: [], faults: [{ line: 1, column: 1, message: (error as Error).message }] };
  }
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
