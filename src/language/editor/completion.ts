import { builtins, findBuiltin, type Builtin } from "#machine";
import { writtenPath } from "../analysis/paths.ts";
import type { Declaration } from "../analysis/resolver.ts";
import type { VisibleParameter } from "../analysis/surroundings.ts";
import type { Span } from "../syntax/span.ts";
import { specialNames } from "../syntax/token.ts";
import { readPath } from "../syntax/path-literal.ts";
import type { EditorDocument } from "./document.ts";
import {
  blockWords,
  connectorHelp,
  contextHelp,
  describeBuiltin,
  keywordHelp,
  methodHelp,
  optionHelp,
  propertyHelp,
  say,
  signatureOf,
  specialHelp,
} from "./help.ts";
import { joined, typeAtPath, typeOfVariable } from "./object-types.ts";
import { placeAt, PlaceFinder, type Frame, type Place } from "./place.ts";
import { visibleAt } from "./scope.ts";
import { absolute, closureOf, functionAround } from "./symbols.ts";

export type CompletionKind =
  | "variable"
  | "parameter"
  | "special"
  | "context"
  | "function"
  | "job"
  | "block"
  | "keyword"
  | "connector"
  | "path"
  | "field"
  | "method"
  | "argument"
  | "option"
  | "type"
  | "value";

export interface Completion {
  label: string;
  kind: CompletionKind;
  /** Beside the label: a signature, a type. */
  detail: string;
  /** For the reader, in his language; may be empty. */
  documentation: string;
  /** What is replaced by `insert`. */
  span: Span;
  insert: string;
  /** Where in `insert` the cursor then stands. */
  caret: number;
}

/** What may be written at the offset: what fits best with what is there already comes first. */
export function completionsAt(document: EditorDocument, offset: number): Completion[] {
  const place = placeAt(document, offset);
  if (place.kind === "nothing") return [];
  const written = document.source.slice(place.span.start, offset);
  return fitting(new Offers(document, offset, place).all(), written);
}

/** At most: nobody reads more, and a directory may hold a hundred thousand objects. */
const offersMax = 500;

