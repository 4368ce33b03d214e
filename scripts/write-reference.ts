/**
 * Writes docs/language/built-ins.md from the list of built-ins in `#machine`. Every example is compiled, and every example of
 * a function runs: what it gives is written beside it, unless only the world could answer.
 *
 *   bin/node scripts/write-reference.ts
 */
import { writeFileSync } from "node:fs";
import { compile, type Diagnostic } from "#language";
import {
  advance,
  begin,
  builtinGroups,
  jsonText,
  signatureOf,
  textOf,
  type Builtin,
  type Program,
  type Value,
} from "#machine";

const file = "docs/language/built-ins.md";

export function builtinReference(): string {
  const sections = builtinGroups.map(({ title, builtins }) =>
    [`## ${title}`, ...builtins.map(describe)].join("\n\n"),
  );
  return `${[introduction, ...sections].join("\n\n")}\n`;
}

const introduction = `# Built-in functions and jobs

Written by \`scripts/write-reference.ts\` from the list that the machine runs by; do not edit it here.

A function gives a value and stands in an expression: \`print(upper('ok'))\`. A job stands in a chain: \`-> sleep(30)\`. What is
shown as \`name = …\` may be left out, and every argument may be given by name; \`name …\` takes as many as you like. Behind \`→\`
stands what the example gives.`;

function describe(builtin: Builtin): string {
  const examples = builtin.examples.map((source) => `- ${example(builtin, source)}`);
  const isMissing = builtin.examples.some((source) =>
    diagnosticsOf(builtin, source).some(({ code }) => code === "job.not-built"),
  );
  return [
    `### ${builtin.name}`,
    `\`${signatureOf(builtin)}\``,
    `${builtin.summary}${isMissing ? " *Not built yet: the job fails.*" : ""}`,
    examples.join("\n"),
  ].join("\n\n");
}

function example(builtin: Builtin, source: string): string {
  const program = programOf(builtin, source);
  const value = builtin.kind === "function" ? valueOf(program, source) : undefined;
  return value === undefined ? code(source) : `${code(source)} → ${code(shown(value))}`;
}

function sourceOf({ kind, name }: Builtin, source: string): string {
  if (kind === "function") return `return(${source})`;
  // These two stand in loops only.
  return name === "break" || name === "continue" ? `{ while true | ${source} }` : source;
}

function diagnosticsOf(builtin: Builtin, source: string): Diagnostic[] {
  return compile(sourceOf(builtin, source)).diagnostics;
}

function programOf(builtin: Builtin, source: string): Program {
  const { program, diagnostics } = compile(sourceOf(builtin, source));
  if (program === null) throw new Error(`${source}: ${diagnostics[0]?.message}`);
  return program;
}

/** Undefined where the world is asked. */
function valueOf(program: Program, source: string): Value | undefined {
  const begun = begin({
    program,
    hash: "",
    path: "/example",
    positional: [],
    named: new Map(),
    context: new Map(),
  });
  if ("failure" in begun) throw new Error(`${source}: ${begun.failure}`);
  const pause = advance(begun.state, { kind: "start" }, { program: () => program });
  if (pause.kind !== "ended") return undefined;
  if (pause.end.state !== "done") throw new Error(`${source}: ${pause.end.error}`);
  return pause.end.result;
}

/** As it would be written in a jobflow, where it can be. */
function shown(value: Value): string {
  const isPlain = typeof value !== "object" || value === null;
  return isPlain || Array.isArray(value) || value instanceof Map ? jsonText(value) : textOf(value);
}

function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

if (import.meta.main) writeFileSync(file, builtinReference());
