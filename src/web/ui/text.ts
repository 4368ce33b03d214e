import { en } from "./locales/en.ts";
import { ja } from "./locales/ja.ts";

/** The words of the application, in the language that the browser prefers. */

export type TextKey = keyof typeof en;
export type Language = "en" | "ja";

const texts: Record<Language, Record<TextKey, string>> = { en, ja };

/** The first of the browser's languages that we speak, else English. */
export function languageOf(preferred: readonly string[]): Language {
  const known = preferred
    .map((tag) => tag.split("-")[0])
    .find((tag) => tag === "ja" || tag === "en");
  return known === "ja" ? "ja" : "en";
}

export const language = languageOf(navigator.languages);

/** The text for a key, with `{name}` replaced by its value. */
export function t(key: TextKey, values: Record<string, string | number> = {}): string {
  return texts[language][key].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
