import { translate, type Language } from "#kernel";
import type { Diagnostic } from "./diagnostic.ts";

/** The diagnostic for a reader of that language; English where there is no translation. */
export function translateDiagnostic(diagnostic: Diagnostic, language: Language): Diagnostic {
  if (language === "en") return diagnostic;
  const { message, hint, related } = diagnostic;
  return {
    ...diagnostic,
    message: translate(message, language),
    ...(hint === undefined ? {} : { hint: translate(hint, language) }),
    ...(related && { related: { ...related, message: translate(related.message, language) } }),
  };
}

export function translateSeverity(severity: Diagnostic["severity"], language: Language): string {
  return language === "en" ? severity : severities[severity];
}

const severities = { error: "エラー", warning: "警告", hint: "ヒント" } as const;
