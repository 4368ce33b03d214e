import { builtins } from "#machine";
import type { Jobflow } from "#language";
import { allJobs } from "../../src/language/syntax/walk.ts";

/** The kinds of jobs and blocks, and every built-in job by its name. */
export const allBlockKinds: readonly string[] = [
  ..."bracket assignment update event plain if case for while fork pfor choice timeout lock session".split(
    " ",
  ),
  ...builtins.filter(({ kind }) => kind === "job").map(({ name }) => name),
];

/** Those that a jobflow uses. */
export function jobKindsOf(tree: Jobflow): Set<string> {
  const kinds = new Set<string>();
  for (const job of allJobs(tree)) kinds.add(job.kind === "builtin" ? job.name.text : job.kind);
  return kinds;
}
