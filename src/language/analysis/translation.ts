import type { Diagnostic } from "./diagnostic.ts";
import { japanese } from "./messages/ja.ts";

/**
 * Diagnostics in the language of the reader. Whoever finds a fault says it in English, and only where it is shown is it
 * translated: by the sentence, with its names and numbers put into the other one. So a check needs no second list, a stored
 * or logged message has one language, and the same will do for failures at run time, whose text flows compare.
 */
export type Language = "en" | "ja";

/** The diagnostic for a reader of that language; English where there is no translation. */
export function translateDiagnostic(diagnostic: Diagnostic, language: Language): Diagnostic {
  if (language === "en") return diagnostic;
  const { message, hint, related } = diagnostic;
  return {
    ...diagnostic,
    message: translate(message),
    ...(hint === undefined ? {} : { hint: translate(hint) }),
    ...(related && { related: { ...related, message: translate(related.message) } }),
  };
}

export function translateSeverity(severity: Diagnostic["severity"], language: Language): string {
  return language === "en" ? severity : severities[severity];
}

const severities = { error: "エラー", warning: "警告", hint: "ヒント" } as const;

/** The number of the sentence that the text is, and what stands in its places. */
export function findSentence(text: string): { index: number; parts: string[] } | undefined {
  sentences ??= japanese.map(([english]) => expressionOf(english));
  for (const [index, sentence] of sentences.entries()) {
    const match = sentence.exec(text);
    if (match !== null) return { index, parts: match.slice(1) };
  }
  return undefined;
}

// Made when the first text is translated.
let sentences: RegExp[] | undefined;

const place = /\{[a-z]+\}/g;
const special = /[\\^$.*+?()[\]{}|/]/g;

function expressionOf(english: string): RegExp {
  const texts = english.split(place).map((text) => text.replaceAll(special, "\\$&"));
  return new RegExp(`^${texts.join("(.+)")}$`, "su");
}

function translate(text: string): string {
  const found = findSentence(text);
  if (found === undefined) return text;
  const [english, translated] = japanese[found.index] ?? ["", text];
  const names: readonly string[] = english.match(place) ?? [];
  return translated.replaceAll(place, (name) => {
    const part = found.parts[names.indexOf(name)];
    return part === undefined ? name : translate(part);
  });
}
