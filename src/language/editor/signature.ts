import { findBuiltin } from "#machine";
import { readPath } from "../syntax/path-literal.ts";
import type { EditorDocument } from "./document.ts";
import { optionHelp, say, signatureOf, summaryOf } from "./help.ts";
import { framesAt, PlaceFinder, type Frame } from "./place.ts";
import { visibleAt } from "./scope.ts";
import { absolute, closureOf, functionAround } from "./symbols.ts";

/** What is called around the cursor, and which of its parameters is being written. */
export interface SignatureHelp {
  label: string;
  text: string;
  parameters: { label: string; text: string }[];
  /** Index into the parameters; null if there is none for it. */
  active: number | null;
}

export function signatureAt(document: EditorDocument, offset: number): SignatureHelp | null {
  for (const frame of framesAt(document, offset)) {
    if (frame.kind === "block" || frame.kind === "closure" || frame.kind === "flow") return null;
    const help =
      frame.kind === "call" ? ofBuiltin(document, frame, offset) : ofJob(document, frame, offset);
    if (help) return help;
  }
  return null;
}

function ofBuiltin(document: EditorDocument, frame: Frame, offset: number): SignatureHelp | null {
  const finder = new PlaceFinder(document, offset);
  const builtin = findBuiltin(finder.text(frame.opening - 1));
  if (!builtin) return null;
  const names = builtin.parameters.map(({ name }) => name);
  const rest = builtin.parameters.findIndex((parameter) => parameter.rest === "positional");
  const active = activeOf(finder, frame, names, 0);
  return {
    label: signatureOf(builtin),
    text: summaryOf(builtin, document.language),
    parameters: names.map((label) => ({ label, text: "" })),
    active: active ?? (rest < 0 ? null : rest),
  };
}

function ofJob(document: EditorDocument, frame: Frame, offset: number): SignatureHelp | null {
  const finder = new PlaceFinder(document, offset);
  const colon = frame.marks.findIndex(({ text }) => text === ":");
  const target = document.rawTokens[frame.opening + 1];
  if (frame.kind !== "job" || colon < 0 || !target) return null;
  const title = finder.text(frame.opening + 1);
  if (target.kind === "string") {
    const parameters = Object.entries(optionHelp).map(([label, told]) => ({
      label,
      text: say(document.language, told),
    }));
    const names = parameters.map(({ label }) => label);
    const named = activeOf(finder, frame, names, colon + 1, true);
    return {
      label: names.map((name) => `${name} = …`).join(", "),
      text: "",
      parameters,
      active: named,
    };
  }
  const parameters = parametersOf(
    document,
    title,
    target.kind === "path" ? target.span.start : null,
    offset,
  );
  if (!parameters) return null;
  const names = parameters.map(({ name }) => name);
  const written = parameters.map(({ name, isRequired }) => (isRequired ? name : `${name} = …`));
  return {
    label: `[${title}: ${written.join(", ")}]`,
    text: "",
    parameters: names.map((label) => ({ label, text: "" })),
    active: activeOf(finder, frame, names, colon + 1),
  };
}

function parametersOf(
  document: EditorDocument,
  title: string,
  path: number | null,
  offset: number,
): readonly { name: string; isRequired: boolean }[] | undefined {
  if (path !== null) {
    const read = readPath(document.source, path, () => {});
    return document.surroundings?.objectAt(absolute(document, read.path))?.parameters;
  }
  const declaration = visibleAt(document, offset).find(({ name }) => name.text === title);
  const called =
    title === "self"
      ? functionAround(document, offset)
      : declaration && closureOf(document, declaration);
  return called?.parameters.map(({ name, default: value }) => ({
    name: name.text,
    isRequired: value === null,
  }));
}

/** By the name in front of the last `=`, else by how many commas there are. */
function activeOf(
  finder: PlaceFinder,
  { marks }: Frame,
  names: readonly string[],
  from: number,
  isNamedOnly = false,
): number | null {
  const own = marks.slice(from);
  const last = own.at(-1);
  if (last?.text === "=") {
    const index = names.indexOf(finder.text(last.index - 1));
    return index < 0 ? null : index;
  }
  const index = own.filter(({ text }) => text === ",").length;
  return index < names.length && !isNamedOnly ? index : null;
}