function fitting(offers: readonly Completion[], written: string): Completion[] {
  const wanted = written.replace(/^['"]/, "").toLowerCase();
  const ranked: { offer: Completion; rank: number }[] = [];
  const seen = new Set<string>();
  for (const offer of offers) {
    const rank = rankOf(offer.label.toLowerCase(), wanted);
    const key = `${offer.kind} ${offer.label}`;
    if (rank === null || seen.has(key)) continue;
    seen.add(key);
    ranked.push({ offer, rank });
  }
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, offersMax)
    .map(({ offer }) => offer);
}

/** 0: begins with it; 1: holds it; 2: holds its characters in order; null: does not fit. */
function rankOf(label: string, wanted: string): number | null {
  if (label.startsWith(wanted)) return 0;
  if (label.includes(wanted)) return 1;
  let at = 0;
  for (const character of label) if (character === wanted.charAt(at)) at++;
  return at === wanted.length ? 2 : null;
}

type Offered = Omit<Completion, "span" | "insert" | "caret"> & { insert?: string; caret?: number };

class Offers {
  readonly #document: EditorDocument;
  readonly #offset: number;
  readonly #place: Exclude<Place, { kind: "nothing" }>;
  readonly #finder: PlaceFinder;
  readonly #offers: Completion[] = [];

  constructor(
    document: EditorDocument,
    offset: number,
    place: Exclude<Place, { kind: "nothing" }>,
  ) {
    this.#document = document;
    this.#offset = offset;
    this.#place = place;
    this.#finder = new PlaceFinder(document, offset);
  }

  all(): Completion[] {
    const place = this.#place;
    switch (place.kind) {
      case "word":
        this.#names();
        this.#specials("");
        this.#context();
        break;
      case "text":
        this.#texts(place.opening);
        break;
      case "path":
        this.#paths(place.written);
        break;
      case "field":
        this.#fields(place.dot, place.frame);
        break;
      case "special":
        this.#specials("$");
        break;
      case "operand":
        this.#operand(place.frame, place.isName);
        break;
      case "head":
        for (const word of blockWords) this.#keyword(word);
        this.#context();
        break;
      case "job":
        this.#jobs(place.frame);
        break;
      case "operator":
        for (const word of ["and", "or", "not", "in", "if", "else", "limit"]) this.#keyword(word);
        break;
      case "connector":
        this.#connectors(place.frame);
        break;
    }
    return this.#offers;
  }

  get #language() {
    return this.#document.language;
  }

  #offer({ label, kind, detail, documentation, insert = label, caret }: Offered): void {
    const span = { ...this.#place.span };
    this.#offers.push({
      label,
      kind,
      detail,
      documentation,
      span,
      insert,
      caret: caret ?? insert.length,
    });
  }

  #names(): void {
    const names = new Set<string>();
    for (const declaration of visibleAt(this.#document, this.#offset)) {
      const { text } = declaration.name;
      names.add(text);
      const closure = closureOf(this.#document, declaration);
      const detail = closure
        ? this.#document.source.slice(closure.span.start, closure.parameters.at(-1)?.span.end)
        : typeOfVariable(this.#document, declaration);
      this.#offer({
        label: text,
        kind: declaration.kind === "parameter" ? "parameter" : "variable",
        detail: detail ?? "",
        documentation: this.#setAt(declaration),
      });
    }
    for (const text of this.#namesInBrokenJob())
      if (!names.has(text))
        this.#offer({ label: text, kind: "variable", detail: "", documentation: "" });
  }

  /** The line where it is set first. */
  #setAt({ name }: Declaration): string {
    const { source } = this.#document;
    const start = source.lastIndexOf("\n", name.span.start - 1) + 1;
    const end = source.indexOf("\n", name.span.start);
    return source
      .slice(start, end < 0 ? source.length : end)
      .trim()
      .slice(0, 120);
  }

  /** What is assigned or looped over in a job that does not parse, where the tree knows nothing of it. */
  #namesInBrokenJob(): string[] {
    const { tree, rawTokens } = this.#document;
    const link = tree.chain?.links.findLast(({ job }) => job.span.start <= this.#offset);
    if (this.#document.isWellFormed || !link) return [];
    const names: string[] = [];
    for (const [index, { kind, span }] of rawTokens.entries()) {
      if (kind !== "name" || span.start < link.job.span.start) continue;
      if (span.end >= this.#offset) break;
      const isMade = this.#finder.text(index + 1) === "=" || this.#finder.text(index + 1) === "in";
      const before = this.#finder.text(index - 1);
      const isPlace =
        before === "[" || before === "," || before === "{" || before === "for" || before === "pfor";
      if (isMade && isPlace) names.push(this.#finder.text(index));
    }
    return names.filter((name) => !name.startsWith("__"));
  }

  #specials(dollar: "$" | ""): void {
    for (const name of specialNames)
      this.#offer({
        label: `${dollar}${name}`,
        kind: "special",
        detail: "",
        documentation: say(this.#language, specialHelp[name]),
      });
  }

  #context(): void {
    for (const [label, told] of Object.entries(contextHelp))
      this.#offer({ label, kind: "context", detail: "", documentation: say(this.#language, told) });
  }

  #keyword(word: string, insert?: string, caret?: number): void {
    const help = keywordHelp[word];
    if (!help) return;
    this.#offer({
      label: word,
      kind: "keyword",
      detail: help.written,
      documentation: say(this.#language, help.told),
      ...(insert === undefined ? {} : { insert }),
      ...(caret === undefined ? {} : { caret }),
    });
  }

  #builtins(kind: Builtin["kind"]): void {
    const isCalled = this.#document.source.charAt((this.#place as { span: Span }).span.end) === "(";
    for (const builtin of builtins) {
      if (builtin.kind !== kind) continue;
      const hasNone = builtin.parameters.length === 0;
      const isBare = isCalled || builtin.name === "break" || builtin.name === "continue";
      this.#offer({
        label: builtin.name,
        kind,
        detail: signatureOf(builtin),
        documentation: describeBuiltin(builtin, this.#language),
        insert: isBare ? builtin.name : `${builtin.name}()`,
        ...(isBare || hasNone ? {} : { caret: builtin.name.length + 1 }),
      });
    }
  }

  #operand(frame: Frame, isName: boolean): void {
    if (isName) this.#namesToGive(frame);
    this.#names();
    this.#specials("$");
    this.#builtins("function");
    for (const word of ["true", "false", "null", "self", "not"]) this.#keyword(word);
    // Which part of the context is read is seldom of interest.
    if (
      !isName &&
      this.#document.source.slice(this.#place.span.start, this.#offset).startsWith("_")
    )
      this.#context();
  }

  /** Arguments and options of what is called; at the beginning of a bracket and in a head what may be set. */
  #namesToGive(frame: Frame): void {
    if (frame.kind === "call") return this.#argumentsOfBuiltin(frame);
    if (frame.kind === "dictionary") return this.#keysOf(frame);
    if (frame.kind === "block") return this.#context();
    if (frame.kind !== "job") return;
    const colon = frame.marks.find(({ text }) => text === ":");
    if (!colon) return this.#context();
    this.#argumentsOfCall(frame);
  }

  #argumentsOfBuiltin(frame: Frame): void {
    const builtin = findBuiltin(this.#finder.text(frame.opening - 1));
    for (const { name, rest } of builtin?.parameters ?? [])
      if (!rest) this.#argument(name, "argument", "");
    if (builtin?.name === "find") this.#fieldsOf(this.#typeInText(frame.opening + 1), true);
    if (builtin?.name === "spawn") {
      const called = this.#parametersOf(frame.opening + 1);
      for (const { name, isRequired } of called ?? [])
        this.#argument(name, "argument", isRequired ? "" : "= …");
    }
  }

  #argumentsOfCall(frame: Frame): void {
    const { rawTokens } = this.#document;
    if (rawTokens[frame.opening + 1]?.kind === "string") {
      for (const [name, told] of Object.entries(optionHelp))
        this.#argument(name, "option", "", say(this.#language, told));
      return;
    }
    for (const { name, isRequired } of this.#parametersOf(frame.opening + 1) ?? [])
      this.#argument(name, "argument", isRequired ? "" : "= …");
  }

  #argument(name: string, kind: "argument" | "option", detail: string, documentation = ""): void {
    this.#offer({ label: name, kind, detail, documentation, insert: `${name} = ` });
  }

  /** Of the flow, closure or `self` that the token of that index names. */
  #parametersOf(index: number): readonly VisibleParameter[] | undefined {
    const token = this.#document.rawTokens[index];
    if (!token) return undefined;
    const text = this.#finder.text(index);
    if (token.kind === "path") {
      const { path } = readPath(this.#document.source, token.span.start, () => {});
      return this.#document.surroundings?.objectAt(absolute(this.#document, path))?.parameters;
    }
    if (text === "self") return visible(functionAround(this.#document, this.#offset).parameters);
    const declaration = visibleAt(this.#document, this.#offset).find(
      ({ name }) => name.text === text,
    );
    const closure = declaration && closureOf(this.#document, declaration);
    return closure ? visible(closure.parameters) : undefined;
  }

  /** `[object << {field: …}]` */
  #keysOf(frame: Frame): void {
    const before = this.#finder.text(frame.opening - 1);
    if (before !== "<<") return;
    const type = this.#typeBefore(frame.opening - 2);
    this.#fieldsOf(type, false, ": ");
  }

  #fields(dot: number, frame: Frame): void {
    const type = this.#typeBefore(dot - 1);
    this.#fieldsOf(type, false);
    for (const [label, told] of Object.entries(propertyHelp))
      this.#offer({ label, kind: "field", detail: "", documentation: say(this.#language, told) });
    if (frame.kind !== "job" || frame.marks.length > 0) return;
    for (const [label, { written, told }] of Object.entries(methodHelp))
      this.#offer({
        label,
        kind: "method",
        detail: written,
        documentation: say(this.#language, told),
      });
  }

  #fieldsOf(typeName: string | null, isArgument: boolean, behind = ""): void {
    const type = typeName === null ? undefined : this.#document.surroundings?.typeNamed(typeName);
    for (const { name, kind, label, help, choices } of type?.fields ?? [])
      this.#offer({
        label: name,
        kind: "field",
        detail: choices ? choices.join(", ") : kind,
        documentation: [label, help].filter(Boolean).join("\n"),
        insert: isArgument ? `${name} = ` : `${name}${behind}`,
      });
  }

  /** The type of the object whose name or path ends with the token of that index. */
  #typeBefore(index: number): string | null {
    const { rawTokens, source } = this.#document;
    const token = rawTokens[index];
    if (!token) return null;
    if (token.kind === "path")
      return typeAtPath(this.#document, readPath(source, token.span.start, () => {}).path);
    let first = index;
    while (
      rawTokens[first - 1]?.span.end === rawTokens[first]?.span.start &&
      /^[/.]|[^\s[({,:=<|]$/.test(this.#finder.text(first - 1)) &&
      first > index - 40
    )
      first--;
    const start = rawTokens[first]?.span.start ?? 0;
    if (/^[/.]/.test(this.#finder.text(first))) {
      const { path, end } = readPath(source, start, () => {});
      return end >= token.span.end ? typeAtPath(this.#document, path) : null;
    }
    if (token.kind !== "name" || this.#finder.text(index - 1) === ".") return null;
    const text = this.#finder.text(index);
    const declaration = visibleAt(this.#document, this.#offset).find(
      ({ name }) => name.text === text,
    );
    return declaration ? typeOfVariable(this.#document, declaration) : null;
  }

  #paths(written: string): void {
    const { surroundings, source } = this.#document;
    if (!surroundings) return;
    const place = this.#place as Extract<Place, { kind: "path" }>;
    const isBare = written === "";
    const { path } = isBare ? { path: "." } : readPath(`${written}x`, 0, () => {});
    const from = isBare
      ? "."
      : path.slice(0, -1).replace(/\/$/, "") || (written.startsWith("/") ? "/" : ".");
    const directory = absolute(this.#document, from);
    const isDots = source.slice(place.span.start, this.#offset) === "..";
    if (!isBare && !isDots) this.#namesBelow(directory, "");
    if (isBare)
      this.#namesBelow(absolute(this.#document, isDots ? ".." : "."), isDots ? "../" : "./");
  }

  #namesBelow(directory: string, before: string): void {
    const { surroundings } = this.#document;
    const wanted =
      before === ""
        ? this.#document.source
            .slice(this.#place.span.start, this.#offset)
            .replace(/^['"]/, "")
            .toLowerCase()
        : "";
    let found = 0;
    for (const name of surroundings?.namesBelow(directory) ?? []) {
      // What is far down a large directory is found when more of its name is written.
      if (rankOf(name.toLowerCase(), wanted) === null || ++found > offersMax) continue;
      const object = surroundings?.objectAt(joined(directory, name));
      const parameters = object?.parameters?.map((each) =>
        each.isRequired ? each.name : `${each.name} = …`,
      );
      this.#offer({
        label: `${before}${name}`,
        kind: "path",
        detail: object?.type ?? "",
        documentation: parameters ? `|${parameters.join("| |")}|` : "",
        insert: `${before}${writtenPath([name])}`,
      });
    }
  }

  /** In `find('…')` the types, in an update the choices of the field. */
  #texts(opening: number): void {
    const { surroundings } = this.#document;
    const before = this.#finder.text(opening - 1);
    if (before === "(" && this.#finder.text(opening - 2) === "find")
      for (const label of surroundings?.typeNames ?? [])
        this.#offer({ label, kind: "type", detail: "", documentation: "" });
    if (
      (before !== "<<" && before !== "==" && before !== "!=") ||
      this.#finder.text(opening - 3) !== "."
    )
      return;
    const type = this.#typeBefore(opening - 4);
    const name = this.#finder.text(opening - 2);
    const field =
      type === null
        ? undefined
        : surroundings?.typeNamed(type)?.fields.find((each) => each.name === name);
    for (const label of field?.choices ?? [])
      this.#offer({ label, kind: "value", detail: field?.name ?? "", documentation: "" });
  }

  #typeInText(index: number): string | null {
    const token = this.#document.rawTokens[index + 1];
    return token?.kind === "string" && token.edge === null ? this.#finder.text(index + 1) : null;
  }

  #jobs(frame: Frame): void {
    this.#builtins("job");
    for (const word of blockWords) {
      const help = keywordHelp[word];
      const insert = blockForms[word] ?? `{ ${word}  | }`;
      this.#offer({
        label: word,
        kind: "block",
        detail: help?.written ?? "",
        documentation: help ? say(this.#language, help.told) : "",
        insert,
        caret:
          insert.indexOf(insert.includes(`${word}  `) ? "  " : "| ") +
          (insert.includes(`${word}  `) ? 1 : 2),
      });
    }
    this.#armWords(frame);
  }

  #connectors(frame: Frame): void {
    for (const [label, { written, told }] of Object.entries(connectorHelp))
      this.#offer({
        label,
        kind: "connector",
        detail: written,
        documentation: say(this.#language, told),
        insert: `${label} `,
      });
    this.#armWords(frame);
    if (this.#headWord(frame) === "choice" || this.#headWord(frame) === "fork")
      this.#builtins("job");
  }

  #armWords(frame: Frame): void {
    const word = this.#headWord(frame);
    if (word === "if")
      for (const arm of ["then", "elif", "else"])
        this.#keyword(arm, arm === "elif" ? "elif " : `${arm}: `);
    if (word === "case" || word === "timeout") this.#keyword("else", "else: ");
    if (word === "choice") this.#keyword("after", "after ");
  }

  #headWord(frame: Frame): string {
    return frame.kind === "block" ? this.#finder.text(frame.opening + 1) : "";
  }
}

const blockForms: Readonly<Record<string, string>> = {
  fork: "{ fork | }",
  choice: "{ choice | }",
  session: "{ session  | }",
  for: "{ for  in  | }",
  pfor: "{ pfor  in  limit 10 | }",
};

function visible(
  parameters: readonly { name: { text: string }; default: unknown }[],
): VisibleParameter[] {
  return parameters.map(({ name, default: value }) => ({
    name: name.text,
    isRequired: value === null,
  }));
}
