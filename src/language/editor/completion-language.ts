import { builtins, type Builtin } from "#machine";
import type { Declaration } from "../analysis/resolver.ts";
import type { Span } from "../syntax/span.ts";
import { specialNames } from "../syntax/token.ts";
import type { EditorDocument } from "./document.ts";
import {
  blockWords,
  connectorHelp,
  contextHelp,
  describeBuiltin,
  keywordHelp,
  say,
  signatureOf,
  specialHelp,
} from "./help.ts";
import { typeOfVariable } from "./object-types.ts";
import { PlaceFinder, type Frame, type Place } from "./place.ts";
import { visibleAt } from "./scope.ts";
import { closureOf } from "./symbols.ts";

/** What a completion offers, and the part of it that is the language's own: names, words and built-ins. */
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

/** At most: nobody reads more, and a directory may hold a hundred thousand objects. */
export const offersMax = 500;

/** 0: begins with it; 1: holds it; 2: holds its characters in order; null: does not fit. */
export function rankOf(name: string, wanted: string): number | null {
  const label = name.toLowerCase();
  if (label.startsWith(wanted)) return 0;
  if (label.includes(wanted)) return 1;
  let at = 0;
  for (const character of label) if (character === wanted.charAt(at)) at++;
  return at === wanted.length ? 2 : null;
}

type Offered = Omit<Completion, "span" | "insert" | "caret"> & { insert?: string; caret?: number };

/** Gathers what may be offered at a place; what stands in the world around the flow adds completion-offers.ts. */
export abstract class LanguageOffers {
  protected readonly document: EditorDocument;
  protected readonly offset: number;
  protected readonly place: Exclude<Place, { kind: "nothing" }>;
  protected readonly finder: PlaceFinder;
  protected readonly offers: Completion[] = [];
  /** What of it is written, without regard to case. */
  readonly wanted: string;

