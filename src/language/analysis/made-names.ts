import { unreachable } from "#kernel";
import { groupNames } from "#machine";
import type { Assignment, Chain, Expression, Job, Name } from "../syntax/tree.ts";
import { remembered } from "../syntax/walk.ts";

/** Which names a job makes, for itself and for what is around it. */

/** The names to which a job and those in it assign, without those that a block around them in there makes. */
const assignedInJob = remembered((job: Job): readonly Name[] => {
  if (job.kind === "assignment")
    return job.assignments.flatMap(({ name }) => (isContextName(name.text) ? [] : name));
  const found: Name[] = [];
  for (const { chain, made } of partsOf(job))
    for (const name of assignedIn(chain)) if (!made.includes(name.text)) found.push(name);
  return found.length > 0 ? found : noNames;
});

const noNames: readonly Name[] = [];

/** The same of the jobs of a chain: what it may make in the flow, closure or child that it is of (LANGUAGE section 5). */
export function assignedIn(chain: Chain | null): Name[] {
  const found: Name[] = [];
  for (const { job } of chain?.links ?? []) for (const name of assignedInJob(job)) found.push(name);
  return found;
}

export function isContextName(name: string): boolean {
  return name.startsWith("__") && /^__.+__$/u.test(name);
}

/** The text of a pattern `r'…'`, in which nothing is replaced; undefined for all else. */
export function patternText(expression: Expression): string | undefined {
  if (expression.kind !== "pattern" || expression.dialect !== "r") return undefined;
  return expression.parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

/** The chains that run as part of a job, with the names that are made for them; not those of children. */
function partsOf(job: Job): { chain: Chain | null; made: readonly string[] }[] {
  switch (job.kind) {
    case "bracket":
    case "assignment":
    case "update":
    case "event":
    case "builtin":
    case "error":
    case "fork":
    case "pfor":
      return [];
    case "plain":
      return [{ chain: job.chain, made: headNames(job.assignments) }];
    case "session":
      return [{ chain: job.chain, made: [...headNames(job.assignments), job.name.text] }];
    case "case": {
      const arms = job.arms.map(({ chain, patterns }) => ({
        chain,
        made: patterns.flat().flatMap((pattern) => groupsOfText(patternText(pattern) ?? "")),
      }));
      return job.else ? [...arms, { chain: job.else.chain, made: [] }] : arms;
    }
    case "for":
      return [{ chain: job.chain, made: job.names.map(({ text }) => text) }];
    case "if":
    case "timeout": {
      const chains = job.kind === "if" ? job.arms.map(({ chain }) => chain) : [job.chain];
      return [...chains, ...(job.else ? [job.else.chain] : [])].map((chain) => ({
        chain,
        made: [],
      }));
    }
    case "choice":
      return job.arms.map(({ chain }) => ({ chain, made: [] }));
    case "while":
    case "lock":
      return [{ chain: job.chain, made: [] }];
    default:
      return unreachable(job);
  }
}

function headNames(assignments: readonly Assignment[]): string[] {
  return assignments.flatMap(({ name }) => (isContextName(name.text) ? [] : name.text));
}

const groupsKnownMax = 500;
const groupsByText = new Map<string, readonly string[]>();

/** To compile an expression takes longer than to read a page of jobs, and the same few come again at every keystroke. */
function groupsOfText(text: string): readonly string[] {
  if (!text.includes("(?")) return [];
  const known = groupsByText.get(text);
  if (known) return known;
  if (groupsByText.size >= groupsKnownMax) groupsByText.clear();
  const names = groupNames(text);
  groupsByText.set(text, names);
  return names;
}

/** The named groups of a pattern, at the places where their names are written. */
export function groupsIn(pattern: Expression): Name[] {
  const text = patternText(pattern);
  const [part] = pattern.kind === "pattern" ? pattern.parts : [];
  if (text === undefined || !part) return [];
  return groupsOfText(text).map((group) => {
    // What `r'…'` holds stays as it is written.
    const at = Math.max(text.indexOf(`?<${group}>`) + 2, text.indexOf(`?P<${group}>`) + 3);
    const start = part.span.start + at;
    return { text: group, span: { start, end: start + group.length } };
  });
}
