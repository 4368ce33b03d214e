import { Translator, type FoundSentence, type Language } from "./translation.ts";

// Undefined until somebody reads Japanese: most programs and pages never do, and need not load so much text.
let toJapanese: Translator | undefined;

/** Brings the sentences of a language; before that, {@link translate} gives English. */
export async function loadLanguage(language: Language): Promise<void> {
  if (language === "en" || toJapanese !== undefined) return;
  const { japanese } = await import("./messages/japanese.ts");
  toJapanese = new Translator(Object.values(japanese).flat());
}

/** The text for a reader of that language; English where there is no translation. */
export function translate(text: string, language: Language): string {
  return language === "en" || toJapanese === undefined ? text : toJapanese.translate(text);
}

/** What a process waits for: one thing, or several of which the first decides. */
export function translateWaits(text: string, language: Language): string {
  if (language === "en") return text;
  return text
    .split(" or ")
    .map((each) => translate(each, language))
    .join("、または");
}

/** The sentence that the text is, and what stands in its places; undefined for a text that is none of ours. */
export function findSentence(text: string): FoundSentence | undefined {
  return toJapanese?.find(text);
}
