import { RE2JS } from "re2js";
import { evaluationFailure } from "./failure.ts";
import { patternsCachedMax } from "./limits.ts";
import { checkedText } from "./size.ts";
import { SecretValue, type Dictionary, type PatternValue, type Value } from "./value.ts";

/**
 * Patterns: `r'…'` is found anywhere, `g'…'` and `i'…'` fit the whole text. A pattern never fits what is no text.
 * Matching takes linear time: re2js keeps RE2's promise, and `g` is written as such an expression.
 */

/** What is wrong with the source of a pattern, or undefined. */
export function patternFault(dialect: "r" | "g" | "i", source: string): string | undefined {
  if (dialect === "i") return undefined;
  try {
    compiled(dialect, source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The names of the groups of a pattern `r'…'`; none if it is not valid. */
export function groupNames(source: string): string[] {
  try {
    return Object.keys(compiled("r", source).namedGroups());
  } catch {
    return [];
  }
}

export function fits(pattern: PatternValue, value: Value): boolean {
  const text = value instanceof SecretValue ? value.text : value;
  if (typeof text !== "string") return false;
  if (pattern.dialect === "i") return fold(text) === fold(pattern.source);
  const expression = usable(pattern);
  return pattern.dialect === "g" ? expression.testExact(text) : expression.matcher(text).find();
}

/** The groups of the first place that fits: by name, and by number as text, `0` being all of it. Null if none does. */
export function matchGroups(pattern: PatternValue, value: Value): Dictionary | null {
  const text = value instanceof SecretValue ? value.text : value;
  if (typeof text !== "string") return null;
  if (pattern.dialect !== "r") return fits(pattern, value) ? new Map([["0", value]]) : null;
  const expression = usable(pattern);
  const matcher = expression.matcher(text);
  if (!matcher.find()) return null;
  // A text built from a secret is one.
  const part = (group: string | null): Value =>
    group !== null && value instanceof SecretValue ? new SecretValue(group) : group;
  const groups = new Map<string, Value>();
  for (let index = 0; index <= expression.groupCount(); index += 1) {
    groups.set(String(index), part(matcher.group(index)));
  }
  for (const [name, index] of Object.entries(expression.namedGroups())) {
    groups.set(name, part(matcher.group(index)));
  }
  return groups;
}

/** Upper and lower case of all scripts: `ß` and `ẞ`, `ﬀ` and `FF`. */
function fold(text: string): string {
  return text.toUpperCase().toLowerCase();
}

function usable(pattern: PatternValue): RE2JS {
  try {
    return compiled(pattern.dialect, pattern.source);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw evaluationFailure(
      `the pattern ${pattern.dialect}'${pattern.source}' is not valid: ${message}`,
    );
  }
}

const cache = new Map<string, RE2JS>();

function compiled(dialect: "r" | "g" | "i", source: string): RE2JS {
  const key = dialect + source;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= patternsCachedMax) cache.clear();
  const expression =
    dialect === "g" ? RE2JS.compile(globExpression(source), RE2JS.DOTALL) : RE2JS.compile(source);
  cache.set(key, expression);
  return expression;
}

/** `*` any text, `?` one character, `[abc] [a-z] [!a]` one of them, `\` takes the next as it is. */
function globExpression(glob: string): string {
  let expression = "";
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob[index] as string;
    const set = character === "[" ? /^\[(!?)(\]?[^\]]*)\]/.exec(glob.slice(index)) : null;
    if (character === "*") expression += ".*";
    else if (character === "?") expression += ".";
    else if (set !== null && set[2] !== "") {
      const members = (set[2] as string).replaceAll(/[\\[\]^&]/g, String.raw`\$&`);
      expression += `[${set[1] === "!" ? "^" : ""}${members}]`;
      index += set[0].length - 1;
    } else if (character === "\\" && index + 1 < glob.length) {
      index += 1;
      expression += quote(glob[index] as string);
    } else expression += quote(character);
  }
  return expression;
}

function quote(character: string): string {
  return /[\\^$.|?*+()[\]{}]/.test(character) ? `\\${character}` : character;
}

/** The text with every place that fits replaced; the replacement is taken as it is. */
export function replaceMatches(pattern: PatternValue, text: string, replacement: string): string {
  if (pattern.dialect !== "r") return fits(pattern, text) ? replacement : text;
  let replaced = "";
  let from = 0;
  for (const [start, end] of placesOf(pattern, text)) {
    replaced = checkedText(replaced + text.slice(from, start) + replacement);
    from = end;
  }
  return replaced + text.slice(from);
}

/** The parts of a text between the places that fit. */
export function splitByPattern(pattern: PatternValue, text: string): string[] {
  if (pattern.dialect !== "r") return fits(pattern, text) ? ["", ""] : [text];
  const parts: string[] = [];
  let from = 0;
  for (const [start, end] of placesOf(pattern, text)) {
    // Between characters, where an empty match has nothing before it, there is no part.
    if (start === end && (start === 0 || start === text.length)) continue;
    parts.push(text.slice(from, start));
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

function* placesOf(pattern: PatternValue, text: string): Generator<[number, number]> {
  const matcher = usable(pattern).matcher(text);
  while (matcher.find()) yield [matcher.start(), matcher.end()];
}
