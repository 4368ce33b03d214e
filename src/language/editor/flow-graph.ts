import { isContextName } from "../analysis/made-names.ts";
import type { Span } from "../syntax/span.ts";
import type {
  Block,
  Chain,
  ClosureExpression,
  Connector,
  Expression,
  Job,
} from "../syntax/tree.ts";
import { closuresIn, closuresOf } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";
import { giveIds } from "./flow-graph-ids.ts";
import { describeJob, listed, sourceOf } from "./flow-graph-labels.ts";
import { pathsThrough, type FlowPath } from "./flow-paths.ts";

/**
 * What the picture of a flow is drawn from: jobs as nodes, blocks and closures as nodes that hold chains (arms), connectors
 * as edges. The picture has no state of its own: it follows from the text.
 *
 *   F1  every job of the tree is in exactly one node; only neighbouring assignments share one
 *   F2  nodes stand in the order of the source, a block before what is in it; so do edges
 *   F3  a node keeps its id as long as it can be recognised in the graph before, so that a picture does not jump
 */
export interface FlowGraph {
  nodes: readonly FlowNode[];
  edges: readonly FlowEdge[];
  /** Where each node leads when it succeeds and when it fails. */
  paths: readonly FlowPath[];
  /** The nodes of the outermost chain; `start` before and `end` and `failed` behind it are no jobs. */
  chain: readonly string[];
}

export type FlowNodeKind =
  | "start"
  | "end"
  | "failed"
  | "command"
  | "call"
  | "method"
  | "assignment"
  | "context"
  | "update"
  | "send"
  | "receive"
  | "builtin"
  | "error"
  | Block["kind"];

export interface FlowNode {
  id: string;
  kind: FlowNodeKind;
  /** What it is above all: the text of a command, a path, the name of a built-in, the head of a block. */
  label: string;
  /** What else is to be said: arguments, options, values. */
  detail: string;
  span: Span;
  /** The jobs in it, one or, of assignments, several. */
  jobs: Span[];
  /** The node and arm that it stands in; null in the outermost chain. */
  parent: { id: string; arm: number } | null;
  /** The chains of a block, and of closures that are written in the job. */
  arms: FlowArm[];
  /** Context that a block sets, or an assignment: where and how commands run. */
  context: { name: string; value: string }[];
  /** The type of the object that is called, if it is known. */
  objectType: string | null;
  /** A failure of it ends its chain: `->` follows, or nothing. */
  endsOnFailure: boolean;
  /** The flow begins again: `[self]` in last position. */
  isAgain: boolean;
  /** False: whatever happens before, this never runs. */
  isReachable: boolean;
}

export interface FlowArm {
  kind: "body" | "then" | "elif" | "else" | "case" | "after" | "event" | "child" | "closure";
  /** The condition, patterns or time; of a closure its parameters. */
  label: string;
  span: Span;
  /** Its chain, in order. */
  nodes: string[];
}

export interface FlowEdge {
  id: string;
  from: string;
  to: string;
  /** `begin`: into the flow or an arm. */
  kind: "begin" | "connector";
  connector: Connector | null;
  /** Of the connector. */
  span: Span | null;
  /** For `begin`, which arm of `from` it leads into. */
  arm: number | null;
}

/** The graph of the flow; nodes that were in the graph before keep their ids. */
export function flowGraph(document: EditorDocument, before?: FlowGraph): FlowGraph {
  const { tree } = document;
  const builder = new Builder(document);
  const root: FlowArm = { kind: "body", label: "", span: { ...tree.span }, nodes: [] };
  const start = builder.bare(
    "start",
    listed(
      document,
      tree.parameters.map(({ span }) => span),
    ),
    {
      start: 0,
      end: tree.chain?.span.start ?? tree.span.end,
    },
  );
  builder.nodes.push(start);
  for (const { default: value } of tree.parameters)
    if (value) for (const closure of closuresIn(value)) builder.closure(start, closure);
  builder.chain(tree.chain, null, root, true);
  const { end } = tree.span;
  const ends = [
    builder.bare("end", "", { start: end, end }),
    builder.bare("failed", "", { start: end, end }),
  ];
  giveIds(builder.nodes, root, before);
  const paths = pathsThrough(builder.nodes, builder.jobs, { start, chain: root.nodes });
  return {
    nodes: [...builder.nodes, ...ends],
    edges: edgesOf(builder, root),
    paths,
    chain: root.nodes,
  };
}

