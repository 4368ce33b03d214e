import { nearest } from "#kernel";
import type { Diagnostic } from "../diagnostic.ts";
import type { Jobflow, PathLiteral } from "../../syntax/tree.ts";
import { allExpressions } from "../../syntax/walk.ts";
import { absolutePath, madePaths, missingAt, writtenPath } from "../paths.ts";
import type { Surroundings } from "../surroundings.ts";

/** Says at which paths nothing stands, as far as that is known; each path once. */
export function checkPaths(tree: Jobflow, surroundings: Surroundings): Diagnostic[] {
  const made = madePaths(tree, surroundings);
  const told = new Set<string>();
  return [...allExpressions(tree)].flatMap((expression) => {
    if (expression.kind !== "path") return [];
    const path = absolutePath(expression, surroundings);
    if (told.has(path) || made.some((place) => isBelow(path, place))) return [];
    const missing = missingAt(expression, surroundings);
    if (!missing) return [];
    told.add(path);
    return {
      code: "path.missing",
      severity: "warning" as const,
      span: expression.span,
      message: `nothing stands at '${path}'`,
      hint: hintFor(expression, missing, surroundings),
    };
  });
}

function isBelow(path: string, directory: string): boolean {
  return directory === "/" || path.startsWith(`${directory}/`);
}

function hintFor(
  literal: PathLiteral,
  { directory, name, rest }: { directory: string; name: string; rest: string[] },
  surroundings: Surroundings,
): string {
  const guess = nearest(name, surroundings.namesBelow(directory));
  if (guess !== undefined) return `Did you mean '${corrected(literal, name, guess, rest.length)}'?`;
  return directory === "/"
    ? "Make it before this flow runs, or correct the path."
    : `'${directory}' is there, but holds no '${name}'.`;
}

/** The path as it is written, with the one name replaced that is wrong. */
function corrected({ path }: PathLiteral, name: string, guess: string, behind: number): string {
  const segments = path.split("/");
  const index = segments.length - 1 - behind;
  if (segments[index] === name) segments[index] = guess;
  return writtenPath(segments);
}
