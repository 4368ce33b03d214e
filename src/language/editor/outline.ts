import type { Span } from "../syntax/span.ts";
import type { Chain, ClosureExpression, Job } from "../syntax/tree.ts";
import { chainsOf, closuresIn, closuresOf } from "../syntax/walk.ts";
import type { EditorDocument } from "./document.ts";
import { describeJob } from "./flow-graph-labels.ts";

/** An entry of a flow's table of contents. */
export interface OutlineItem {
  kind: "parameter" | "block" | "call" | "command" | "event" | "closure";
  label: string;
  span: Span;
  /** Where the cursor goes when the entry is chosen. */
  at: number;
  children: OutlineItem[];
}

/** Parameters, blocks, calls, commands, events and closures, as they stand in each other. */
export function outlineOf(document: EditorDocument): OutlineItem[] {
  const { tree, source } = document;
  const parameters = tree.parameters.map(({ name, span, default: value }): OutlineItem => ({
    kind: "parameter",
    label: source.slice(span.start, span.end),
    span: { ...span },
    at: name.span.start,
    children: (value ? closuresIn(value) : []).map((closure) => closureItem(document, closure, "")),
  }));
  return [...parameters, ...itemsOf(document, tree.chain)];
}

function itemsOf(document: EditorDocument, chain: Chain | null): OutlineItem[] {
  return (chain?.links ?? []).flatMap(({ job }) => itemsOfJob(document, job));
}

function itemsOfJob(document: EditorDocument, job: Job): OutlineItem[] {
  const named = job.kind === "assignment" ? job.assignments : [];
  const closures = closuresOf(job).map((closure) =>
    closureItem(document, closure, named.find(({ value }) => value === closure)?.name.text ?? ""),
  );
  const { kind, label } = describeJob(document, job);
  const item = (itemKind: OutlineItem["kind"], children: OutlineItem[]): OutlineItem => ({
    kind: itemKind,
    label,
    span: { ...job.span },
    at: job.span.start,
    children,
  });
  const chains = chainsOf(job);
  switch (job.kind) {
    case "bracket":
      return [item(kind === "command" ? "command" : "call", closures)];
    case "event":
      return [item("event", closures)];
    case "assignment":
    case "update":
    case "builtin":
    case "error":
      return closures;
    default: {
      const within = [...closures, ...chains.flatMap(({ chain }) => itemsOf(document, chain))];
      const word = job.kind === "plain" ? "" : job.kind;
      return [{ ...item("block", within), label: [word, label].filter(Boolean).join(" ") }];
    }
  }
}

function closureItem(
  document: EditorDocument,
  { span, parameters, chain }: ClosureExpression,
  name: string,
): OutlineItem {
  const written = parameters.map((each) => document.source.slice(each.span.start, each.span.end));
  return {
    kind: "closure",
    label: `${name}|${written.join(", ")}|`,
    span: { ...span },
    at: span.start,
    children: itemsOf(document, chain),
  };
}
