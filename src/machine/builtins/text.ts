import { evaluationFailure } from "../failure.ts";
import { matchGroups, replaceMatches, splitByPattern } from "../pattern.ts";
import { assertTextLength, checkedList } from "../size.ts";
import { commandText, joinTexts } from "../text.ts";
import { isList, PatternValue, typeName, type Value } from "../value.ts";
import { builtinFunction, readList, Texts, wrongKind, type Builtin } from "./builtin.ts";

/** What is done with texts; the text comes first. */
export const textFunctions: readonly Builtin[] = [
  builtinFunction("upper", "text", "The text in upper case.", ["upper('ok')"], ([text]) =>
    change(text, "upper()", (plain) => plain.toUpperCase()),
  ),
  builtinFunction("lower", "text", "The text in lower case.", ["lower('OK')"], ([text]) =>
    change(text, "lower()", (plain) => plain.toLowerCase()),
  ),
  builtinFunction(
    "strip",
    "text characters?",
    "The text without white space, or the given characters, at both ends.",
    ["strip('  web01 ')", "strip('/a/', '/')"],
    ([text, characters]) => strip(text, characters),
  ),
  builtinFunction(
    "split",
    "text separator?",
    "The parts of a text between a separator or a pattern; between white space if there is none.",
    ["split('a,b', ',')", "split('up 3 days')", "split('a1b22c', r'\\d+')"],
    ([text, separator], host) => {
      const texts = new Texts();
      const plain = texts.read(text, "split()");
      host.spend(plain.length);
      return checkedList(partsOf(plain, separator, texts).map((part) => texts.make(part)));
    },
  ),
  builtinFunction(
    "join",
    "list separator?",
    "The texts of the elements, with a separator between them.",
    ["join(['web01', 'web02'], ', ')"],
    ([list, separator], host) => {
      const texts = new Texts();
      const between =
        separator === undefined ? "" : texts.read(separator, "the separator of join()");
      const elements = readList(list, "join()");
      host.spend(elements.length);
      const joined = joinTexts(elements.map(elementText), between);
      texts.include(joined);
      return texts.make(typeof joined === "string" ? joined : joined.text);
    },
  ),
  builtinFunction(
    "replace",
    "text old new",
    "The text with every place of a text or pattern replaced.",
    ["replace('web01.example.com', '.example.com', '')", "replace('a   b', r'\\s+', ' ')"],
    ([text, old, replacement], host) => {
      const texts = new Texts();
      const plain = texts.read(text, "replace()");
      const by = texts.read(replacement, "replace()");
      host.spend(plain.length * (old instanceof PatternValue ? 16 : 1));
      if (old instanceof PatternValue) return texts.make(replaceMatches(old, plain, by));
      const part = texts.read(old, "replace()");
      if (part === "") throw evaluationFailure("replace() cannot replace an empty text");
      assertTextLength(plain.length + countOf(plain, part) * (by.length - part.length));
      return texts.make(plain.replaceAll(part, () => by));
    },
  ),
  builtinFunction(
    "match",
    "text pattern",
    "The groups of the first place that a pattern fits, by name and by number ('0' is all of it); null if it does not fit.",
    ["match('disk=91', r'(?<name>\\w+)=(?<value>\\w+)').value", "match('disk', r'\\d')"],
    ([text, pattern], host) => {
      if (!(pattern instanceof PatternValue))
        throw wrongKind("match()", "a pattern as its second argument", pattern);
      if (typeof text === "string") host.spend(text.length);
      return matchGroups(pattern, text as Value);
    },
  ),
  builtinFunction(
    "starts_with",
    "text part",
    "Whether a text begins with another.",
    ["starts_with('/etc/hosts', '/etc/')"],
    ([text, part]) => bothTexts("starts_with()", text, part, (a, b) => a.startsWith(b)),
  ),
  builtinFunction(
    "ends_with",
    "text part",
    "Whether a text ends with another.",
    ["ends_with('messages.log', '.log')"],
    ([text, part]) => bothTexts("ends_with()", text, part, (a, b) => a.endsWith(b)),
  ),
];

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count += 1;
  return count;
}

function change(text: Value | undefined, what: string, how: (plain: string) => string): Value {
  const texts = new Texts();
  return texts.make(how(texts.read(text, what)));
}

function bothTexts(
  what: string,
  text: Value | undefined,
  part: Value | undefined,
  how: (text: string, part: string) => boolean,
): boolean {
  const texts = new Texts();
  return how(texts.read(text, what), texts.read(part, what));
}

function strip(text: Value | undefined, characters: Value | undefined): Value {
  const texts = new Texts();
  const plain = texts.read(text, "strip()");
  if (characters === undefined) return texts.make(plain.trim());
  const stripped = new Set(texts.read(characters, "strip()"));
  const all = Array.from(plain);
  let start = 0;
  let end = all.length;
  while (start < end && stripped.has(all[start] as string)) start += 1;
  while (end > start && stripped.has(all[end - 1] as string)) end -= 1;
  return texts.make(all.slice(start, end).join(""));
}

function partsOf(plain: string, separator: Value | undefined, texts: Texts): string[] {
  if (separator === undefined || separator === null)
    return plain.trim() === "" ? [] : plain.trim().split(/\s+/u);
  if (separator instanceof PatternValue) return splitByPattern(separator, plain);
  const between = texts.read(separator, "the separator of split()");
  if (between === "") throw evaluationFailure("split() cannot split at an empty text");
  return plain.split(between);
}

/** As in a command: a missing value must not become the word 'null' by accident. */
function elementText(element: Value): ReturnType<typeof commandText> {
  if (element === null || isList(element)) {
    throw evaluationFailure(`join() cannot join an element of type '${typeName(element)}'`);
  }
  return commandText(element);
}
