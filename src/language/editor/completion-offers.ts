import { findBuiltin } from "#machine";
import { writtenPath } from "../analysis/paths.ts";
import type { VisibleParameter } from "../analysis/surroundings.ts";
import { readPath } from "../syntax/path-literal.ts";
import { LanguageOffers, offersMax, type Completion } from "./completion-language.ts";
import { blockWords, methodHelp, optionHelp, propertyHelp, say } from "./help.ts";
import { joined, typeAtPath, typeOfVariable } from "./object-types.ts";
import type { Frame, Place } from "./place.ts";
import { visibleAt } from "./scope.ts";
import { absolute, closureOf, functionAround } from "./symbols.ts";

/** What may be offered at a place: the language's own, and what is known of the world around the flow. */
export class Offers extends LanguageOffers {
  all(): Completion[] {
    const place = this.place;
    switch (place.kind) {
      case "word":
        this.names();
        this.specials("");
        this.context();
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
        this.specials("$");
        break;
      case "operand":
        this.#operand(place.frame, place.isName);
        break;
      case "head":
        for (const word of blockWords) this.keyword(word);
        this.context();
        break;
      case "job":
        this.jobs(place.frame);
        break;
      case "operator":
        for (const word of ["and", "or", "not", "in", "if", "else", "limit"]) this.keyword(word);
        break;
      case "connector":
        this.connectors(place.frame);
        break;
    }
    return this.offers;
  }

