/**
 * Texts in the language of the reader. Whoever finds a fault says it in English, and only where it is shown to a person is
 * it translated: by the sentence, with its names and numbers put into the other one. So nobody who fails needs a second
 * list, what is stored, logged or compared by a flow has one language, and whoever shows a text needs no more than the text.
 */
export type Language = "en" | "ja";

/**
 * A sentence and its translation. `{name}` stands for what differs, and is itself translated if it is a sentence;
 * `{faults}` is a list of them.
 */
export type Sentence = readonly [english: string, translated: string];

/** A text as a sentence: which one, and what stands in its places, in their order. */
export interface FoundSentence {
  sentence: Sentence;
  parts: readonly string[];
}

/** A sentence that is ready to be compared: what stands between its places. */
interface Form {
  sentence: Sentence;
  literals: readonly string[];
  /** How much of it is fixed: of several that fit, the one that says most is meant. */
  weight: number;
}

const place = /\{[a-z]+\}/g;

// Sentences are looked up by how they begin; a longer key would leave more of them among those without one.
const keyLength = 3;

const separator = "; ";

// Several faults in a text, or where something is wrong and what. Tried only where the whole is no sentence.
const joints = [": ", separator];

// A command's output is no text of ours, however often it holds a joint.
const looseLengthMax = 1000;

/** Looks sentences up fast: a console is translated line by line, and most lines are none of ours. */
export class Translator {
  readonly #plain = new Map<string, Sentence>();
  readonly #byBeginning = new Map<string, Form[]>();
  /** Those that begin with a place. */
  readonly #open: Form[] = [];

  constructor(sentences: Iterable<Sentence>) {
    for (const sentence of sentences) this.#add(sentence);
    const forms = [this.#open, ...this.#byBeginning.values()];
    for (const each of forms) each.sort((a, b) => b.weight - a.weight);
  }

  /** The text in the other language; what is no sentence stays as it is. */
  translate(text: string): string {
    if (!text.includes("\n")) return this.#translateLine(text);
    return text
      .split("\n")
      .map((line) => this.#translateLine(line))
      .join("\n");
  }

  find(text: string): FoundSentence | undefined {
    const plain = this.#plain.get(text);
    if (plain !== undefined) return { sentence: plain, parts: [] };
    const begun = firstFit(this.#byBeginning.get(text.slice(0, keyLength)) ?? [], text);
    const open = firstFit(this.#open, text);
    return (begun?.weight ?? -1) >= (open?.weight ?? -1) ? begun : open;
  }

  #add(sentence: Sentence): void {
    const literals = sentence[0].split(place);
    const [first = ""] = literals;
    if (literals.length === 1) {
      this.#plain.set(first, sentence);
      return;
    }
    const weight = literals.reduce((sum, { length }) => sum + length, 0);
    const form = { sentence, literals, weight };
    if (first.length < keyLength) {
      this.#open.push(form);
      return;
    }
    const key = first.slice(0, keyLength);
    const known = this.#byBeginning.get(key);
    if (known === undefined) this.#byBeginning.set(key, [form]);
    else known.push(form);
  }

  #translateLine(text: string): string {
    const found = this.find(text);
    if (found === undefined) return this.#translateLoosely(text);
    const [english, translated] = found.sentence;
    const names: readonly string[] = english.match(place) ?? [];
    return translated.replaceAll(place, (name) => {
      const part = found.parts[names.indexOf(name)];
      if (part === undefined) return name;
      if (name !== "{faults}") return this.translate(part);
      return part
        .split(separator)
        .map((each) => this.translate(each))
        .join(separator);
    });
  }

  #translateLoosely(text: string): string {
    if (text.length > looseLengthMax) return text;
    for (const joint of joints) {
      const at = text.indexOf(joint);
      if (at <= 0) continue;
      const rest = text.slice(at + joint.length);
      return `${this.translate(text.slice(0, at))}${joint}${this.translate(rest)}`;
    }
    return text;
  }
}

function firstFit(
  forms: readonly Form[],
  text: string,
): (FoundSentence & { weight: number }) | undefined {
  for (const { sentence, literals, weight } of forms) {
    const parts = partsOf(text, literals);
    if (parts !== undefined && isName(parts[0] ?? "", literals[0] ?? "", weight)) {
      return { sentence, parts, weight };
    }
  }
  return undefined;
}

// Below it, a sentence such as `{path} is no {type}` would fit much of what a command says.
const weightMin = 11;

const pronouns = /^(?:this|that|there|it|they|he|she|we|you|i)$/iu;

/** Whether what stands first may be a name of something, and not the beginning of another text. */
function isName(first: string, before: string, weight: number): boolean {
  if (before !== "") return true;
  if (pronouns.test(first) || joints.some((joint) => first.includes(joint))) return false;
  return weight >= weightMin || !first.includes(" ") || /^['/]/.test(first);
}

/** What stands between the literals; each place takes at least one character, and no more than it must. */
function partsOf(text: string, literals: readonly string[]): string[] | undefined {
  const first = literals[0] ?? "";
  const last = literals.at(-1) ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
  const end = text.length - last.length;
  const parts: string[] = [];
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const next = text.indexOf(literal, at + 1);
    if (next < 0) return undefined;
    parts.push(text.slice(at, next));
    at = next + literal.length;
  }
  if (at >= end) return undefined;
  parts.push(text.slice(at, end));
  return parts;
}
