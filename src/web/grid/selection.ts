/** Which rows are chosen: some by their paths, or all that the list holds, loaded or not. */
export type Selection = { kind: "some"; paths: ReadonlySet<string> } | { kind: "all" };

export const nothing: Selection = { kind: "some", paths: new Set() };

export function isChosen(selection: Selection, path: string): boolean {
  return selection.kind === "all" || selection.paths.has(path);
}

export function isEmpty(selection: Selection): boolean {
  return selection.kind === "some" && selection.paths.size === 0;
}

/** Takes a row in or out; of "all", what is loaded stays chosen without it. */
export function toggle(selection: Selection, path: string, loaded: readonly string[]): Selection {
  const paths = new Set(selection.kind === "all" ? loaded : selection.paths);
  if (!paths.delete(path)) paths.add(path);
  return { kind: "some", paths };
}

/** Takes in all rows between two. */
export function range(selection: Selection, paths: readonly string[]): Selection {
  if (selection.kind === "all") return selection;
  return { kind: "some", paths: new Set([...selection.paths, ...paths]) };
}
