import { globSync, readFileSync } from "node:fs";
import { resolvePath } from "#kernel";
import { compile } from "#language";
import { fromJson, parseJson, toJson, type ProcessEnd, type Value } from "#machine";
import { describe, expect, test } from "vitest";
import { fieldsFromJson, SimulatedHost, type CommandAnswer } from "./simulated-host.ts";

/**
 * The language, as programs that say what they do. A program stands at the path of its file. What a comment may say:
 *
 *   # expect: a line that is printed (or `(unlock /path)`), in order
 *   # expect nothing
 *   # expect abort: aborted at line 3 in /folder/name: message
 *   # expect exit: 3
 *   # expect result: JSON
 *   # expect trace: /path:line /path:line
 *   # expect ran: a command that runs, in order
 *   # expect waiting
 *   # expect error: message of a diagnostic (and that it does not compile)
 *   # given command "part" prints text | fails STATUS text | takes SECONDS | REASON text   (` twice`, ` once` may end it)
 *   # given object /path Type {"field": 1}
 *   # given message /channel JSON
 *   # given parameter name = JSON
 *   # given external name JSON
 *
 * Programs in a folder `lib` are called by others.
 */
const root = import.meta.dirname;
const files = globSync("**/*.jobflow", { cwd: root }).sort();

interface Expectations {
  lines: string[];
  ran: string[];
  abort?: string;
  exit?: number;
  result?: string;
  trace?: string;
  error?: string;
  isWaiting: boolean;
}

const programs = files.filter((file) => !file.includes("lib/"));

describe.each(programs)("%s", (file) => {
  const source = readFileSync(`${root}/${file}`, "utf8");
  const expected = readExpectations(source);
  if (expected.error !== undefined) {
    test("does not compile", () => {
      const { program, diagnostics } = compile(source);
      expect(
        diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message),
      ).toContain(expected.error);
      expect(program).toBeNull();
    });
    return;
  }
  test("does what it says", () => {
    check(run(file, source, false), expected);
  });
  // Ten thousand frames, ten million instructions: too many to be written each time.
  if (file.startsWith("limit/")) return;
  test("does the same when it is saved and loaded before every instruction", () => {
    check(run(file, source, true), expected);
  });
});

function check(
  { host, end }: { host: SimulatedHost; end: ProcessEnd | null },
  expected: Expectations,
): void {
  const outcome = {
    lines: host.lines,
    ...(expected.ran.length > 0 ? { ran: host.ran } : {}),
    abort: end?.state === "aborted" && end.trace.length > 0 ? abortText(end) : undefined,
    exit: end?.state === "aborted" && end.trace.length === 0 ? end.status : undefined,
    isWaiting: end === null,
    ...(expected.result === undefined
      ? {}
      : { result: JSON.stringify(toJson(end?.result ?? null)) }),
    ...(expected.trace === undefined
      ? {}
      : { trace: end?.trace.map(({ path, line }) => `${path}:${line}`).join(" ") }),
  };
  const { ran, ...others } = expected;
  expect(outcome).toEqual({
    ...others,
    ...(ran.length > 0 ? { ran } : {}),
    abort: expected.abort,
    exit: expected.exit,
  });
}

function abortText(end: ProcessEnd): string {
  const [place] = end.trace;
  return `aborted at line ${place?.line} in ${place?.path}: ${end.error}`;
}

function run(
  file: string,
  source: string,
  savesEveryInstruction: boolean,
): { host: SimulatedHost; end: ProcessEnd | null } {
  const host = new SimulatedHost({ source: sourceAt, savesEveryInstruction });
  const named = new Map<string, Value>();
  for (const [, given = ""] of source.matchAll(/^# given (.*)$/gm)) give(host, named, given);
  return { host, end: host.run(`/${file.replace(/\.jobflow$/, "")}`, named) };
}

function sourceAt(path: string): string | undefined {
  const file = `${path.slice(1)}.jobflow`;
  return files.includes(file) ? readFileSync(`${root}/${file}`, "utf8") : undefined;
}

function give(host: SimulatedHost, named: Map<string, Value>, given: string): void {
  const [kind = "", name = "", ...others] = given.split(" ");
  const rest = others.join(" ");
  if (kind === "command") host.commands.push(readCommand(given));
  else if (kind === "object") {
    const [type = "", ...json] = others;
    host.objects.set(resolvePath(name), {
      type,
      fields: fieldsFromJson(JSON.parse(json.join(" ") || "{}")),
    });
  } else if (kind === "message") host.sendMessage(name, parseJson(rest));
  else if (kind === "parameter") named.set(name, fromJson(JSON.parse(rest.replace(/^= /, ""))));
  else if (kind === "external") {
    const { status = 0, result = null, error = null, reason = null } = JSON.parse(rest);
    host.externals.set(name, { status, result: fromJson(result), error, reason });
  } else throw new Error(`'given ${kind}' is not known`);
}

function readCommand(given: string): CommandAnswer {
  const match =
    /^command "(?<part>.*?)" (?<verb>prints|fails|takes|unknown|unreachable|refused)(?: (?<rest>.*?))?(?: (?<times>once|twice))?$/.exec(
      given,
    );
  if (match?.groups === undefined) throw new Error(`'given ${given}' cannot be read`);
  const { part = "", verb = "", rest = "", times } = match.groups;
  const answer: CommandAnswer = {
    pattern: new RegExp(`^${RegExp.escape(part)}`),
    status: 0,
    output: "",
    error: "",
    reason: null,
    seconds: 0,
    times: times === "once" ? 1 : times === "twice" ? 2 : Infinity,
  };
  if (verb === "prints") return { ...answer, output: rest.replaceAll("\\n", "\n") };
  if (verb === "takes") return { ...answer, seconds: Number.parseFloat(rest) };
  if (verb === "fails") {
    const [status = "1", ...error] = rest.split(" ");
    return { ...answer, status: Number(status), error: error.join(" "), reason: "exit" };
  }
  return { ...answer, status: -1, error: rest, reason: verb as "unknown" };
}

function readExpectations(source: string): Expectations {
  const expected: Expectations = { lines: [], ran: [], isWaiting: false };
  for (const [, what = "", text = ""] of source.matchAll(/# expect( \w+)?(?:: ?(.*))?$/gm)) {
    switch (what.trim()) {
      case "":
        expected.lines.push(text);
        break;
      case "nothing":
        break;
      case "ran":
        expected.ran.push(text);
        break;
      case "waiting":
        expected.isWaiting = true;
        break;
      case "exit":
        expected.exit = Number(text);
        break;
      case "abort":
      case "result":
      case "trace":
      case "error":
        expected[what.trim() as "abort"] = text;
        break;
      default:
        throw new Error(`'expect${what}' is not known`);
    }
  }
  return expected;
}
