import {
  placesOf,
  resolveNames,
  type Declaration,
  type Names,
  type Use,
} from "../analysis/resolver.ts";
import { parse, type Parsed } from "../syntax/parser.ts";
import { diagnoseParsed } from "../analysis/checker.ts";
import type { Span } from "../syntax/span.ts";
import { asReservedWord, isSpecialName } from "../syntax/token.ts";
import type { Argument, Expression } from "../syntax/tree.ts";
import { namePartLength } from "../syntax/character.ts";
import { allJobs } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";
import { say, type Told } from "./help.ts";
import { closureOf, declarationAt, functionAround, isSelf } from "./symbols.ts";

export interface TextEdit {
  span: Span;
  text: string;
}

export type Rename = { kind: "edits"; edits: TextEdit[] } | { kind: "refused"; reason: string };

/** What can be renamed at the offset: where its name stands, and how it is called; null where nothing can be. */
export function renamableAt(
  document: EditorDocument,
  offset: number,
): { span: Span; name: string } | null {
  const declaration = declarationAt(document, offset);
  const span = declaration && placesOf(declaration).find((each) => touchesName(each, offset));
  return span ? { span: { ...span }, name: declaration.name.text } : null;
}

/**
 * The edits that give the variable or parameter at the offset another name, wherever it is written: in strings, as a
 * named group of a pattern, and as an argument of calls that certainly mean it. Refuses where afterwards any name would
 * mean something else than before: that is seen by reading the renamed text.
 */
export function renameAt(document: EditorDocument, offset: number, to: string): Rename {
  const refuse = (told: Told): Rename => ({
    kind: "refused",
    reason: say(document.language, told),
  });
  if (!document.isWellFormed) return refuse(reasons.broken);
  const declaration = declarationAt(document, offset);
  if (!declaration) return refuse(reasonAgainst(document, offset));
  const { text: from } = declaration.name;
  if (from === to) return { kind: "edits", edits: [] };
  const fault = nameFault(to);
  if (fault) return refuse(fault);
  const edits = [
    ...placesOf(declaration).map((span) => editOf(document, declaration, span, to)),
    ...argumentsNamed(document, declaration).map((span) => ({ span: { ...span }, text: to })),
  ].toSorted((a, b) => a.span.start - b.span.start);
  const renamed = applyEdits(document.source, edits);
  const after = parse(renamed);
  if (after.diagnostics.length > 0) return refuse(reasons.noName(to));
  if (errorsIn(after) > errorsIn({ tree: document.tree, diagnostics: [] }))
    return refuse(reasons.taken(to));
  if (!sameMeaning(document.names, resolveNames(after.tree), edits)) {
    const other = document.names.declarations.find(({ name }) => name.text === to);
    return refuse(other ? reasons.taken(to) : reasons.captured(to));
  }
  return { kind: "edits", edits };
}

export function applyEdits(source: string, edits: readonly TextEdit[]): string {
  let text = "";
  let at = 0;
  for (const { span, text: inserted } of edits) {
    text += source.slice(at, span.start) + inserted;
    at = span.end;
  }
  return text + source.slice(at);
}

const reasons = {
  broken: {
    en: "the flow has syntax errors: mend them first, so that no place is missed",
    ja: "構文エラーがあるため、使われている箇所をすべて見つけられません。先に直してください",
  },
  nothing: {
    en: "only variables and parameters can be renamed",
    ja: "名前を変えられるのは変数とパラメータだけです",
  },
  special: {
    en: "the language gives this name: it cannot be renamed",
    ja: "言語が決めている名前なので変えられません",
  },
  reserved: (name: string): Told => ({
    en: `'${name}' is a reserved word`,
    ja: `'${name}'は予約語です`,
  }),
  noName: (name: string): Told => ({
    en: `'${name}' is no name: letters, digits and _, not beginning with a digit`,
    ja: `'${name}'は名前にできません(文字、数字、_を使い、数字では始めません)`,
  }),
  context: (name: string): Told => ({
    en: `'${name}' would be a name of the context`,
    ja: `'${name}'はコンテキストの名前になります`,
  }),
  taken: (name: string): Told => ({
    en: `there is a '${name}' already, and the two would be mixed up`,
    ja: `'${name}'はすでにあり、区別できなくなります`,
  }),
  captured: (name: string): Told => ({
    en: `'$${name}' or '${name}' stands in the flow as something else, and would become this variable`,
    ja: `このフローでは'$${name}'または'${name}'が別の意味で使われており、この変数になってしまいます`,
  }),
} as const;