  constructor(
    document: EditorDocument,
    offset: number,
    place: Exclude<Place, { kind: "nothing" }>,
  ) {
    this.document = document;
    this.offset = offset;
    this.place = place;
    this.finder = new PlaceFinder(document, offset);
    const written = document.source.slice(place.span.start, offset);
    this.wanted = written.replace(/^['"]/, "").toLowerCase();
  }

  /** Whether it is worth working out what to say of it. */
  protected fits(label: string): boolean {
    return rankOf(label, this.wanted) !== null;
  }

  protected get language() {
    return this.document.language;
  }

  protected offer({ label, kind, detail, documentation, insert = label, caret }: Offered): void {
    const span = { ...this.place.span };
    this.offers.push({
      label,
      kind,
      detail,
      documentation,
      span,
      insert,
      caret: caret ?? insert.length,
    });
  }

  protected names(): void {
    const names = new Set<string>();
    for (const declaration of visibleAt(this.document, this.offset)) {
      const { text } = declaration.name;
      names.add(text);
      if (!this.fits(text)) continue;
      const closure = closureOf(this.document, declaration);
      const detail = closure
        ? this.document.source.slice(closure.span.start, closure.parameters.at(-1)?.span.end)
        : typeOfVariable(this.document, declaration);
      this.offer({
        label: text,
        kind: declaration.kind === "parameter" ? "parameter" : "variable",
        detail: detail ?? "",
        documentation: this.#setAt(declaration),
      });
    }
    for (const text of this.#namesInBrokenJob())
      if (!names.has(text))
        this.offer({ label: text, kind: "variable", detail: "", documentation: "" });
  }

  /** The line where it is set first. */
  #setAt({ name }: Declaration): string {
    const { source } = this.document;
    const start = source.lastIndexOf("\n", name.span.start - 1) + 1;
    const end = source.indexOf("\n", name.span.start);
    return source
      .slice(start, end < 0 ? source.length : end)
      .trim()
      .slice(0, 120);
  }

  /** What is assigned or looped over in a job that does not parse, where the tree knows nothing of it. */
  #namesInBrokenJob(): string[] {
    const { tree, rawTokens } = this.document;
    const link = tree.chain?.links.findLast(({ job }) => job.span.start <= this.offset);
    if (this.document.isWellFormed || !link) return [];
    const names: string[] = [];
    for (const [index, { kind, span }] of rawTokens.entries()) {
      if (kind !== "name" || span.start < link.job.span.start) continue;
      if (span.end >= this.offset) break;
      const isMade = this.finder.text(index + 1) === "=" || this.finder.text(index + 1) === "in";
      const before = this.finder.text(index - 1);
      const isPlace =
        before === "[" || before === "," || before === "{" || before === "for" || before === "pfor";
      if (isMade && isPlace) names.push(this.finder.text(index));
    }
    return names.filter((name) => !name.startsWith("__"));
  }

  protected specials(dollar: "$" | ""): void {
    for (const name of specialNames)
      this.offer({
        label: `${dollar}${name}`,
        kind: "special",
        detail: "",
        documentation: say(this.language, specialHelp[name]),
      });
  }

  protected context(): void {
    for (const [label, told] of Object.entries(contextHelp))
      this.offer({ label, kind: "context", detail: "", documentation: say(this.language, told) });
  }

  protected keyword(word: string, insert?: string, caret?: number): void {
    const help = keywordHelp[word];
    if (!help) return;
    this.offer({
      label: word,
      kind: "keyword",
      detail: help.written,
      documentation: say(this.language, help.told),
      ...(insert === undefined ? {} : { insert }),
      ...(caret === undefined ? {} : { caret }),
    });
  }

  protected builtins(kind: Builtin["kind"]): void {
    const isCalled = this.document.source.charAt((this.place as { span: Span }).span.end) === "(";
    for (const builtin of builtins) {
      if (builtin.kind !== kind) continue;
      const hasNone = builtin.parameters.length === 0;
      const isBare = isCalled || builtin.name === "break" || builtin.name === "continue";
      this.offer({
        label: builtin.name,
        kind,
        detail: signatureOf(builtin),
        documentation: describeBuiltin(builtin, this.language),
        insert: isBare ? builtin.name : `${builtin.name}()`,
        ...(isBare || hasNone ? {} : { caret: builtin.name.length + 1 }),
      });
    }
  }

  protected jobs(frame: Frame): void {
    this.builtins("job");
    for (const word of blockWords) {
      const help = keywordHelp[word];
      const insert = blockForms[word] ?? `{ ${word}  | }`;
      this.offer({
        label: word,
        kind: "block",
        detail: help?.written ?? "",
        documentation: help ? say(this.language, help.told) : "",
        insert,
        caret:
          insert.indexOf(insert.includes(`${word}  `) ? "  " : "| ") +
          (insert.includes(`${word}  `) ? 1 : 2),
      });
    }
    this.#armWords(frame);
  }

  protected connectors(frame: Frame): void {
    for (const [label, { written, told }] of Object.entries(connectorHelp))
      this.offer({
        label,
        kind: "connector",
        detail: written,
        documentation: say(this.language, told),
        insert: `${label} `,
      });
    this.#armWords(frame);
    if (this.#headWord(frame) === "choice" || this.#headWord(frame) === "fork")
      this.builtins("job");
  }

  #armWords(frame: Frame): void {
    const word = this.#headWord(frame);
    if (word === "if")
      for (const arm of ["then", "elif", "else"])
        this.keyword(arm, arm === "elif" ? "elif " : `${arm}: `);
    if (word === "case" || word === "timeout") this.keyword("else", "else: ");
    if (word === "choice") this.keyword("after", "after ");
  }

  #headWord(frame: Frame): string {
    return frame.kind === "block" ? this.finder.text(frame.opening + 1) : "";
  }
}

const blockForms: Readonly<Record<string, string>> = {
  fork: "{ fork | }",
  choice: "{ choice | }",
  session: "{ session  | }",
  for: "{ for  in  | }",
  pfor: "{ pfor  in  limit 10 | }",
};
