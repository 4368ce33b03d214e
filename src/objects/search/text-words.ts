/**
 * How texts are cut for the index of words (DESIGN section 5): so that every part of a text, of one character or
 * many, is found, in Japanese as in English.
 *
 * A word begins at every character: of two characters, or of three where it begins with a letter or digit of ASCII,
 * of which there are so few that two would tell little. At a blank it ends early. `web 東京` gives `web eb b 東京 京`.
 * What is looked for is cut in the same way; a word that it ends early may go on in the text.
 */
import { foldText } from "#kernel";
import type { Word } from "#database";

/** The index of words of all objects. */
export const wordTable = "object_words";

/** A novel in a field would be half of the index. What stands behind this is not found. */
const indexedCharactersMax = 100_000;

/** The words of texts, with blanks between them; one may stand there more than once. */
export function wordsOf(texts: Iterable<string>): string {
  // A set of them would cost more than all the rest: each word would be looked for in the engine's table of strings.
  const words: string[] = [];
  for (const text of texts) {
    const folded = foldText(text.slice(0, indexedCharactersMax));
    for (const part of folded.split(/\s+/u)) {
      if (isAscii(part)) {
        for (let at = 0; at < part.length; at += 1) {
          words.push(part.slice(at, at + wordLength(part, at)));
        }
      } else {
        for (let at = 0; at < part.length; at = next(part, at)) {
          words.push(part.slice(at, wordEnd(part, at)));
        }
      }
    }
  }
  return words.join(" ");
}

/** What a text must have that contains this one. None if it is blank. */
export function wordsToFind(text: string): Word[] {
  const words = new Map<string, Word>();
  for (const part of foldText(text).split(/\s+/u)) {
    let covered = 0;
    for (let at = 0; at < part.length && covered < part.length; at = next(part, at)) {
      const end = wordEnd(part, at);
      const isPrefix = end === part.length && isCutShort(part, at);
      // A word cut short by the end tells nothing that the one before it does not.
      if (isPrefix && end <= covered) continue;
      covered = end;
      const word = part.slice(at, end);
      words.set(`${word}${isPrefix ? "*" : ""}`, { text: word, isPrefix });
    }
  }
  return [...words.values()];
}

/** Whether every character is one of the first 128, which are cut as they stand. */
function isAscii(part: string): boolean {
  for (let at = 0; at < part.length; at += 1) if (part.charCodeAt(at) > 0x7f) return false;
  return true;
}

function wordEnd(part: string, at: number): number {
  let end = at;
  for (let count = wordLength(part, at); count > 0 && end < part.length; count -= 1) {
    end = next(part, end);
  }
  return end;
}

/** Whether the word that begins here would go on behind the end. */
function isCutShort(part: string, at: number): boolean {
  let end = at;
  for (let count = wordLength(part, at); count > 0; count -= 1) {
    if (end >= part.length) return true;
    end = next(part, end);
  }
  return false;
}

/** In characters. */
function wordLength(part: string, at: number): 2 | 3 {
  const code = part.charCodeAt(at);
  const isAsciiWord = (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
  return isAsciiWord ? 3 : 2;
}

/** Where the next character begins: one outside of Unicode's first plane is not cut in half. */
function next(part: string, at: number): number {
  return at + ((part.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}
