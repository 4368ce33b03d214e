/** Texts as spreadsheets keep them: what XML cannot hold stands as `_x0001_`, and a text that looks so as `_x005F_x0001_`. */

/** What XML 1.0 does not allow, and a carriage return, which its readers would make a line feed. */
const unwritable = /(?![\t\n])[\p{Cc}\uFFFE\uFFFF]|_(?=x[\dA-Fa-f]{4}_)/gu;

export function escapeXlsx(text: string): string {
  return text
    .replaceAll(unwritable, hex)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** Of a text that XML's own escapes are taken out of already. */
export function unescapeXlsx(text: string): string {
  return text.replaceAll(/_x([\dA-Fa-f]{4})_/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** `A`, `B` … `AA` for 0, 1 … 26. */
export function columnLetters(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnLetters(Math.floor(index / 26) - 1) + letter;
}

/** 0 for `A7`; undefined if that is no cell. */
export function columnIndex(reference: string): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0];
  if (letters === undefined) return undefined;
  let index = 0;
  for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

function hex(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
}
