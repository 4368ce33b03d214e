/** Diagnostics of a source as the command line prints them: `file:line:column: severity: message`. */
import {
  diagnose,
  formatDiagnostic,
  LineIndex,
  translateDiagnostic,
  type Language,
} from "#language";
import { readerLanguage } from "./reader-language.ts";

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

/** Errors and warnings in order of place, for who reads the terminal. */
export function checkSource(
  file: string,
  source: string,
  language: Language = readerLanguage(process.env),
): SourceDiagnostic[] {
  const lines = new LineIndex(source);
  return diagnose(source).diagnostics.flatMap((diagnostic) => {
    const { severity, span, code } = diagnostic;
    if (severity === "hint") return [];
    const { message, hint = null } = translateDiagnostic(diagnostic, language);
    const text = formatDiagnostic(diagnostic, source, file, language);
    return [{ file, ...lines.position(span.start), severity, code, message, hint, text }];
  });
}

export function hasErrors(diagnostics: readonly SourceDiagnostic[]): boolean {
  return diagnostics.some((each) => each.severity === "error");
}
