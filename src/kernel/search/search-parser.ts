/**
 * Turns the text of a search into its tree, or says where it is wrong and what was expected; never throws.
 *
 *     search     := any
 *     any        := all ('or' all)*
 *     all        := not ('and' not)*
 *     not        := 'not' not | '(' any ')' | TEXT | 'under' PATH | condition
 *     condition  := way test
 *     way        := step ('.' step)*
 *     step       := NAME | '<-' NAME '.' NAME
 *     test       := ('=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~') value
 *                 | 'not'? 'in' '(' value (',' value)* ')' | 'empty' | 'exists' | 'under' PATH
 *     NAME       := letters, digits and '_', or anything in backquotes
 *     value      := TEXT | NUMBER | 'true' | 'false' | 'null' | DAY | TIME | DURATION | PATH | WORD
 *
 * A TEXT stands in quotes, with the escapes of jobflows. A field that is called as a word of the grammar stands in
 * backquotes: `in`.
 */
import { literalOf } from "./literal.ts";
import {
  comparisons,
  reserved,
  type Literal,
  type Search,
  type SearchFault,
  type Step,
  type Test,
} from "./search-tree.ts";

export type ParsedSearch = { tree: Search } | { fault: SearchFault };

/** More is no search that somebody wrote; the depth keeps the stack from overflowing. */
export const searchLengthMax = 20_000;
const depthMax = 100;

export function parseSearch(text: string): ParsedSearch {
  try {
    return { tree: new SearchParser(text).parse() };
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    throw error;
  }
}

class Fault extends Error {
  readonly fault: SearchFault;
  constructor(at: number, message: string) {
    super(message);
    this.fault = { at, message };
  }
}

