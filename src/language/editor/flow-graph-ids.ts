import type { FlowArm, FlowGraph, FlowNode } from "./flow-graph.ts";

/**
 * Gives each node its id: that of the node which it was in the graph before, else its place. Nodes are recognised within
 * their chain: equal ones at the beginning and the end, and between them those of the same kind in the same order.
 */
export function giveIds(nodes: readonly FlowNode[], root: FlowArm, before?: FlowGraph): void {
  const byPlace = new Map(nodes.map((node) => [node.id, node]));
  const old = new Map(before?.nodes.map((node) => [node.id, node]));
  const taken = new Set(old.keys());
  const nameChain = (
    arm: FlowArm,
    known: readonly string[],
    prefix: string,
    parent: string | null,
  ): void => {
    const within = arm.nodes.map((place) => byPlace.get(place) as FlowNode);
    const candidates = known.map((id) => old.get(id) as FlowNode);
    const found = recognise(within, candidates);
    for (const [index, node] of within.entries()) {
      const same = found[index];
      node.id = same ? same.id : freshId(`${prefix}${index}`, taken);
      taken.add(node.id);
      if (node.parent && parent !== null) node.parent.id = parent;
      for (const [inner, innerArm] of node.arms.entries())
        nameChain(innerArm, same?.arms[inner]?.nodes ?? [], `${node.id}.${inner}.`, node.id);
    }
    arm.nodes = within.map(({ id }) => id);
  };
  const [start] = nodes;
  for (const [index, arm] of (start?.arms ?? []).entries())
    nameChain(arm, old.get("start")?.arms[index]?.nodes ?? [], `start.${index}.`, "start");
  nameChain(root, before?.chain ?? [], "", null);
}

/** For each node the one that it was before. */
function recognise(
  now: readonly FlowNode[],
  before: readonly FlowNode[],
): (FlowNode | undefined)[] {
  const found: (FlowNode | undefined)[] = now.map(() => undefined);
  let start = 0;
  while (start < now.length && start < before.length && isEqual(now[start], before[start])) {
    found[start] = before[start];
    start++;
  }
  let end = 0;
  const shorter = Math.min(now.length, before.length) - start;
  while (end < shorter && isEqual(now[now.length - 1 - end], before[before.length - 1 - end])) {
    found[now.length - 1 - end] = before[before.length - 1 - end];
    end++;
  }
  let next = start;
  for (let index = start; index < now.length - end; index++) {
    const at = before.findIndex(
      (node, place) =>
        place >= next && place < before.length - end && node.kind === now[index]?.kind,
    );
    if (at < 0) continue;
    found[index] = before[at];
    next = at + 1;
  }
  return found;
}

function isEqual(a: FlowNode | undefined, b: FlowNode | undefined): boolean {
  return a !== undefined && b !== undefined && a.kind === b.kind && a.label === b.label;
}

function freshId(place: string, taken: ReadonlySet<string>): string {
  let id = place;
  for (let n = 2; taken.has(id); n++) id = `${place}_${n}`;
  return id;
}
