import { nearest } from "#kernel";
import type { Diagnostic } from "../diagnostic.ts";
import type { Expression, Jobflow, Name } from "../../syntax/tree.ts";
import { allExpressions, allJobs } from "../../syntax/walk.ts";
import { knownValues } from "../known-values.ts";
import { absolutePath, searchedType } from "../paths.ts";
import type { Surroundings, VisibleType } from "../surroundings.ts";

/** What every object has beside the fields of its type. */
const ownProperties: readonly string[] = ["name", "path", "type"];

/** What `find` itself takes; all other names are fields. */
const ownParameters: ReadonlySet<string> = new Set(["type", "where"]);

/**
 * Says which fields an object does not have and which types there are not, where the type is certain: of a path, of what
 * `find('Server')` gives, and of variables that hold nothing else.
 */
export function checkFields(tree: Jobflow, surroundings: Surroundings): Diagnostic[] {
  const values = knownValues(tree);
  const diagnostics: Diagnostic[] = [];
  const typeOf = (object: Expression): string | undefined => {
    const value = values.of(object);
    if (value?.kind === "path")
      return surroundings.objectAt(absolutePath(value, surroundings))?.type;
    const elements = value?.kind === "index" ? values.of(value.object) : values.elementsOf(object);
    return elements && searchedType(elements)?.name;
  };
  const checkField = (typeName: string | undefined, name: Name, isRead: boolean): void => {
    const type = typeName === undefined ? undefined : surroundings.typeNamed(typeName);
    if (typeName === undefined || !type) return;
    const known = [...fieldNames(type), ...(isRead ? ownProperties : [])];
    if (!known.includes(name.text)) diagnostics.push(noField(typeName, name, known));
  };
  // `[object.name: …]` may call a method.
  const targets = new Set<Expression>();
  for (const job of allJobs(tree)) {
    if (job.kind === "bracket") targets.add(job.target);
    if (job.kind !== "update") continue;
    targets.add(job.target);
    const { target, value } = job;
    if (target.kind === "member") checkField(typeOf(target.object), target.name, false);
    else if (value.kind === "dictionary")
      for (const { key } of value.entries) checkField(typeOf(target), key, false);
  }
  for (const expression of allExpressions(tree)) {
    if (expression.kind === "member" && !targets.has(expression))
      checkField(typeOf(expression.object), expression.name, true);
    const searched = searchedType(expression);
    if (!searched || expression.kind !== "call") continue;
    if (surroundings.typeNamed(searched.name)) {
      for (const { name } of expression.arguments)
        if (name && !ownParameters.has(name.text)) checkField(searched.name, name, false);
    } else if (surroundings.isPart !== true && surroundings.typeNames.length > 0) {
      diagnostics.push(noType(searched.name, searched.literal, surroundings.typeNames));
    }
  }
  return diagnostics;
}

function fieldNames({ fields }: VisibleType): string[] {
  return fields.map(({ name }) => name);
}

function noField(type: string, { text, span }: Name, known: readonly string[]): Diagnostic {
  const guess = nearest(text, known);
  return {
    code: "field.unknown",
    severity: "warning",
    span,
    message: `an object of the type ${type} has no field '${text}'`,
    hint: guess ? `Did you mean '${guess}'?` : `Its fields are ${known.join(", ")}.`,
  };
}

function noType(name: string, { span }: Expression, known: readonly string[]): Diagnostic {
  const guess = nearest(name, known);
  return {
    code: "type.unknown",
    severity: "warning",
    span,
    message: `there is no type '${name}'`,
    hint: guess ? `Did you mean '${guess}'?` : `The types are ${known.join(", ")}.`,
  };
}
