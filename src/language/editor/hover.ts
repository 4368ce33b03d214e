import { findBuiltin } from "#machine";
import { LineIndex } from "../analysis/position.ts";
import { isRead, type Declaration } from "../analysis/resolver.ts";
import { asciiPart } from "../analysis/resolver.ts";
import type { Token } from "../syntax/cursor.ts";
import type { Span } from "../syntax/span.ts";
import { isSpecialName } from "../syntax/token.ts";
import type { Expression } from "../syntax/tree.ts";
import { allJobs } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";
import {
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
  type Told,
} from "./help.ts";
import { typeOf, typeOfVariable } from "./object-types.ts";
import { framesAt } from "./place.ts";
import {
  absolute,
  closureOf,
  declarationAt,
  expressionsAt,
  functionAround,
  pathAt,
} from "./symbols.ts";
import { firstFrom } from "./tokens.ts";

/** What is told about a place: plain texts, no markup. */
export interface Hover {
  span: Span;
  title: string;
  /** How it is written or called; may be empty. */
  signature: string;
  text: string;
}

/** About what stands at the offset; null where there is nothing to say. */
export function hoverAt(document: EditorDocument, offset: number): Hover | null {
  const token = tokenAt(document, offset);
  if (!token) return null;
  const span = { ...token.span };
  const text = document.source.slice(span.start, span.end);
  const declaration = declarationAt(document, offset);
  if (declaration) return aboutVariable(document, declaration, offset);
  const path = pathAt(document, offset);
  if (path) return aboutPath(document, path.path, { ...path.span });
  if (token.kind === "connector") {
    const help = connectorHelp[text as keyof typeof connectorHelp] as
      | (typeof connectorHelp)["->"]
      | undefined;
    return help ? hover(document, span, text, help.written, help.told) : null;
  }
  const special = specialIn(token, text);
  if (special) return hover(document, span, `$${special}`, "", specialHelp[special]);
  const name = token.kind === "variable" ? text.slice(1) : text;
  const told = Object.hasOwn(contextHelp, name) ? contextHelp[name] : undefined;
  if (told) return hover(document, span, name, "", told);
  if (token.kind !== "name" && token.kind !== "keyword") return null;
  return (
    aboutMember(document, offset, span) ??
    aboutArgument(document, offset, span, text) ??
    aboutWord(document, span, text)
  );
}

const titles = {
  parameter: { en: "parameter", ja: "パラメータ" },
  head: { en: "variable of the block", ja: "ブロックの変数" },
  loop: { en: "variable of the loop", ja: "繰り返しの変数" },
  group: { en: "named group", ja: "名前付きグループ" },
  session: { en: "session", ja: "セッション" },
  assigned: { en: "variable", ja: "変数" },
} as const satisfies Record<Declaration["kind"], Told>;

function aboutVariable(document: EditorDocument, declaration: Declaration, offset: number): Hover {
  const { language, source } = document;
  const { name, kind, uses } = declaration;
  const lines = new LineIndex(source);
  const lineOf = (span: Span): number => lines.position(span.start).line;
  const set = new Set([
    lineOf(name.span),
    ...uses.filter(({ place }) => place === "assignment").map(({ span }) => lineOf(span)),
  ]);
  const at = [...set].toSorted((a, b) => a - b).join(", ");
  const type = typeOfVariable(document, declaration);
  const told = [
    language === "ja" ? `設定: ${at}行目` : `set in line ${at}`,
    ...(type === null ? [] : [language === "ja" ? `型: ${type}` : `type: ${type}`]),
    ...(isRead(declaration)
      ? []
      : [language === "ja" ? "どこからも読まれていません" : "nobody reads it"]),
  ];
  const closure = closureOf(document, declaration);
  const place = [name.span, ...uses.map(({ span }) => span)].find(
    ({ start, end }) => start <= offset && offset <= end,
  );
  return {
    span: { ...(place ?? name.span) },
    title: `${say(language, titles[kind])} ${name.text}`,
    signature: closure
      ? parametersText(closure.parameters.map(({ span }) => source.slice(span.start, span.end)))
      : defaultOf(document, declaration),
    text: told.join("\n"),
  };
}

function defaultOf({ tree, source }: EditorDocument, declaration: Declaration): string {
  const parameter = tree.parameters.find(({ name }) => name === declaration.name);
  if (parameter) return `|${source.slice(parameter.span.start, parameter.span.end)}|`;
  const assignment = allJobs(tree)
    .flatMap((job) => (job.kind === "assignment" || job.kind === "plain" ? job.assignments : []))
    .find(({ name }) => name === declaration.name);
  return assignment ? source.slice(assignment.span.start, assignment.span.end).slice(0, 200) : "";
}

