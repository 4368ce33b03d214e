/**
 * How the command line says that something went wrong: one line with the code, one with what to do next,
 * on standard error, in the reader's language; the exit status comes from the registry. With `--json` it is the problem
 * document, in English, because programs read it.
 */
import { CommanderError } from "commander";
import {
  errorKinds,
  toErrorRecord,
  translate,
  TsunagiError,
  type ErrorRecord,
  type Language,
} from "#kernel";
import { readerLanguage } from "./reader-language.ts";

/** Prints the failure and gives the exit status. */
export function reportFailure(error: unknown, options: { json: boolean }): number {
  const record = toErrorRecord(asUsageError(error));
  process.stderr.write(
    options.json
      ? `${JSON.stringify(toProblem(record))}\n`
      : toText(record, readerLanguage(process.env), error),
  );
  return errorKinds[record.code].exitCode;
}

/** `error[CODE]: message` and `hint: …`; a bug of ours brings its stack, because someone has to find it. */
export function toText(record: ErrorRecord, language: Language, error?: unknown): string {
  const label = labels[language];
  const lines = [`${label.error}[${record.code}]: ${translate(record.message, language)}`];
  if (record.hint !== undefined) lines.push(`${label.hint}: ${translate(record.hint, language)}`);
  if (record.code === "INTERNAL" && error instanceof Error && error.stack !== undefined) {
    lines.push(
      error.stack,
      `${label.hint}: ${translate("This is a bug in Tsunagi; please report it with the lines above.", language)}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

const labels = {
  en: { error: "error", hint: "hint" },
  ja: { error: "エラー", hint: "ヒント" },
} as const;

/** RFC 9457, as the server would have given it. */
function toProblem(record: ErrorRecord): Record<string, unknown> {
  const kind = errorKinds[record.code];
  return {
    type: `urn:tsunagi:error:${record.code}`,
    status: kind.status,
    code: record.code,
    title: kind.title.en,
    detail: record.message,
    details: record.details,
    ...(record.hint === undefined ? {} : { hint: record.hint }),
  };
}

/** Commander's complaints in our words: one line, with the nearest right flag or command in it. */
function asUsageError(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const message = error.message
    .replace(/^error: /, "")
    .replace(/\.?\s*\n\(Did you mean (.+)\?\)\s*$/s, "; did you mean $1?")
    .replaceAll(/\s*\n\s*/g, " ");
  return new TsunagiError("USAGE", message);
}
