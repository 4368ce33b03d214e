import type { Diagnostic } from "../diagnostic.ts";
import type { BuiltinJob, Chain, Job, Jobflow, Link } from "../../syntax/tree.ts";
import { chainsOf, closuresOf, remembered } from "../../syntax/walk.ts";
import { neverSucceeds } from "../endings.ts";
import type { LocalCheck } from "../local-checks.ts";

/** Says which jobs nothing can reach. */
export const checkReach: LocalCheck = {
  chain({ links, span }, report) {
    const unreachable = links.findIndex((link, index) => cannotFollow(link, links[index - 1]));
    const before = links[unreachable - 1]?.job;
    if (before)
      report({
        code: "control.unreachable",
        severity: "warning",
        span: links[unreachable]?.job.span ?? span,
        message: `this job never runs: ${reason(before)}`,
      });
  },
};

/** Says where `break` and `continue` leave no loop. */
export function checkLoopExits({ chain }: Jobflow): Diagnostic[] {
  const { open, misplaced: found } = exitsOfChain(chain);
  return [...found, ...open.map(({ job }) => misplaced(job, null))];
}

/** What may keep a `break` from its loop. */
type Border = "child" | "closure";

/** The `break` and `continue` in a part of a flow. */
interface Exits {
  /** No loop is around them in there; the innermost border that they would have to cross. */
  readonly open: readonly { readonly job: BuiltinJob; readonly border: Border | null }[];
  readonly misplaced: readonly Diagnostic[];
}

const noExits: Exits = { open: [], misplaced: [] };

const exitsOf = remembered((job: Job): Exits => {
  if (job.kind === "builtin" && isLoopExit(job))
    return { open: [{ job, border: null }], misplaced: [] };
  const parts: Exits[] = [];
  for (const { chain } of closuresOf(job)) parts.push(behind(exitsOfChain(chain), "closure"));
  for (const { chain, role } of chainsOf(job)) {
    const exits = exitsOfChain(chain);
    if (role === "part") parts.push(exits);
    else parts.push(role === "child" ? behind(exits, "child") : inLoop(exits));
  }
  return joined(parts);
});

function exitsOfChain(chain: Chain | null): Exits {
  return joined((chain?.links ?? []).map(({ job }) => exitsOf(job)));
}

function joined(parts: readonly Exits[]): Exits {
  const some = parts.filter((part) => part !== noExits);
  if (some.length < 2) return some[0] ?? noExits;
  return {
    open: some.flatMap(({ open }) => open),
    misplaced: some.flatMap((part) => part.misplaced),
  };
}

function behind(exits: Exits, border: Border): Exits {
  if (exits.open.length === 0) return exits;
  const open = exits.open.map((exit) => ({ job: exit.job, border: exit.border ?? border }));
  return { open, misplaced: exits.misplaced };
}

function inLoop({ open, misplaced: found }: Exits): Exits {
  const more = open.flatMap(({ job, border }) => (border ? misplaced(job, border) : []));
  if (found.length + more.length === 0) return noExits;
  return { open: [], misplaced: [...found, ...more] };
}

function isLoopExit(job: BuiltinJob): boolean {
  return job.name.text === "break" || job.name.text === "continue";
}

function misplaced(job: BuiltinJob, border: Border | null): Diagnostic {
  const name = job.name.text;
  const what = border === "child" ? "fork or pfor" : "closure";
  return {
    code: "control.outside-loop",
    severity: "error",
    span: job.span,
    message: border
      ? `'${name}' does not cross a ${border === "child" ? "child process" : "closure"}`
      : `'${name}' stands outside of a loop`,
    hint: border
      ? `The loop is outside of the ${what}; end this part with return().`
      : "It stands in { for … } or { while … }.",
  };
}

/** Behind a job that never succeeds, because it ends the flow or the round or goes on for ever, `->` and `->>` lead nowhere. */
function cannotFollow(link: Link, before: Link | undefined): boolean {
  if (!before || !neverSucceeds(before.job)) return false;
  // What was skipped itself lets the chain go on.
  const mayBeSkipped = before.connector?.text === "->>" || before.connector?.text === "=>>";
  if (mayBeSkipped) return false;
  const connector = link.connector?.text;
  if (connector === "->" || connector === "->>") return true;
  // An argument that cannot be evaluated makes the job fail instead; `=>` and `=>>` may wait for that.
  const { job } = before;
  return job.kind === "builtin" && job.arguments.every(({ value }) => value.kind === "literal");
}

function reason(before: Job): string {
  if (before.kind === "builtin") return `${before.name.text} stands before it`;
  return before.kind === "while"
    ? "the loop before it never ends"
    : "the block before it never lets the chain go on";
}
