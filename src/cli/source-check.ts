/** Diagnostics of a source as the command line prints them: `file:line:column: message`. */
import { parse } from "#language";

export interface SourceDiagnostic {
  file: string;
  /** From 1, as editors count; columns in characters. */
  line: number;
  column: number;
  severity: "error" | "warning";
  code: string;
  message: string;
  hint: string | null;
  /** The whole, as one line of text. */
  text: string;
}

/** Errors and warnings in order of place. */
export function checkSource(file: string, source: string): SourceDiagnostic[] {
  const { diagnostics } = parse(source);
  return diagnostics
    .toSorted((a, b) => a.span.start - b.span.start)
    .flatMap(({ severity, span, code, message, hint }) => {
      if (severity === "hint") return [];
      const { line, column } = placeOf(source, span.start);
      const kind = severity === "warning" ? "warning: " : "";
      const advice = hint === undefined ? "" : ` (${hint})`;
      const text = `${file}:${line}:${column}: ${kind}${message}${advice}`;
      return [{ file, line, column, severity, code, message, hint: hint ?? null, text }];
    });
}

export function hasErrors(diagnostics: readonly SourceDiagnostic[]): boolean {
  return diagnostics.some((each) => each.severity === "error");
}

function placeOf(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return {
    line: before.split("\n").length,
    column: Array.from(before.slice(lineStart)).length + 1,
  };
}
