import { nearest } from "#kernel";
import type { Diagnostic } from "../diagnostic.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { Argument, BracketJob, Name } from "../../syntax/tree.ts";

/** LANGUAGE section 3. */
const commandOptions: readonly string[] = ["timeout", "retry", "interval", "stdin", "repeatable"];

/** Says which arguments and keys are given twice, and which options a command does not have. */
export const checkArguments: LocalCheck = {
  job(job, report) {
    if (job.kind !== "bracket" || job.arguments.length === 0) return;
    twice(argumentNames(job.arguments), "argument").forEach(report);
    if (job.target.kind === "string") checkOptions(job).forEach(report);
  },
  expression(expression, report) {
    if (expression.kind !== "dictionary") return;
    const keys = expression.entries.map(({ key }) => key);
    twice(keys, "key").forEach(report);
  },
};

function argumentNames(given: readonly Argument[]): Name[] {
  return given.flatMap(({ name }) => name ?? []);
}

function twice(names: readonly Name[], what: "argument" | "key"): Diagnostic[] {
  const seen = new Set<string>();
  return names.flatMap(({ text, span }) => {
    const isNew = !seen.has(text);
    seen.add(text);
    if (isNew) return [];
    return {
      code: `${what}.duplicate`,
      severity: what === "key" ? ("warning" as const) : ("error" as const),
      span,
      message: `the ${what} '${text}' is given twice`,
      hint: what === "key" ? "The later one wins." : "Leave one of them out.",
    };
  });
}

/** A command is no flow: it takes the options that the language knows, and nothing by position. */
function checkOptions(job: BracketJob): Diagnostic[] {
  return job.arguments.flatMap(({ name, span }) => {
    if (name && commandOptions.includes(name.text)) return [];
    const guess = name && nearest(name.text, commandOptions);
    return {
      code: "command.option",
      severity: "warning" as const,
      span: name?.span ?? span,
      message: name
        ? `a command has no option '${name.text}'; this job fails`
        : "a command takes no arguments behind the colon, only options; this job fails",
      hint: guess ? `Did you mean '${guess}'?` : `The options are ${commandOptions.join(", ")}.`,
    };
  });
}
