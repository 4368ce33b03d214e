import { nearest } from "#kernel";
import { findBuiltin } from "#machine";
import type { Diagnostic } from "../diagnostic.ts";
import type { Jobflow, Name } from "../../syntax/tree.ts";
import { findNames, isContextName, type Names, type Read } from "../scopes.ts";

/** LANGUAGE section 6. */
const contextNames: readonly string[] = [
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
];

/** Says which names nothing makes, which nobody reads, and which are not what they seem. */
export function checkNames(tree: Jobflow): Diagnostic[] {
  const names = findNames(tree);
  return [
    ...unknownNames(names),
    ...unusedNames(names),
    ...loopAssignments(names),
    ...names.contextNames.flatMap(checkContextName),
  ];
}

/** Each name once: whoever declares it has mended all places. */
function unknownNames({ reads }: Names): Diagnostic[] {
  const told = new Set<string>();
  return reads.flatMap((read) => {
    const key = `${read.place === "string"} ${read.name}`;
    if (read.variable || told.has(key)) return [];
    told.add(key);
    return [read.place === "string" ? plainWord(read) : unknown(read)];
  });
}

function unknown(read: Read): Diagnostic {
  const guess = nearest(read.name, [...read.visible, "true", "false", "null"]);
  const isFunction = findBuiltin(read.name)?.kind === "function";
  const otherwise = isFunction
    ? `The built-in function is written ${read.name}(…).`
    : read.place === "target"
      ? `A flow is called by its path: [./${read.name}].`
      : `Make it a parameter, |${read.name}|, or assign to it: [${read.name} = …].`;
  return {
    code: "name.unknown",
    severity: "error",
    span: read.span,
    message: `there is no variable '${read.name}'`,
    hint: guess ? `Did you mean '${guess}'?` : otherwise,
  };
}

function plainWord(read: Read): Diagnostic {
  const guess = nearest(read.name, read.visible);
  return {
    code: "string.plain-word",
    severity: "hint",
    span: read.span,
    message: `'$${read.name}' is no variable of this flow and stays as it stands`,
    hint: guess ? `Did you mean '$${guess}'?` : `Write \\$${read.name} to say that it is meant so.`,
  };
}

/** Of loops and sessions the name must be written, used or not; one that begins with `_` says that it is not. */
function unusedNames({ variables }: Names): Diagnostic[] {
  return variables.flatMap(({ name, kind, isRead }) => {
    if (isRead || name.text.startsWith("_")) return [];
    if (kind !== "assigned" && kind !== "head") return [];
    return {
      code: "name.unused",
      severity: "warning" as const,
      span: name.span,
      message: `nobody reads the variable '${name.text}'`,
      hint: "Leave it out, or begin its name with '_'.",
    };
  });
}

function loopAssignments({ assignments }: Names): Diagnostic[] {
  return assignments.flatMap(({ name, variable }) =>
    variable.kind === "loop"
      ? {
          code: "name.loop-assigned",
          severity: "warning" as const,
          span: name.span,
          message: `'${name.text}' is the name of the loop: its next round sets it again`,
          hint: "Assign to another name.",
        }
      : [],
  );
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
