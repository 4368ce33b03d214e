import type { Connector, Expression, Job } from "../syntax/tree.ts";
import type { FlowNode } from "./flow-graph.ts";

/** Where a node leads: to another one of its chain, or (`to` null) out of the chain, which then ends as the node did or handled it. */
export interface FlowPath {
  from: string;
  on: "success" | "failure";
  /** In the outermost chain `end` and `failed` stand for out of the chain. */
  to: string | null;
  /** Whether the chain goes on, or ends, as if nothing had failed. */
  isHandled: boolean;
}

/** How a chain stands before a connector: LANGUAGE section 4. */
type Standing = "ok" | "failed" | "handled";

type Jobs = ReadonlyMap<FlowNode, { job: Job; connector: Connector | null }>;

/** The paths through all chains; on the way says which nodes nothing reaches. */
export function pathsThrough(
  nodes: readonly FlowNode[],
  jobs: Jobs,
  outermost: { start: FlowNode; chain: readonly string[] },
): FlowPath[] {
  const paths: FlowPath[] = [];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const walker = new Walker(byId, jobs, paths);
  for (const node of nodes) node.isReachable = false;
  const { start, chain } = outermost;
  start.isReachable = true;
  for (const arm of start.arms) walker.chain(arm.nodes, true, { done: null, failed: null });
  walker.chain(chain, true, { done: "end", failed: "failed" });
  return paths;
}

class Walker {
  readonly #nodes: ReadonlyMap<string, FlowNode>;
  readonly #jobs: Jobs;
  readonly #paths: FlowPath[];

  constructor(nodes: ReadonlyMap<string, FlowNode>, jobs: Jobs, paths: FlowPath[]) {
    this.#nodes = nodes;
    this.#jobs = jobs;
    this.#paths = paths;
  }

  /** How the chain may end, if it is reached; `out` names where it leads. */
  chain(
    ids: readonly string[],
    isReached: boolean,
    out: { done: string | null; failed: string | null },
  ): Set<"ok" | "failed"> {
    const nodes = ids.map((id) => this.#nodes.get(id) as FlowNode);
    const connectors = nodes.map((node) => this.#jobs.get(node)?.connector ?? null);
    const ends = new Set<"ok" | "failed">();
    const reached = new Set<FlowNode>();
    const [first] = nodes;
    if (!first) {
      if (isReached) ends.add("ok");
      return ends;
    }
    if (isReached) reached.add(first);
    for (const [index, node] of nodes.entries()) {
      node.isReachable = reached.has(node);
      const outcomes = this.#outcomes(node);
      for (const outcome of ["ok", "failed"] as const) {
        if (!outcomes.has(outcome)) continue;
        const { to, standing } = follow(outcome, nodes, connectors, index + 1);
        if (to && node.isReachable) reached.add(to);
        if (!to && node.isReachable) ends.add(standing === "failed" ? "failed" : "ok");
        this.#paths.push({
          from: node.id,
          on: outcome === "ok" ? "success" : "failure",
          to: to?.id ?? (standing === "failed" ? out.failed : out.done),
          isHandled: outcome === "failed" && standing === "handled",
        });
      }
    }
    return ends;
  }

  /** How a node may end, by what it does and what its arms do. */
  #outcomes(node: FlowNode): Set<"ok" | "failed"> {
    const job = this.#jobs.get(node)?.job;
    const inner = { done: null, failed: null };
    const arms = node.arms.map((arm) => {
      // A closure runs when it is called, not here.
      const ends = this.chain(arm.nodes, node.isReachable, inner);
      return { kind: arm.kind, ends };
    });
    const parts = arms.filter(({ kind }) => kind !== "closure");
    if (!job) return both();
    const ends = new Set(parts.flatMap((part) => [...part.ends]));
    switch (job.kind) {
      case "builtin":
        if (!endings.has(job.name.text)) return both();
        return job.arguments.every(({ value }) => cannotFail(value))
          ? new Set()
          : new Set(["failed"]);
      case "assignment":
        return job.assignments.every(({ value }) => cannotFail(value)) ? new Set(["ok"]) : both();
      case "if":
      case "case":
        if (!job.else) ends.add("ok");
        return ends.add("failed");
      case "while":
        if (isTrue(job.condition) && !this.#breaks(node)) ends.delete("ok");
        else ends.add("ok");
        return ends.add("failed");
      case "for":
        return ends.add("ok").add("failed");
      case "plain":
        return job.assignments.every(({ value }) => cannotFail(value)) ? ends : ends.add("failed");
      case "timeout":
      case "lock":
      case "session":
        return ends.add("failed");
      case "choice":
        return job.arms.length > 0 ? ends.add("failed") : both();
      default:
        return both();
    }
  }

  /** Whether a `break` in the loop may end it. */
  #breaks(loop: FlowNode): boolean {
    return loop.arms.some((arm) =>
      arm.nodes.some((id) => {
        const node = this.#nodes.get(id) as FlowNode;
        const job = this.#jobs.get(node)?.job;
        if (job?.kind === "builtin" && job.name.text === "break") return node.isReachable;
        if (job?.kind === "for" || job?.kind === "while") return false;
        return this.#breaks(node);
      }),
    );
  }
}

/** Where a chain goes on behind a job that ended so. */
function follow(
  outcome: "ok" | "failed",
  nodes: readonly FlowNode[],
  connectors: readonly (Connector | null)[],
  from: number,
): { to: FlowNode | null; standing: Standing } {
  let standing: Standing = outcome;
  for (let index = from; index < nodes.length; index++) {
    const to = nodes[index] as FlowNode;
    switch (connectors[index]) {
      case "=>":
        return { to, standing };
      case "->>":
        if (standing === "ok") return { to, standing };
        standing = "handled";
        break;
      case "=>>":
        // What runs after a failure has it in hand.
        if (standing !== "ok") return { to, standing: "handled" };
        break;
      default:
        return standing === "failed" ? { to: null, standing } : { to, standing };
    }
  }
  return { to: null, standing };
}

const endings: ReadonlySet<string> = new Set(["return", "exit", "abort", "break", "continue"]);

function cannotFail(value: Expression): boolean {
  if (value.kind === "string") return value.parts.every(({ kind }) => kind === "text");
  return value.kind === "literal" || value.kind === "closure" || value.kind === "path";
}

function isTrue(condition: Expression): boolean {
  return condition.kind === "literal" && Boolean(condition.value);
}

function both(): Set<"ok" | "failed"> {
  return new Set(["ok", "failed"]);
}
