import { nearest } from "#kernel";
import { argumentFault, builtins, findBuiltin, patternFault, signatureOf } from "#machine";
import type { Diagnostic } from "../diagnostic.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { Argument, Name, PatternLiteral } from "../../syntax/tree.ts";

type Kind = "function" | "job";

/** Says which built-ins do not exist or get wrong arguments, and which patterns are not valid. */
export const checkBuiltins: LocalCheck = {
  job(job, report) {
    if (job.kind === "builtin") checkUse(job.name, job.arguments, "job").forEach(report);
  },
  expression(expression, report) {
    if (expression.kind === "call")
      checkUse(expression.function, expression.arguments, "function").forEach(report);
    if (expression.kind === "pattern") checkPattern(expression).forEach(report);
  },
};

function checkUse(name: Name, given: readonly Argument[], kind: Kind): Diagnostic[] {
  const builtin = findBuiltin(name.text);
  if (builtin?.kind !== kind) return [builtin ? misused(name, builtin.kind) : unknown(name, kind)];
  const positional = given.filter((argument) => !argument.name).length;
  const names = given.flatMap((argument) => argument.name?.text ?? []);
  // Every name at spawn is the started flow's.
  const fault =
    name.text === "spawn" && positional === 0
      ? "spawn() takes the flow as its first argument, without a name"
      : argumentFault(builtin, positional, names);
  if (!fault) return [];
  return [
    {
      code: "builtin.arguments",
      severity: "error",
      span: name.span,
      message: fault,
      hint: `It is ${signatureOf(builtin)}.`,
    },
  ];
}

function unknown(name: Name, kind: Kind): Diagnostic {
  const names = builtins.filter((builtin) => builtin.kind === kind).map((builtin) => builtin.name);
  const guess = elsewhereNames.get(`${kind} ${name.text}`) ?? nearest(name.text, names);
  const elsewhere =
    kind === "job"
      ? `A flow is called in a bracket, [./${name.text}: …], and so is a closure, [${name.text}: …].`
      : `Closures are called as jobs: [${name.text}: …], then $RESULT.`;
  return {
    code: "builtin.unknown",
    severity: "error",
    span: name.span,
    message: `there is no built-in ${kind} '${name.text}'`,
    hint: guess ? `Did you mean '${guess}'?` : elsewhere,
  };
}

/** What they are called in other languages. */
const elsewhereNames: ReadonlyMap<string, string> = new Map([
  ["function len", "length"],
  ["function size", "length"],
  ["function count", "length"],
  ["function str", "string"],
  ["function float", "decimal"],
  ["function bool", "boolean"],
  ["function trim", "strip"],
  ["function toUpperCase", "upper"],
  ["function toLowerCase", "lower"],
  ["function startswith", "starts_with"],
  ["function endswith", "ends_with"],
  ["function get", "pick"],
  ["function escape", "sh"],
  ["function quote", "sh"],
  ["job echo", "print"],
  ["job puts", "print"],
  ["job printf", "print"],
  ["job log", "print"],
  ["job raise", "abort"],
  ["job throw", "abort"],
  ["job die", "abort"],
  ["job fail", "abort"],
  ["job mail", "mailto"],
  ["job http", "urlopen"],
  ["job curl", "urlopen"],
]);

function misused(name: Name, kind: Kind): Diagnostic {
  return {
    code: "builtin.misused",
    severity: "error",
    span: name.span,
    message:
      kind === "job"
        ? `'${name.text}' is a job and gives no value`
        : `'${name.text}' is a function and no job`,
    hint:
      kind === "job"
        ? `Let it run as a job of the chain: -> ${name.text}(…).`
        : `Use its value: [x = ${name.text}(…)].`,
  };
}

/** A pattern in which something is replaced is known only when it runs. */
function checkPattern(pattern: PatternLiteral): Diagnostic[] {
  const texts = pattern.parts.flatMap((part) => (part.kind === "text" ? part.text : []));
  if (texts.length < pattern.parts.length) return [];
  const fault = patternFault(pattern.dialect, texts.join(""));
  if (!fault) return [];
  return [{ code: "pattern.invalid", severity: "error", span: pattern.span, message: fault }];
}