/** The innermost node whose jobs hold the offset, or whose head does. */
export function nodeAt(graph: FlowGraph, offset: number): FlowNode | null {
  let found: FlowNode | null = null;
  for (const node of graph.nodes)
    if (node.jobs.length > 0 && node.span.start <= offset && offset <= node.span.end) found = node;
  return found;
}

/** The nodes with a job that begins in those offsets, such as the line at which a process stands; innermost last. */
export function nodesWithin(graph: FlowGraph, { start, end }: Span): FlowNode[] {
  return graph.nodes.filter(({ jobs }) =>
    jobs.some((job) => start <= job.start && job.start < end),
  );
}

/** The node of a job of the tree, such as of a compiled chain. */
export function nodeOfJob(graph: FlowGraph, job: Span): FlowNode | null {
  return (
    graph.nodes.find(({ jobs }) =>
      jobs.some(({ start, end }) => start === job.start && end === job.end),
    ) ?? null
  );
}

/** A node while the graph is built: its id is its place in `nodes` until ids are given. */
class Builder {
  readonly nodes: FlowNode[] = [];
  /** The job of each node, the last one where there are several, and the connectors before it. */
  readonly jobs = new Map<
    FlowNode,
    { job: Job; connector: Connector | null; connectorSpan: Span | null }
  >();
  readonly #document: EditorDocument;

  constructor(document: EditorDocument) {
    this.#document = document;
  }

  bare(kind: FlowNodeKind, label: string, span: Span): FlowNode {
    return {
      id: kind,
      kind,
      label,
      detail: "",
      span,
      jobs: [],
      parent: null,
      arms: [],
      context: [],
      objectType: null,
      endsOnFailure: false,
      isAgain: false,
      isReachable: true,
    };
  }

  chain(chain: Chain | null, parent: FlowNode["parent"], arm: FlowArm, isLast: boolean): void {
    const links = chain?.links ?? [];
    let previous: FlowNode | null = null;
    for (const [index, { connector, job }] of links.entries()) {
      const next = links[index + 1];
      const endsOnFailure = !next || next.connector?.text === "->";
      if (previous && this.#joins(previous, connector?.text, job)) {
        this.#join(previous, job, endsOnFailure);
        continue;
      }
      previous = this.#node(job, parent, isLast && !next);
      previous.endsOnFailure = endsOnFailure;
      arm.nodes.push(previous.id);
      this.jobs.set(previous, {
        job,
        connector: connector?.text ?? null,
        connectorSpan: connector && { ...connector.span },
      });
    }
  }

