import type { Diagnostic } from "../diagnostic.ts";
import type { BuiltinJob, Chain, Job, Jobflow, Link } from "../../syntax/tree.ts";
import { chainsOf, closuresOf } from "../../syntax/walk.ts";
import { neverSucceeds } from "../endings.ts";

/** What `break` and `continue` see around them: no loop, a loop, or a loop that they cannot reach. */
type Around = "nothing" | "loop" | "child" | "closure";

/** Says where `break` and `continue` leave no loop, and which jobs nothing can reach. */
export function checkControl(tree: Jobflow): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (tree.chain) checkChain(tree.chain, "nothing", diagnostics);
  return diagnostics;
}

function checkChain(chain: Chain, around: Around, diagnostics: Diagnostic[]): void {
  const unreachable = chain.links.findIndex((link, index) =>
    cannotFollow(link, chain.links[index - 1]),
  );
  const before = chain.links[unreachable - 1]?.job;
  if (before)
    diagnostics.push({
      code: "control.unreachable",
      severity: "warning",
      span: chain.links[unreachable]?.job.span ?? chain.span,
      message: `this job never runs: ${reason(before)}`,
    });
  for (const { job } of chain.links) checkJob(job, around, diagnostics);
}

function checkJob(job: Job, around: Around, diagnostics: Diagnostic[]): void {
  if (job.kind === "builtin" && isLoopExit(job) && around !== "loop")
    diagnostics.push(misplaced(job, around));
  for (const closure of closuresOf(job))
    if (closure.chain) checkChain(closure.chain, enter(around, "closure"), diagnostics);
  for (const { chain, role } of chainsOf(job))
    checkChain(chain, role === "part" ? around : enter(around, role), diagnostics);
}

function enter(around: Around, role: "loop" | "child" | "closure"): Around {
  if (role === "loop") return "loop";
  return around === "nothing" ? "nothing" : role;
}

function isLoopExit(job: BuiltinJob): boolean {
  return job.name.text === "break" || job.name.text === "continue";
}

function misplaced(job: BuiltinJob, around: Around): Diagnostic {
  const name = job.name.text;
  const isAlone = around === "nothing";
  return {
    code: "control.outside-loop",
    severity: "error",
    span: job.span,
    message: isAlone
      ? `'${name}' stands outside of a loop`
      : `'${name}' does not cross a ${around === "child" ? "child process" : "closure"}`,
    hint: isAlone
      ? "It stands in { for … } or { while … }."
      : `The loop is outside of the ${around === "child" ? "fork or pfor" : "closure"}; end this part with return().`,
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
