/** What a character means to the lexer, by UTF-16 code unit. */

const namePattern = /^[\p{L}\p{M}\p{N}]$/u;

/** A letter of any script, a digit that is not ASCII, or `_`. */
export function isNameStart(source: string, offset: number): boolean {
  const code = source.charCodeAt(offset);
  if (code < 128) return isAsciiLetter(code) || code === 95;
  return isOtherNamePart(source, offset, code);
}

/** The length in code units of the name character that stands there; 0 if none does. */
export function namePartLength(source: string, offset: number): number {
  const code = source.charCodeAt(offset);
  if (code < 128) return isAsciiLetter(code) || isDigit(code) || code === 95 ? 1 : 0;
  if (!isOtherNamePart(source, offset, code)) return 0;
  return isHighSurrogate(code) ? 2 : 1;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

export function isAsciiLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Blank, tab, line feed, vertical tab, form feed, carriage return. */
export function isWhiteSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** A space that the language does not count as one, such as the full-width space of Japanese input. */
export function isForeignSpace(code: number): boolean {
  return (
    code === 0x3000 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200d) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x2060 ||
    code === 0xfeff
  );
}

/** Typographic and full-width quotation marks, which end up in flows that went through a word processor. */
export function isForeignQuote(code: number): boolean {
  return (
    (code >= 0x2018 && code <= 0x201f) ||
    (code >= 0x300c && code <= 0x300f) ||
    code === 0xff07 ||
    code === 0xff02 ||
    code === 0x00b4
  );
}

const foreignPunctuation = new Map<number, number>([[0x3001, ",".charCodeAt(0)]]);
for (const character of "()[]{}|,:=<>+-*/%!.#$~") {
  foreignPunctuation.set(character.charCodeAt(0) + 0xfee0, character.charCodeAt(0));
}

// Dashes and the minus sign, which word processors make of a hyphen.
for (const code of [0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212])
  foreignPunctuation.set(code, "-".charCodeAt(0));

/** The ASCII code that a full-width punctuation mark stands for; any other code is itself. */
export function toAsciiPunctuation(code: number): number {
  return code < 0x2010 ? code : (foreignPunctuation.get(code) ?? code);
}

export function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isOtherNamePart(source: string, offset: number, code: number): boolean {
  // Hiragana, katakana and the common ideographs without the cost of a regular expression.
  if ((code >= 0x4e00 && code <= 0x9fff) || (code >= 0x3041 && code <= 0x3096)) return true;
  if ((code >= 0x30a1 && code <= 0x30fa) || code === 0x30fc) return true;
  return namePattern.test(String.fromCodePoint(source.codePointAt(offset) ?? 0));
}
