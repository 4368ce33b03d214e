import type { Diagnostic } from "../diagnostic.ts";
import type { Span } from "../../syntax/span.ts";
import type { Expression, Jobflow, StringPart } from "../../syntax/tree.ts";
import { knownValues } from "../known-values.ts";
import type { LocalCheck } from "../local-checks.ts";
import type { Origin } from "../outside.ts";
import { walkOutside, type WordOrigin } from "../outside-walk.ts";
import { asciiPart, resolveNames } from "../resolver.ts";

/** Says where a bracket holds what can be neither a command nor a call. */
export const checkBrackets: LocalCheck = {
  job(job, report) {
    if (job.kind === "bracket" && cannotRun(job.target)) report(nothingToRun(job.target));
  },
};

/** Says where a value from outside (a parameter, a message, the output of a command) stands unquoted in a command. */
export function checkCommands(tree: Jobflow): Diagnostic[] {
  const values = knownValues(tree);
  const names = resolveNames(tree);
  const found = new Map<number, Diagnostic>();
  const writtenAs = (part: Extract<StringPart, { kind: "variable" }>): string =>
    names.useAt.get(part)?.name ?? `$${asciiPart(part.word)}`;
  walkOutside(tree, ({ target }, originOf, originOfWord) => {
    // A command that was built before it is run is looked at where it is written.
    const command = target.kind === "name" ? (values.of(target) ?? target) : target;
    for (const text of literalTexts(command))
      for (const { span, written, origin, isQuoted } of valuesIn(
        text,
        originOf,
        originOfWord,
        writtenAs,
      ))
        found.set(span.start, unquoted(span, written, origin, isQuoted));
  });
  return [...found.values()];
}

/** The strings that are written in the bracket, also as parts of a `+`. */
function literalTexts(target: Expression): Expression[] {
  if (target.kind === "string") return [target];
  if (target.kind === "binary" && target.operator === "+" && holdsText(target))
    return [...literalOperands(target)];
  if (target.kind === "conditional")
    return [...literalTexts(target.then), ...literalTexts(target.else)];
  return [];
}

function holdsText(target: Expression): boolean {
  if (target.kind === "binary" && target.operator === "+")
    return holdsText(target.left) || holdsText(target.right);
  return target.kind === "string";
}

function* literalOperands(target: Expression): Generator<Expression> {
  if (target.kind === "binary" && target.operator === "+") {
    yield* literalOperands(target.left);
    yield* literalOperands(target.right);
  } else {
    yield target;
  }
}

interface OutsideValue {
  span: Span;
  /** As it would be written in an expression. */
  written: string;
  origin: Origin;
  /** Whether quotation marks stand around it, which protect from nothing: it may hold one. */
  isQuoted: boolean;
}

function valuesIn(
  text: Expression,
  originOf: (expression: Expression) => Origin | null,
  originOfWord: WordOrigin,
  writtenAs: (part: Extract<StringPart, { kind: "variable" }>) => string,
): OutsideValue[] {
  if (text.kind !== "string") {
    const origin = originOf(text);
    return origin ? [{ span: text.span, written: shown(text), origin, isQuoted: false }] : [];
  }
  return text.parts.flatMap((part, index) => {
    if (part.kind === "text") return [];
    const origin = part.kind === "variable" ? originOfWord(part) : originOf(part.expression);
    if (!origin) return [];
    const written = part.kind === "variable" ? writtenAs(part) : shown(part.expression);
    return [{ span: part.span, written, origin, isQuoted: standsInQuotes(text.parts, index) }];
  });
}

function standsInQuotes(parts: readonly StringPart[], index: number): boolean {
  const [before, after] = [parts[index - 1], parts[index + 1]];
  if (before?.kind !== "text" || after?.kind !== "text") return false;
  const mark = before.text.at(-1);
  return (mark === "'" || mark === '"') && after.text.startsWith(mark);
}

function unquoted(span: Span, written: string, origin: Origin, isQuoted: boolean): Diagnostic {
  const quoted = `\${sh(${written})}`;
  return {
    code: "command.unquoted",
    severity: "warning",
    span,
    message: `the value of '${written}' comes from outside and stands unquoted in a command`,
    hint: isQuoted
      ? `Write ${quoted} without the quotation marks around it: they do not help where the value holds one.`
      : `Write ${quoted}: whatever it holds is then one word for the shell.`,
    related: origin,
  };
}

/** The expression in short: what it reads, not all of how. */
function shown(expression: Expression): string {
  switch (expression.kind) {
    case "name":
      return expression.name;
    case "special":
      return `$${expression.name}`;
    case "member":
      return `${shown(expression.object)}.${expression.name.text}`;
    case "index":
      return `${shown(expression.object)}[…]`;
    case "slice":
      return `${shown(expression.object)}[…:…]`;
    case "call":
      return `${expression.function.text}(…)`;
    default:
      return "…";
  }
}

function cannotRun(target: Expression): boolean {
  switch (target.kind) {
    case "literal":
    case "list":
    case "dictionary":
    case "pattern":
    case "unary":
      return true;
    case "binary":
      return target.operator !== "+" && target.operator !== "and" && target.operator !== "or";
    default:
      return false;
  }
}

function nothingToRun(target: Expression): Diagnostic {
  const operator = target.kind === "binary" ? target.operator : null;
  return {
    code: "command.nothing-to-run",
    severity: "warning",
    span: target.span,
    message: "this bracket runs nothing: it holds neither a command nor a flow",
    hint:
      operator === "=="
        ? "An assignment is written with one =."
        : operator === "<"
          ? "An update stands in a bracket: [object.field << value]."
          : "A command is a string: ['uname -a']; a call names a flow: [./flow].",
  };
}
