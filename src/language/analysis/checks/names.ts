import { nearest } from "#kernel";
import { findBuiltin } from "#machine";
import type { Diagnostic } from "../diagnostic.ts";
import type { Jobflow, Name } from "../../syntax/tree.ts";
import { isContextName } from "../made-names.ts";
import { isRead, resolveNames, type FunctionNames, type Names, type Use } from "../resolver.ts";

/** LANGUAGE section 6. */
export const contextNames: readonly string[] = [
  "__host__",
  "__port__",
  "__user__",
  "__password__",
  "__key__",
  "__passphrase__",
  "__node__",
  "__account__",
  "__realm__",
  "__conntype__",
  "__sudo__",
  "__dir__",
  "__env__",
  "__shell__",
  "__timeout__",
  "__encoding__",
  "__prompt__",
  "__more__",
  "__jump__",
];

/** Says which names nothing makes, which nobody reads, and which are not what they seem. */
export function checkNames(tree: Jobflow): Diagnostic[] {
  const names = resolveNames(tree);
  const guesses = new Guesses();
  return [
    ...unknownNames(names, guesses),
    ...unusedNames(names, guesses),
    ...loopAssignments(names),
    ...lostAssignments(names),
    ...names.contextNames.flatMap(checkContextName),
  ];
}

/** Each name once: whoever declares it has mended all places. */
function unknownNames({ uses }: Names, guesses: Guesses): Diagnostic[] {
  const told = new Set<string>();
  const found: Diagnostic[] = [];
  for (const use of uses) {
    if (use.declaration) continue;
    const key = `${use.place === "string"} ${use.name}`;
    if (told.has(key)) continue;
    told.add(key);
    found.push(use.place === "string" ? plainWord(use, guesses) : unknown(use, guesses));
  }
  return found;
}

/** With how many names unknown ones are compared in one flow: where there are more, something else is wrong with it. */
const comparisonsMax = 20_000;

/** Which names those were most likely meant to be that nothing makes. */
class Guesses {
  readonly #known = new Map<readonly string[], Map<string, string | undefined>>();
  #comparisons = 0;

  of({ name, visible }: Use): string | undefined {
    let known = this.#known.get(visible);
    if (!known) this.#known.set(visible, (known = new Map<string, string | undefined>()));
    if (!known.has(name)) {
      this.#comparisons += visible.length;
      const isTooMuch = this.#comparisons > comparisonsMax;
      known.set(name, isTooMuch ? undefined : nearest(name, visible));
    }
    return known.get(name);
  }
}

/** What it is called in other languages. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["None", "null"],
  ["nil", "null"],
  ["undefined", "null"],
  ["NULL", "null"],
  ["True", "true"],
  ["TRUE", "true"],
  ["False", "false"],
  ["FALSE", "false"],
  ["default", "else"],
  ["otherwise", "else"],
]);

function unknown(use: Use, guesses: Guesses): Diagnostic {
  const { name, span, place } = use;
  const guess = elsewhere.get(name) ?? guesses.of(use) ?? nearest(name, ["true", "false", "null"]);
  if (/^[０-９]+$/.test(name)) {
    const number = name.normalize("NFKC");
    const hint = `Type ${number} with ordinary (half-width) characters.`;
    const message = `'${name}' is not '${number}'`;
    return { code: "name.unknown", severity: "error", span, message, hint };
  }
  const isFunction = findBuiltin(name)?.kind === "function";
  const otherwise = isFunction
    ? `The built-in function is written ${name}(…).`
    : place === "target"
      ? `A flow is called by its path: [./${name}].`
      : place === "channel"
        ? `A channel is named by its path: </${name}>.`
        : `Make it a parameter, |${name}|, or assign to it: [${name} = …].`;
  return {
    code: "name.unknown",
    severity: "error",
    span,
    message: `there is no variable '${name}'`,
    hint: guess ? `Did you mean '${guess}'?` : otherwise,
  };
}

function plainWord(use: Use, guesses: Guesses): Diagnostic {
  const { name, span } = use;
  const guess = guesses.of(use);
  return {
    code: "string.plain-word",
    severity: "hint",
    span: { start: span.start - 1, end: span.end },
    message: `'$${name}' is no variable of this flow and stays as it stands`,
    hint: guess ? `Did you mean '$${guess}'?` : `Write \\$${name} to say that it is meant so.`,
  };
}

/**
 * Of loops and sessions the name must be written, used or not; one that begins with `_` says that it is not. A parameter
 * may be there because its callers give it: a hint.
 */
