import type { FlowArm, FlowGraph, FlowNode } from "./flow-graph.ts";

/**
 * Where everything of a flow's picture stands. A flow is made of blocks, so one pass from the outside in is enough: chains
 * run from top to bottom in the order of the source, arms stand side by side. What is skipped after a success or a
 * failure stands a step to the right of the spine, which passes by. An edit moves only what follows or encloses it.
 */
export interface FlowLayout {
  width: number;
  height: number;
  nodes: ReadonlyMap<string, Box>;
  /** By the id of the node, a slash, and the number of the arm. */
  arms: ReadonlyMap<string, Box>;
  /** By the id of the edge: where its line turns. */
  edges: ReadonlyMap<string, readonly Point[]>;
  /** The line that passes by what stands a step to the right. */
  spines: readonly (readonly [Point, Point])[];
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** All on a grid of 4. */
export const flowMeasures = {
  nodeWidth: 224,
  nodeHeight: 44,
  /** Between a node and the next one below. */
  gap: 28,
  armGap: 32,
  /** Inside of a block, at the sides and above and below. */
  paddingX: 16,
  paddingY: 12,
  /** What stands above an arm: its condition or pattern. */
  armHead: 28,
  /** An arm in which nothing stands is thin. */
  emptyArm: 64,
  /** Where the spine runs, from the left of its chain, and how far what it passes by stands to the right. */
  spine: 20,
  step: 40,
} as const;

/** The layout of a graph; of folded nodes only the lid is seen. */
export function layoutFlow(graph: FlowGraph, folded: ReadonlySet<string> = new Set()): FlowLayout {
  const layout = new Layout(graph, folded);
  const { nodeWidth, nodeHeight, gap } = flowMeasures;
  layout.place("start", { x: 0, y: 0, width: nodeWidth, height: nodeHeight });
  const start = graph.nodes.find(({ id }) => id === "start");
  const top = start && start.arms.length > 0 ? layout.node(start, 0, 0) : null;
  const begin = (top?.height ?? nodeHeight) + gap;
  const chain = layout.chain(graph.chain, 0, begin);
  const end = begin + chain.height + (chain.height > 0 ? gap : 0);
  layout.place("end", { x: 0, y: end, width: nodeWidth, height: nodeHeight });
  const failed = nodeWidth + flowMeasures.armGap;
  layout.place("failed", { x: failed, y: end, width: nodeWidth, height: nodeHeight });
  layout.drawEdges();
  return {
    width: Math.max(chain.width, top?.width ?? 0, failed + nodeWidth),
    height: end + nodeHeight,
    nodes: layout.nodes,
    arms: layout.arms,
    edges: layout.edges,
    spines: layout.spines,
  };
}

class Layout {
  readonly nodes = new Map<string, Box>();
  readonly arms = new Map<string, Box>();
  readonly edges = new Map<string, Point[]>();
  readonly spines: [Point, Point][] = [];
  readonly #graph: FlowGraph;
  readonly #folded: ReadonlySet<string>;
  readonly #byId: ReadonlyMap<string, FlowNode>;
  readonly #aside: ReadonlySet<string>;

  constructor(graph: FlowGraph, folded: ReadonlySet<string>) {
    this.#graph = graph;
    this.#folded = folded;
    this.#byId = new Map(graph.nodes.map((node) => [node.id, node]));
    this.#aside = new Set(
      graph.edges.flatMap(({ connector, to }) =>
        connector === "->>" || connector === "=>>" ? to : [],
      ),
    );
  }

  place(id: string, box: Box): void {
    this.nodes.set(id, box);
  }

  chain(ids: readonly string[], x: number, y: number): { width: number; height: number } {
    const { gap, step, spine } = flowMeasures;
    let width = 0;
    let at = y;
    let last: Box | null = null;
    for (const id of ids) {
      if (last) at += gap;
      const node = this.#byId.get(id) as FlowNode;
      const indent = this.#aside.has(id) ? step : 0;
      last = this.node(node, x + indent, at);
      width = Math.max(width, indent + last.width);
      at += last.height;
    }
    const first = ids[0] === undefined ? undefined : this.nodes.get(ids[0]);
    if (first && ids.some((id) => this.#aside.has(id)))
      this.spines.push([
        { x: x + spine, y: first.y + first.height },
        { x: x + spine, y: at },
      ]);
    return { width, height: at - y };
  }

  node(node: FlowNode, x: number, y: number): Box {
    const { nodeWidth, nodeHeight, armGap, paddingX, paddingY } = flowMeasures;
    const box: Box = { x, y, width: nodeWidth, height: nodeHeight };
    this.nodes.set(node.id, box);
    if (node.arms.length === 0 || this.#folded.has(node.id)) return box;
    let right = x + paddingX;
    let bottom = 0;
    for (const [index, arm] of node.arms.entries()) {
      if (index > 0) right += armGap;
      const placed = this.#arm(arm, right, y + nodeHeight + paddingY);
      this.arms.set(`${node.id}/${index}`, placed);
      right += placed.width;
      bottom = Math.max(bottom, placed.height);
    }
    for (const index of node.arms.keys()) {
      const arm = this.arms.get(`${node.id}/${index}`);
      if (arm) arm.height = bottom;
    }
    box.width = Math.max(nodeWidth, right + paddingX - x);
    box.height = nodeHeight + paddingY + bottom + paddingY;
    return box;
  }

  #arm(arm: FlowArm, x: number, y: number): Box {
    const { armHead, emptyArm } = flowMeasures;
    const head = arm.label === "" ? 0 : armHead;
    const inner = this.chain(arm.nodes, x, y + head);
    return {
      x,
      y,
      width: Math.max(inner.width, emptyArm),
      height: head + Math.max(inner.height, armHead),
    };
  }

  drawEdges(): void {
    const { spine, gap, nodeHeight } = flowMeasures;
    for (const { id, from, to, kind } of this.#graph.edges) {
      const a = this.nodes.get(from);
      const b = this.nodes.get(to);
      if (!a || !b) continue;
      const isAside = this.#aside.has(to);
      const left = b.x - (isAside ? flowMeasures.step : 0) + spine;
      const end = isAside ? { x: b.x, y: b.y + nodeHeight / 2 } : { x: b.x + spine, y: b.y };
      if (kind === "begin") {
        const top = from === "start" ? a.y + a.height : b.y - gap / 2;
        this.edges.set(id, [{ x: left, y: top }, end]);
        continue;
      }
      const start = { x: a.x + spine, y: a.y + a.height };
      const turn = start.y + gap / 2;
      const points = [start];
      if (start.x !== left) points.push({ x: start.x, y: turn }, { x: left, y: turn });
      if (isAside) points.push({ x: left, y: end.y });
      this.edges.set(id, [...points, end]);
    }
  }
}
