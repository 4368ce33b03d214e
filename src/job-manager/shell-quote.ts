/**
 * Quotes a text as one word for a POSIX shell. Inside of single quotes nothing has a meaning but the quote
 * itself, which is closed, escaped and opened again.
 */
export function shellQuote(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function shellWords(words: readonly string[]): string {
  return words.map(shellQuote).join(" ");
}