function unusedNames({ declarations, uses }: Names, guesses: Guesses): Diagnostic[] {
  const misspelt = new Set<string | undefined>();
  for (const use of uses) if (!use.declaration) misspelt.add(guesses.of(use));
  return declarations.flatMap((declaration) => {
    const { name, kind } = declaration;
    // Who misspelt a name does not read it, and is told so there.
    if (isRead(declaration) || name.text.startsWith("_") || misspelt.has(name.text)) return none;
    if (kind !== "assigned" && kind !== "head" && kind !== "parameter") return none;
    const what = kind === "parameter" ? "parameter" : "variable";
    return {
      code: "name.unused",
      severity: kind === "parameter" ? ("hint" as const) : ("warning" as const),
      span: name.span,
      message: `nobody reads the ${what} '${name.text}'`,
      hint: "Leave it out, or begin its name with '_'.",
    };
  });
}

function loopAssignments({ declarations }: Names): Diagnostic[] {
  return declarations.flatMap(({ kind, uses, function: made }) => {
    if (kind !== "loop") return none;
    return uses
      .filter((use) => use.place === "assignment" && use.function === made)
      .map(({ name, span }) => ({
        code: "name.loop-assigned",
        severity: "warning" as const,
        span,
        message: `'${name}' is the name of the loop: its next round sets it again`,
        hint: "Assign to another name.",
      }));
  });
}

// One for all: a long flow has thousands of names with which nothing is wrong.
const none: Diagnostic[] = [];

/**
 * A child and a closure change their own copy: what nobody reads in there behind it is lost, though it looks as if it changed
 * the variable around it.
 */
function lostAssignments({ declarations }: Names): Diagnostic[] {
  return declarations.flatMap(({ name, kind, function: made, uses }) => {
    if (kind === "loop" || name.text.startsWith("_")) return none;
    if (uses.every((use) => use.function === made)) return none;
    const lost = uses.filter(({ place, function: at }) => place === "assignment" && at !== made);
    if (lost.length === 0) return none;
    const reads = uses.filter(({ place }) => place !== "assignment");
    if (!reads.some((use) => use.function === made)) return none;
    const readsIn = new Map<FunctionNames, Use[]>();
    for (const read of reads)
      for (let at: FunctionNames | null = read.function; at && at !== made; at = at.around) {
        const known = readsIn.get(at);
        if (known) known.push(read);
        else readsIn.set(at, [read]);
      }
    return lost.flatMap(({ span, value, function: where }) => {
      // The value that is assigned stands behind the name, and may read it.
      const isRead = readsIn
        .get(where)
        ?.some((read) => !(value && read.span.start >= value.start && read.span.end <= value.end));
      if (isRead) return [];
      const what =
        "kind" in where.node && where.node.kind === "closure" ? "closure" : "child process";
      return {
        code: "name.lost-assignment",
        severity: "warning" as const,
        span,
        message: `this changes the copy of '${name.text}' that the ${what} has, not the variable around it`,
        hint:
          what === "closure"
            ? "Give the value back with return(…), and read it from $RESULT behind the call."
            : "Give the value back with return(…), and read it from $RESULT behind the block.",
      };
    });
  });
}

function checkContextName({ span, text }: Name): Diagnostic[] {
  if (!isContextName(text) || contextNames.includes(text)) return [];
  const guess = nearest(text, contextNames);
  return [
    {
      code: "name.unknown-context",
      severity: "warning",
      span,
      message: `the context has no '${text}', so nothing heeds it`,
      hint: guess ? `Did you mean '${guess}'?` : `The context has ${contextNames.join(" ")}.`,
    },
  ];
}