/** Such as two parameters of one name. */
function errorsIn(parsed: Parsed): number {
  return diagnoseParsed(parsed).filter(({ severity }) => severity === "error").length;
}

function reasonAgainst({ rawTokens }: EditorDocument, offset: number): Told {
  const token = rawTokens.findLast(({ span }) => touchesName(span, offset));
  return token?.kind === "special" || token?.kind === "keyword" || token?.kind === "name"
    ? reasons.special
    : reasons.nothing;
}

function nameFault(name: string): Told | null {
  if (asReservedWord(name)) return reasons.reserved(name);
  if (isSpecialName(name)) return reasons.captured(name);
  if (/^__.+__$/u.test(name)) return reasons.context(name);
  const { tree, diagnostics } = parse(`[${name} = 1]`);
  const job = tree.chain?.links[0]?.job;
  const isName =
    diagnostics.length === 0 &&
    job?.kind === "assignment" &&
    job.assignments.length === 1 &&
    job.assignments[0]?.name.text === name;
  return isName ? null : reasons.noName(name);
}

/** In a string a name that would run into the letters behind it stands between braces. */
function editOf(
  { source, names }: EditorDocument,
  declaration: Declaration,
  span: Span,
  to: string,
): TextEdit {
  const use = declaration.uses.find((each) => each.span.start === span.start);
  const runsOn = namePartLength(source, span.end) > 0;
  if (use?.place !== "string" || !runsOn || /^[A-Za-z0-9_]+$/.test(to) || !names)
    return { span: { ...span }, text: to };
  return { span: { ...span }, text: `{${to}}` };
}

/** The names of arguments in calls that mean that parameter: of `self`, and of a variable that holds the closure. */
function argumentsNamed(document: EditorDocument, declaration: Declaration): Span[] {
  if (declaration.kind !== "parameter") return [];
  const { node } = declaration.function;
  const { names } = document;
  const isMeant = (target: Expression | undefined): boolean => {
    if (!target) return false;
    if (isSelf(target)) return functionAround(document, target.span.start) === node;
    const held = target.kind === "name" ? names.useAt.get(target)?.declaration : null;
    if (held) return closureOf(document, held) === node;
    return target === node;
  };
  const named = (given: readonly Argument[]): Span[] =>
    given.flatMap(({ name }) => (name?.text === declaration.name.text ? name.span : []));
  return allJobs(document.tree).flatMap((job) => {
    if (job.kind === "bracket") return isMeant(job.target) ? named(job.arguments) : [];
    if (job.kind !== "builtin" || job.name.text !== "spawn") return [];
    const flow = job.arguments.find(({ name }) => name === null);
    return isMeant(flow?.value) ? named(job.arguments) : [];
  });
}

/** Whether each name means what it meant: the places of each variable are the same ones, moved by the edits. */
function sameMeaning(before: Names, after: Names, edits: readonly TextEdit[]): boolean {
  const moved = (offset: number): number => {
    let by = 0;
    for (const { span, text } of edits) {
      if (span.start >= offset) break;
      by += text.length - (span.end - span.start);
    }
    return offset + by;
  };
  // `{name}` begins a character later.
  const braces = new Set(
    edits.filter(({ text }) => text.startsWith("{")).map(({ span }) => span.start),
  );
  const startOf = (span: Span): number => moved(span.start) + (braces.has(span.start) ? 1 : 0);
  const groupsBefore = groups(before, startOf);
  const groupsAfter = groups(after, ({ start }) => start);
  return groupsBefore.join("\n") === groupsAfter.join("\n");
}

/** The places of each variable as a text, and of the names that mean none; in order. */
function groups(names: Names, startOf: (span: Span) => number): string[] {
  const unbound = names.uses.filter(isUnbound).map(({ span }) => `- ${startOf(span)}`);
  const bound = names.declarations.map((declaration) =>
    placesOf(declaration).map(startOf).join(" "),
  );
  return [...bound, ...unbound].toSorted();
}

function isUnbound({ declaration }: Use): boolean {
  return declaration === null;
}

function touchesName({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
