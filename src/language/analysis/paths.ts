import { parentPath, resolvePath } from "#kernel";
import type { Expression, Jobflow, PathLiteral } from "../syntax/tree.ts";
import { allExpressions, allJobs } from "../syntax/walk.ts";
import type { Surroundings } from "./surroundings.ts";

/** The absolute paths that a flow mentions, each once: what whoever gives the surroundings looks up before. */
export function mentionedPaths(tree: Jobflow, path: string): string[] {
  const paths = new Set<string>();
  for (const expression of allExpressions(tree))
    if (expression.kind === "path") paths.add(resolvePath(expression.path, parentPath(path)));
  return [...paths];
}

/** The names of the types whose objects a flow searches: `find('Server')`. */
export function mentionedTypes(tree: Jobflow): string[] {
  return [...allExpressions(tree)].flatMap((expression) => searchedType(expression)?.name ?? []);
}

/** The type of which `find('Server', …)` gives objects. */
export function searchedType(
  expression: Expression,
): { name: string; literal: Expression } | undefined {
  if (expression.kind !== "call" || expression.function.text !== "find") return undefined;
  const literal = expression.arguments.find(
    ({ name }) => name === null || name.text === "type",
  )?.value;
  if (literal?.kind !== "string") return undefined;
  const [part] = literal.parts;
  if (literal.parts.length !== 1 || part?.kind !== "text") return undefined;
  return { name: part.text.replace(/^\/system\/types\//, ""), literal };
}

export function absolutePath({ path }: PathLiteral, { path: at }: Surroundings): string {
  return resolvePath(path, parentPath(at));
}

/** The path as far as something stands there, and the first name that is missing; null where nothing is known to be. */
export function missingAt(
  literal: PathLiteral,
  surroundings: Surroundings,
): { directory: string; name: string; rest: string[] } | null {
  if (surroundings.isPart === true && !isJudged(literal, surroundings)) return null;
  const segments = absolutePath(literal, surroundings).split("/").filter(Boolean);
  let directory = "/";
  for (const [index, name] of segments.entries()) {
    const next = directory === "/" ? `/${name}` : `${directory}/${name}`;
    const object = surroundings.objectAt(next);
    if (object === null) return { directory, name, rest: segments.slice(index + 1) };
    directory = next;
  }
  return null;
}

function isJudged({ path }: PathLiteral, surroundings: Surroundings): boolean {
  if (path.startsWith("/")) {
    const [first = "", ...rest] = path.split("/").filter(Boolean);
    return rest.length > 0 && first !== "system" && Boolean(surroundings.objectAt(`/${first}`));
  }
  let depth = parentPath(surroundings.path).split("/").filter(Boolean).length;
  for (const segment of path.split("/")) {
    if (segment === "..") depth -= 1;
    else if (segment !== ".") depth += 1;
    if (depth < 0) return false;
  }
  return true;
}

/**
 * Paths below which the flow itself makes objects: `[/nodes.add: 'web01', 'Server']`. What stands there when it runs,
 * nobody knows before.
 */
export function madePaths(tree: Jobflow, surroundings: Surroundings): string[] {
  return [...allJobs(tree)].flatMap((job) => {
    if (job.kind !== "bracket" || job.target.kind !== "member") return [];
    if (!makingMethods.has(job.target.name.text)) return [];
    const places = [job.target.object, ...job.arguments.map(({ value }) => value)];
    return places.flatMap((place) => {
      if (place.kind !== "path") return [];
      const path = absolutePath(place, surroundings);
      return job.target.kind === "member" && job.target.name.text === "rename"
        ? parentPath(path)
        : path;
    });
  });
}

const makingMethods: ReadonlySet<string> = new Set(["add", "copy", "move", "rename"]);

/** Segments as a path is written: what is no plain name stands in quotes. */
export function writtenPath(segments: readonly string[]): string {
  return segments
    .map((segment) => {
      if (/^(?:\.\.?|[\p{L}\p{M}\p{N}_-]*|)$/u.test(segment)) return segment;
      return segment.includes("'") ? `"${segment}"` : `'${segment}'`;
    })
    .join("/");
}
