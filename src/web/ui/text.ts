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

// What the user has set counts from the next page on; who has set nothing reads what the browser prefers.
const storedUnder = "tsunagi.language";

export const language = languageOf([readStored(), ...navigator.languages]);

/** Keeps the user's language in this browser; true where the page has to be loaded again in it. */
export function setLanguage(wanted: string | null): boolean {
  try {
    if (wanted === null) window.localStorage.removeItem(storedUnder);
    else window.localStorage.setItem(storedUnder, wanted);
  } catch {
    // A browser that keeps nothing for us goes on with its own language.
    return false;
  }
  return languageOf([wanted ?? "", ...navigator.languages]) !== language;
}

function readStored(): string {
  try {
    return window.localStorage.getItem(storedUnder) ?? "";
  } catch {
    return "";
  }
}

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

/** A count as it is written in both languages: `1,204`. */
export function numberText(value: number): string {
  return value.toLocaleString("en-US");
}

/** A size in bytes, in the decimal units that disks are sold in. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}