const name = /[\p{L}\p{M}_][\p{L}\p{M}\p{Nd}_]*|`[^`\n]+`/uy;
const typeName = /[^\s'"(),=<>!~.]+/uy;
const bare = /[^\s'"(),=<>!~]+/uy;
const operator = new RegExp(comparisons.join("|"), "y");
const blanks = /\s*/uy;

class SearchParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Search {
    if (this.#text.length > searchLengthMax) {
      throw new Fault(searchLengthMax, `a search has at most ${searchLengthMax} characters`);
    }
    this.#skip();
    if (this.#isEnd()) return { kind: "all" };
    const tree = this.#any();
    if (!this.#isEnd()) this.#expected("'and', 'or' or the end");
    return tree;
  }

  #any(): Search {
    return this.#chain("or", () => this.#chain("and", () => this.#not()));
  }

  #chain(kind: "and" | "or", part: () => Search): Search {
    const first = part();
    const of = [first];
    while (this.#takeWord(kind)) of.push(part());
    return of.length === 1 ? first : { kind, of };
  }

  #not(): Search {
    this.#depth += 1;
    if (this.#depth > depthMax) {
      throw new Fault(this.#at, "this is nested too deeply");
    }
    try {
      return this.#notHere();
    } finally {
      this.#depth -= 1;
    }
  }

  #notHere(): Search {
    const at = this.#at;
    if (this.#takeWord("not")) return { kind: "not", of: this.#not() };
    if (this.#take("(")) {
      const inner = this.#any();
      if (!this.#take(")")) this.#expected("')'");
      return inner;
    }
    if (this.#isQuote()) return { kind: "text", text: this.#quoted(), at };
    if (this.#takeWord("under")) return { kind: "under", path: this.#path(), at };
    return this.#condition();
  }

  #condition(): Search {
    const at = this.#at;
    const way = [this.#step()];
    while (this.#take(".")) way.push(this.#step());
    this.#skip();
    if (this.#takeWord("not")) {
      if (!this.#takeWord("in")) this.#expected("'in'");
      return { kind: "not", of: { kind: "condition", way, test: this.#in(), at } };
    }
    return { kind: "condition", way, test: this.#test(), at };
  }

  #step(): Step {
    const at = this.#at;
    if (this.#text.startsWith("<-", at)) {
      this.#at += 2;
      const type = this.#match(typeName);
      if (type === undefined) this.#expected("the name of a type");
      if (this.#text[this.#at] !== ".") {
        this.#expected("'.' and a field that refers");
      }
      this.#at += 1;
      return { kind: "referrers", type, field: this.#name(), at };
    }
    return { kind: "field", name: this.#name(), at };
  }

  #name(): string {
    const found = this.#peek(name);
    if (found === undefined || reserved.has(found.toLowerCase())) {
      this.#expected("a field, a text in quotes, or '('");
    }
    this.#at += found.length;
    return found.startsWith("`") ? found.slice(1, -1) : found;
  }

  #test(): Test {
    const at = this.#at;
    const found = this.#match(operator);
    if (found !== undefined) {
      this.#skip();
      const value = this.#value();
      const comparison = comparisons.find((each) => each === found) ?? "=";
      return { kind: "compare", operator: comparison, value, at };
    }
    if (this.#takeWord("in")) return this.#in();
    if (this.#takeWord("empty")) return { kind: "empty" };
    if (this.#takeWord("exists")) return { kind: "exists" };
    if (this.#takeWord("under")) return { kind: "under", path: this.#path(), at };
    return this.#expected("one of = != < <= > >= ~ !~ in empty exists under");
  }

  #in(): Test {
    const at = this.#at;
    if (!this.#take("(")) this.#expected("'(' and a list of values");
    const values = [this.#value()];
    while (this.#take(",")) values.push(this.#value());
    if (!this.#take(")")) this.#expected("',' or ')'");
    return { kind: "in", values, at };
  }

  #path(): string {
    const at = this.#at;
    const value = this.#value();
    if (!(value.kind === "path" || value.kind === "text") || !value.value.startsWith("/")) {
      throw new Fault(at, "expected a path such as /nodes");
    }
    return value.value;
  }

  #value(): Literal {
    this.#skip();
    if (this.#isQuote()) return { kind: "text", value: this.#quoted() };
    const word = this.#peek(bare);
    if (word === undefined || reserved.has(word.toLowerCase())) {
      return this.#expected("a value");
    }
    this.#at += word.length;
    this.#skip();
    return literalOf(word);
  }

  #quoted(): string {
    const begin = this.#at;
    const mark = this.#text[begin];
    let text = "";
    for (let at = begin + 1; at < this.#text.length; at += 1) {
      const character = this.#text[at] ?? "";
      if (character === mark) {
        this.#at = at + 1;
        this.#skip();
        return text;
      }
      if (character !== "\\") {
        text += character;
        continue;
      }
      const escape = /^(?:u([0-9a-fA-F]{4})|([nt\\'"$]))/.exec(this.#text.slice(at + 1, at + 6));
      if (escape === null) text += character;
      else {
        text += escaped(escape);
        at += escape[0].length;
      }
    }
    throw new Fault(begin, "this text has no closing quote");
  }

  #isQuote(): boolean {
    return this.#text[this.#at] === "'" || this.#text[this.#at] === '"';
  }

  #isEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  #take(mark: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== mark) return false;
    this.#at += 1;
    this.#skip();
    return true;
  }

  #takeWord(word: string): boolean {
    this.#skip();
    if (this.#peek(name)?.toLowerCase() !== word) return false;
    this.#at += word.length;
    this.#skip();
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    const found = this.#peek(pattern);
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  #skip(): void {
    this.#match(blanks);
  }

  #expected(what: string): never {
    this.#skip();
    const rest = this.#text.slice(this.#at);
    const got = /^(?:[\p{L}\p{M}\p{Nd}_]+|\S)/u.exec(rest)?.[0];
    throw new Fault(
      this.#at,
      `expected ${what}, got ${got === undefined ? "the end" : `'${got}'`}`,
    );
  }
}

function escaped([, code, character = ""]: RegExpExecArray): string {
  if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
  if (character === "n") return "\n";
  return character === "t" ? "\t" : character;
}
