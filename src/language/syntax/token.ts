/** The words and marks that the lexer knows. */

export const reservedWords = [
  "if",
  "elif",
  "else",
  "then",
  "case",
  "for",
  "in",
  "while",
  "fork",
  "pfor",
  "choice",
  "timeout",
  "lock",
  "session",
  "and",
  "or",
  "not",
  "true",
  "false",
  "null",
  "self",
  "break",
  "continue",
] as const;

export type ReservedWord = (typeof reservedWords)[number];

export type Punctuation =
  | "->"
  | "=>"
  | "->>"
  | "=>>"
  | "<<"
  | "=="
  | "!="
  | "<="
  | ">="
  | "=~"
  | "!~"
  | "//"
  | "<"
  | ">"
  | "="
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "."
  | ","
  | ":"
  | "|"
  | "("
  | ")"
  | "["
  | "]"
  | "{"
  | "}";

/**
 * `string` and `pattern` are the opening quote only; the parser then asks for the parts. `path` exists only
 * after the parser asked for it, because `/` and `.` mean something else where no operand is expected.
 * `invalid` is what no token can be made of; the lexer has reported it.
 */
export type TokenKind =
  | "end"
  | "invalid"
  | "name"
  | "number"
  | "string"
  | "pattern"
  | "special"
  | "path"
  | ReservedWord
  | Punctuation;

const reserved: ReadonlyMap<string, ReservedWord> = new Map(
  reservedWords.map((word) => [word, word]),
);

export function asReservedWord(text: string): ReservedWord | undefined {
  return reserved.get(text);
}

export const specialNames = ["STATUS", "RESULT", "ERROR", "REASON"] as const;

export type SpecialName = (typeof specialNames)[number];

export function isSpecialName(text: string): text is SpecialName {
  return (specialNames as readonly string[]).includes(text);
}