function aboutPath(document: EditorDocument, path: string, span: Span): Hover {
  const { language, surroundings } = document;
  const title = absolute(document, path);
  const object = surroundings?.objectAt(title);
  const known = object
    ? `${language === "ja" ? "型" : "type"}: ${object.type}`
    : object === null
      ? language === "ja"
        ? "ここには何もありません"
        : "nothing stands there"
      : "";
  const parameters = object?.parameters?.map(({ name, isRequired }) =>
    isRequired ? name : `${name} = …`,
  );
  return { span, title, signature: parameters ? parametersText(parameters) : "", text: known };
}

function aboutMember(document: EditorDocument, offset: number, span: Span): Hover | null {
  const { language } = document;
  const member = expressionsAt(document, offset).findLast(
    (expression): expression is Extract<Expression, { kind: "member" }> =>
      expression.kind === "member" && expression.name.span.start === span.start,
  );
  if (!member) return null;
  const { text: name } = member.name;
  const typeName = typeOf(document, member.object);
  const field = (
    typeName === null ? undefined : document.surroundings?.typeNamed(typeName)
  )?.fields.find((each) => each.name === name);
  if (field) {
    const choices = field.choices ? `${field.kind}: ${field.choices.join(", ")}` : field.kind;
    const text = [field.label, field.help].filter(Boolean).join("\n");
    return { span, title: `${typeName}.${name}`, signature: choices, text };
  }
  const isTarget = allJobs(document.tree).some(
    (job) => job.kind === "bracket" && job.target === member,
  );
  const method = isTarget && Object.hasOwn(methodHelp, name) ? methodHelp[name] : undefined;
  if (method) return hover(document, span, name, method.written, method.told);
  const property = Object.hasOwn(propertyHelp, name) ? propertyHelp[name] : undefined;
  return (property && { span, title: name, signature: "", text: say(language, property) }) || null;
}

/** An option of a command. */
function aboutArgument(
  document: EditorDocument,
  offset: number,
  span: Span,
  text: string,
): Hover | null {
  const [frame] = framesAt(document, offset);
  const { rawTokens, source } = document;
  const after = rawTokens[firstFrom(rawTokens, span.start) + 1];
  const isNamed = after !== undefined && source.slice(after.span.start, after.span.end) === "=";
  if (!frame || !isNamed || frame.kind !== "job") return null;
  const isCommand = rawTokens[frame.opening + 1]?.kind === "string";
  const told = isCommand && Object.hasOwn(optionHelp, text) ? optionHelp[text] : undefined;
  return told ? hover(document, span, text, `${text} = …`, told) : null;
}

function aboutWord(document: EditorDocument, span: Span, text: string): Hover | null {
  const builtin = findBuiltin(text);
  const isCalled = document.source.slice(span.end).trimStart().startsWith("(");
  if (builtin && (isCalled || text === "break" || text === "continue"))
    return {
      span,
      title: text,
      signature: signatureOf(builtin),
      text: describeBuiltin(builtin, document.language),
    };
  if (text === "self") return aboutSelf(document, span);
  const help = Object.hasOwn(keywordHelp, text) ? keywordHelp[text] : undefined;
  return help ? hover(document, span, text, help.written, help.told) : null;
}

function aboutSelf(document: EditorDocument, span: Span): Hover {
  const { source } = document;
  const { parameters } = functionAround(document, span.start);
  return {
    span,
    title: "self",
    signature: parametersText(
      parameters.map((each) => source.slice(each.span.start, each.span.end)),
    ),
    text: keywordHelp["self"] ? say(document.language, keywordHelp["self"].told) : "",
  };
}

function hover(
  { language }: EditorDocument,
  span: Span,
  title: string,
  signature: string,
  told: Told,
): Hover {
  return { span, title, signature, text: say(language, told) };
}

function parametersText(parameters: readonly string[]): string {
  return parameters.map((parameter) => `|${parameter}|`).join(" ");
}

function specialIn({ kind }: Token, text: string): keyof typeof specialHelp | null {
  if (kind !== "special" && kind !== "variable") return null;
  const word = text.slice(1);
  if (isSpecialName(word)) return word;
  const ascii = asciiPart(word);
  return isSpecialName(ascii) ? ascii : null;
}

/** The token under the offset; at the border of two the one that begins there. */
function tokenAt({ rawTokens }: EditorDocument, offset: number): Token | null {
  const next = rawTokens[firstFrom(rawTokens, offset)];
  if (next?.span.start === offset) return next;
  const last = rawTokens[firstFrom(rawTokens, offset) - 1];
  return last && offset <= last.span.end ? last : null;
}