  #operand(frame: Frame, isName: boolean): void {
    if (isName) this.#namesToGive(frame);
    this.names();
    this.specials("$");
    this.builtins("function");
    for (const word of ["true", "false", "null", "self", "not"]) this.keyword(word);
    // Which part of the context is read is seldom of interest.
    if (!isName && this.document.source.slice(this.place.span.start, this.offset).startsWith("_"))
      this.context();
  }

  /** Arguments and options of what is called; at the beginning of a bracket and in a head what may be set. */
  #namesToGive(frame: Frame): void {
    if (frame.kind === "call") return this.#argumentsOfBuiltin(frame);
    if (frame.kind === "dictionary") return this.#keysOf(frame);
    if (frame.kind === "block") return this.context();
    if (frame.kind !== "job") return;
    const colon = frame.marks.find(({ text }) => text === ":");
    if (!colon) return this.context();
    this.#argumentsOfCall(frame);
  }

  #argumentsOfBuiltin(frame: Frame): void {
    const builtin = findBuiltin(this.finder.text(frame.opening - 1));
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
    const { rawTokens } = this.document;
    if (rawTokens[frame.opening + 1]?.kind === "string") {
      for (const [name, told] of Object.entries(optionHelp))
        this.#argument(name, "option", "", say(this.language, told));
      return;
    }
    for (const { name, isRequired } of this.#parametersOf(frame.opening + 1) ?? [])
      this.#argument(name, "argument", isRequired ? "" : "= …");
  }

  #argument(name: string, kind: "argument" | "option", detail: string, documentation = ""): void {
    this.offer({ label: name, kind, detail, documentation, insert: `${name} = ` });
  }

  /** Of the flow, closure or `self` that the token of that index names. */
  #parametersOf(index: number): readonly VisibleParameter[] | undefined {
    const token = this.document.rawTokens[index];
    if (!token) return undefined;
    const text = this.finder.text(index);
    if (token.kind === "path") {
      const { path } = readPath(this.document.source, token.span.start, () => {});
      return this.document.surroundings?.objectAt(absolute(this.document, path))?.parameters;
    }
    if (text === "self") return visible(functionAround(this.document, this.offset).parameters);
    const declaration = visibleAt(this.document, this.offset).find(
      ({ name }) => name.text === text,
    );
    const closure = declaration && closureOf(this.document, declaration);
    return closure ? visible(closure.parameters) : undefined;
  }

  /** `[object << {field: …}]` */
  #keysOf(frame: Frame): void {
    const before = this.finder.text(frame.opening - 1);
    if (before !== "<<") return;
    const type = this.#typeBefore(frame.opening - 2);
    this.#fieldsOf(type, false, ": ");
  }

  #fields(dot: number, frame: Frame): void {
    const type = this.#typeBefore(dot - 1);
    this.#fieldsOf(type, false);
    for (const [label, told] of Object.entries(propertyHelp))
      this.offer({ label, kind: "field", detail: "", documentation: say(this.language, told) });
    if (frame.kind !== "job" || frame.marks.length > 0) return;
    for (const [label, { written, told }] of Object.entries(methodHelp))
      this.offer({
        label,
        kind: "method",
        detail: written,
        documentation: say(this.language, told),
      });
  }

  #fieldsOf(typeName: string | null, isArgument: boolean, behind = ""): void {
    const type = typeName === null ? undefined : this.document.surroundings?.typeNamed(typeName);
    for (const { name, kind, label, help, choices } of type?.fields ?? [])
      this.offer({
        label: name,
        kind: "field",
        detail: choices ? choices.join(", ") : kind,
        documentation: [label, help].filter(Boolean).join("\n"),
        insert: isArgument ? `${name} = ` : `${name}${behind}`,
      });
  }

  /** The type of the object whose name or path ends with the token of that index. */
  #typeBefore(index: number): string | null {
    const { rawTokens, source } = this.document;
    const token = rawTokens[index];
    if (!token) return null;
    if (token.kind === "path")
      return typeAtPath(this.document, readPath(source, token.span.start, () => {}).path);
    let first = index;
    while (
      rawTokens[first - 1]?.span.end === rawTokens[first]?.span.start &&
      /^[/.]|[^\s[({,:=<|]$/.test(this.finder.text(first - 1)) &&
      first > index - 40
    )
      first--;
    const start = rawTokens[first]?.span.start ?? 0;
    if (/^[/.]/.test(this.finder.text(first))) {
      const { path, end } = readPath(source, start, () => {});
      return end >= token.span.end ? typeAtPath(this.document, path) : null;
    }
    if (token.kind !== "name" || this.finder.text(index - 1) === ".") return null;
    const text = this.finder.text(index);
    const declaration = visibleAt(this.document, this.offset).find(
      ({ name }) => name.text === text,
    );
    return declaration ? typeOfVariable(this.document, declaration) : null;
  }

  #paths(written: string): void {
    const { surroundings, source } = this.document;
    if (!surroundings) return;
    const place = this.place as Extract<Place, { kind: "path" }>;
    const isBare = written === "";
    const { path } = isBare ? { path: "." } : readPath(`${written}x`, 0, () => {});
    const from = isBare
      ? "."
      : path.slice(0, -1).replace(/\/$/, "") || (written.startsWith("/") ? "/" : ".");
    const directory = absolute(this.document, from);
    const isDots = source.slice(place.span.start, this.offset) === "..";
    if (!isBare && !isDots) this.#namesBelow(directory, "");
    if (isBare)
      this.#namesBelow(absolute(this.document, isDots ? ".." : "."), isDots ? "../" : "./");
  }

  #namesBelow(directory: string, before: string): void {
    const { surroundings } = this.document;
    let found = 0;
    for (const name of surroundings?.namesBelow(directory) ?? []) {
      // What is far down a large directory is found when more of its name is written.
      const isFitting = before !== "" || this.fits(name);
      if (!isFitting || ++found > offersMax) continue;
      const object = surroundings?.objectAt(joined(directory, name));
      const parameters = object?.parameters?.map((each) =>
        each.isRequired ? each.name : `${each.name} = …`,
      );
      this.offer({
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
    const { surroundings } = this.document;
    const before = this.finder.text(opening - 1);
    if (before === "(" && this.finder.text(opening - 2) === "find")
      for (const label of surroundings?.typeNames ?? [])
        this.offer({ label, kind: "type", detail: "", documentation: "" });
    if (
      (before !== "<<" && before !== "==" && before !== "!=") ||
      this.finder.text(opening - 3) !== "."
    )
      return;
    const type = this.#typeBefore(opening - 4);
    const name = this.finder.text(opening - 2);
    const field =
      type === null
        ? undefined
        : surroundings?.typeNamed(type)?.fields.find((each) => each.name === name);
    for (const label of field?.choices ?? [])
      this.offer({ label, kind: "value", detail: field?.name ?? "", documentation: "" });
  }

  #typeInText(index: number): string | null {
    const token = this.document.rawTokens[index + 1];
    return token?.kind === "string" && token.edge === null ? this.finder.text(index + 1) : null;
  }
}

function visible(
  parameters: readonly { name: { text: string }; default: unknown }[],
): VisibleParameter[] {
  return parameters.map(({ name, default: value }) => ({
    name: name.text,
    isRequired: value === null,
  }));
}
