/** The words of the application, in the language that the browser prefers. */
import { translate, translateWaits, type Language } from "#kernel";
import { en } from "./locales/en.ts";
import { ja } from "./locales/ja.ts";

export type TextKey = keyof typeof en;

const texts: Record<Language, Record<TextKey, string>> = { en, ja };

/** The first of the browser's languages that we speak, else English. */
export function languageOf(preferred: readonly string[]): Language {
  const known = preferred
    .map((tag) => tag.split("-")[0])
    .find((tag) => tag === "ja" || tag === "en");
  return known === "ja" ? "ja" : "en";
}

export const language = languageOf(navigator.languages);

/** What the server says in English wherever it is stored, such as why a process has failed. */
export function told(text: string): string {
  return translate(text, language);
}

/** What a process waits for, likewise. */
export function toldWaits(text: string): string {
  return translateWaits(text, language);
}

/** The text for a key, with `{name}` replaced by its value. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return texts[language][key].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
