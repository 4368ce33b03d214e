import { groupNames } from "#machine";
import type { Expression } from "../syntax/tree.ts";
import { patternText } from "./made-names.ts";

/** Which patterns let nothing through that means something to a shell: `r'^[a-z0-9-]+$'`, `r'(?<port>\d+)'`. */

/** Letters, digits and a few marks, classes of them, how often, and alternatives. */
const harmless =
  /^(?:\\[dw.-]|\[(?!\^)(?:\\[dw.-]|[\w.:@%+,/-])+\]|[\w:@%+,/-]|[+*?|]|\{\d+(?:,\d*)?\}|\(\?:|\))*$/;

/** Whether what the named group takes is harmless. */
export function isHarmlessGroup(pattern: Expression, name: string): boolean {
  const body = bodyOf(patternText(pattern) ?? "", name);
  return body !== undefined && harmless.test(body);
}

/** Whether all its groups are. */
export function isHarmlessPattern(pattern: Expression): boolean {
  const names = groupNames(patternText(pattern) ?? "");
  return names.length > 0 && names.every((name) => isHarmlessGroup(pattern, name));
}

/** Whether a text that it fits is harmless as a whole. */
export function isHarmlessWhole(pattern: Expression): boolean {
  const text = patternText(pattern);
  const inner = text === undefined ? undefined : /^\^\(?(.*?)\)?\$$/s.exec(text)?.[1];
  return inner !== undefined && !inner.includes("|") && harmless.test(inner);
}

/** What stands in `(?<name>…)`. */
function bodyOf(text: string, name: string): string | undefined {
  const opening = [`(?<${name}>`, `(?P<${name}>`].find((each) => text.includes(each));
  if (opening === undefined) return undefined;
  const start = text.indexOf(opening) + opening.length;
  let depth = 1;
  let isClass = false;
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at++;
    else if (isClass) isClass = character !== "]";
    else if (character === "[") isClass = true;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return text.slice(start, at);
  }
  return undefined;
}
