/** Diagnostics of a source as the command line prints them: `file:line:column: severity: message`. */
import {
  diagnose,
  formatDiagnostic,
  LineIndex,
  translateDiagnostic,
  type Surroundings,
} from "#language";
import type { Language } from "#kernel";
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
  /** Another place that has to do with it, such as where a value comes from. */
  related?: { line: number; column: number; message: string };
  /** The whole, as one line of text. */
  text: string;
}

/** Errors and warnings in order of place, for who reads the terminal; with surroundings also what does not fit them. */
export function checkSource(
  file: string,
  source: string,
  language: Language = readerLanguage(process.env),
  surroundings?: Surroundings,
): SourceDiagnostic[] {
  const lines = new LineIndex(source);
  return diagnose(source, surroundings).diagnostics.flatMap((diagnostic) => {
    const { severity, span, code } = diagnostic;
    if (severity === "hint") return [];
    const { message, hint = null, related } = translateDiagnostic(diagnostic, language);
    const elsewhere = related && {
      related: { ...lines.position(related.span.start), message: related.message },
    };
    const text = formatDiagnostic(diagnostic, source, file, language);
    return [
      { file, ...lines.position(span.start), severity, code, message, hint, ...elsewhere, text },
    ];
  });
}

export function hasErrors(diagnostics: readonly SourceDiagnostic[]): boolean {
  return diagnostics.some((each) => each.severity === "error");
}
