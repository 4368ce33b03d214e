import type { JobPlace } from "#machine";
import type { Job } from "../syntax/tree.ts";
import type { Compilation } from "./expression-compiler.ts";

const textMax = 80;

/** What a program keeps of where its jobs stand, for who looks at a process: the source may have changed since. */
export function jobPlace(
  { lines, source }: Compilation,
  job: Job,
  { start, end, depth }: { start: number; end: number; depth: number },
): JobPlace {
  const { line, column } = lines.position(job.span.start);
  const text = source.slice(job.span.start, Math.min(job.span.end, job.span.start + 4 * textMax));
  return [start, end, line, column, kindOf(job), shorten(text), depth];
}

function kindOf(job: Job): string {
  if (job.kind === "builtin") return job.name.text;
  if (job.kind === "plain") return "block";
  if (job.kind !== "bracket") return job.kind;
  if (job.target.kind === "string") return "command";
  return job.target.kind === "member" ? "method" : "call";
}

/** In one line. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const characters = Array.from(line);
  return characters.length <= textMax ? line : `${characters.slice(0, textMax - 1).join("")}…`;
}
