import { japanese } from "./messages/japanese.ts";
import { Translator, type FoundSentence, type Language } from "./translation.ts";

// Made when the first text is translated.
let toJapanese: Translator | undefined;

/** The text for a reader of that language; English where there is no translation. */
export function translate(text: string, language: Language): string {
  return language === "en" ? text : translator().translate(text);
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
  return translator().find(text);
}

function translator(): Translator {
  return (toJapanese ??= new Translator(Object.values(japanese).flat()));
}
