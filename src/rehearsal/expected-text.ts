import { fits, patternFault, PatternValue } from "#machine";

/**
 * Texts as test files write them: exactly that text, or a pattern as in a jobflow, `g'uname*'`, `r'^uname'` or
 * `i'linux'`. Nothing is escaped in a pattern: it ends with the last quote.
 */
export function textFits(expected: string, text: string): boolean {
  const pattern = toPattern(expected);
  return pattern === undefined ? expected === text : fits(pattern, text);
}

/** What is wrong with a pattern, or undefined. */
export function expectedTextFault(expected: string): string | undefined {
  const pattern = toPattern(expected);
  return pattern && patternFault(pattern.dialect, pattern.source);
}

/** How a test file writes exactly that text. */
export function exactly(text: string): string {
  if (toPattern(text) === undefined) return text;
  return `r'^${text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}$'`;
}

function toPattern(expected: string): PatternValue | undefined {
  const [, dialect, , source] = /^([rgi])(['"])([\s\S]*)\2$/.exec(expected) ?? [];
  if (dialect === undefined || source === undefined) return undefined;
  return new PatternValue(dialect as PatternValue["dialect"], source);
}