  /** Neighbouring assignments are one node, unless there is something to see in one. */
  #joins(previous: FlowNode, connector: Connector | undefined, job: Job): boolean {
    if (connector !== "->" || job.kind !== "assignment" || previous.kind !== "assignment")
      return false;
    if (previous.arms.length > 0 || closuresOf(job).length > 0) return false;
    return job.assignments.every(({ name }) => !isContextName(name.text));
  }

  #join(previous: FlowNode, job: Job, endsOnFailure: boolean): void {
    const { label, detail } = describeJob(this.#document, job);
    previous.label += `, ${label}`;
    previous.detail += `, ${detail}`;
    previous.span = { start: previous.span.start, end: job.span.end };
    previous.jobs.push({ ...job.span });
    previous.endsOnFailure = endsOnFailure;
  }

  #node(job: Job, parent: FlowNode["parent"], isLast: boolean): FlowNode {
    const { kind, label, detail, context, objectType } = describeJob(this.#document, job);
    // Written out: objects of one shape, of which a long flow has thousands at every keystroke.
    const node: FlowNode = {
      id: String(this.nodes.length),
      kind,
      label,
      detail,
      span: { ...job.span },
      jobs: [{ ...job.span }],
      parent,
      arms: [],
      context,
      objectType,
      endsOnFailure: false,
      isAgain:
        isLast &&
        job.kind === "bracket" &&
        job.target.kind === "name" &&
        job.target.name === "self",
      isReachable: true,
    };
    this.nodes.push(node);
    for (const closure of closuresOf(job)) this.closure(node, closure);
    for (const arm of this.#armsOf(job))
      this.#arm(node, arm, isLast && passesLastPosition.has(job.kind));
    return node;
  }

  closure(node: FlowNode, { parameters, span, chain }: ClosureExpression): void {
    const label = listed(
      this.#document,
      parameters.map((parameter) => parameter.span),
    );
    this.#arm(node, { kind: "closure", label, span, chain }, true);
  }

  #arm(node: FlowNode, { chain, kind, label, span }: BuiltArm, isLast: boolean): void {
    const arm: FlowArm = { kind, label, span: { ...span }, nodes: [] };
    node.arms.push(arm);
    this.chain(chain, { id: node.id, arm: node.arms.length - 1 }, arm, isLast);
  }

  #armsOf(job: Job): BuiltArm[] {
    const written = (expressions: readonly Expression[]): string =>
      expressions.map(({ span }) => sourceOf(this.#document, span)).join(" ");
    const otherwise = (arm: { span: Span; chain: Chain | null } | null): BuiltArm[] =>
      arm ? [{ kind: "else", label: "else", ...arm }] : [];
    switch (job.kind) {
      case "if":
        return [
          ...job.arms.map(({ condition, span, chain }, index) => ({
            kind: index === 0 ? ("then" as const) : ("elif" as const),
            label: written([condition]),
            span,
            chain,
          })),
          ...otherwise(job.else),
        ];
      case "case":
        return [
          ...job.arms.map(({ patterns, span, chain }) => ({
            kind: "case" as const,
            label: patterns.map(written).join(", "),
            span,
            chain,
          })),
          ...otherwise(job.else),
        ];
      case "choice":
        return job.arms.map(({ after, span, chain }) => ({
          kind: after ? ("after" as const) : ("event" as const),
          label: after
            ? written([after])
            : sourceOf(this.#document, chain?.links[0]?.job.span ?? span),
          span,
          chain,
        }));
      case "fork":
        return job.chains.map((chain, index) => ({
          kind: "child",
          label: String(index + 1),
          span: chain.span,
          chain,
        }));
      case "timeout":
        return [{ ...body(job), chain: job.chain }, ...otherwise(job.else)];
      case "pfor":
        return [{ ...body(job), kind: "child" }];
      case "plain":
      case "for":
      case "while":
      case "lock":
      case "session":
        return [body(job)];
      default:
        return [];
    }
  }
}

interface BuiltArm {
  kind: FlowArm["kind"];
  label: string;
  span: Span;
  chain: Chain | null;
}

function body({ chain, span }: { chain: Chain | null; span: Span }): BuiltArm {
  return {
    kind: "body",
    label: "",
    span: chain?.span ?? { start: span.end, end: span.end },
    chain,
  };
}

/** LANGUAGE section 5: last position passes through these. */
const passesLastPosition: ReadonlySet<string> = new Set(["if", "case", "plain"]);

function edgesOf({ nodes, jobs }: Builder, root: FlowArm): FlowEdge[] {
  const edges: FlowEdge[] = [];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const addArms = ({ id, arms }: FlowNode): void => {
    for (const [index, arm] of arms.entries()) addArm(id, index, arm.nodes);
  };
  const addArm = (from: string, arm: number | null, ids: readonly string[]): void => {
    for (const [index, to] of ids.entries()) {
      const before = ids[index - 1];
      const node = byId.get(to);
      const written = node && jobs.get(node);
      edges.push(
        before === undefined
          ? {
              id: `${from}>${arm ?? ""}`,
              from,
              to,
              kind: "begin",
              connector: null,
              span: null,
              arm,
            }
          : {
              id: `${before}~${to}`,
              from: before,
              to,
              kind: "connector",
              connector: written?.connector ?? null,
              span: written?.connectorSpan ?? null,
              arm: null,
            },
      );
      if (node) addArms(node);
    }
  };
  const [start] = nodes;
  if (start) addArms(start);
  addArm("start", null, root.nodes);
  return edges;
}
