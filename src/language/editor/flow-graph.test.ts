import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compiledChains } from "../compiler/compiler.ts";
import { LineIndex } from "../analysis/position.ts";
import { EditorDocument } from "./document.ts";
import { flowGraph, nodeAt, nodeOfJob, nodesWithin, type FlowGraph } from "./flow-graph.ts";
import { layoutFlow } from "./flow-layout.ts";
import { smallWorld } from "./small-world.ts";

const golden = `${import.meta.dirname}/golden/restart.jobflow`;
const source = readFileSync(golden, "utf8");

function graphOf(text: string, before?: FlowGraph): FlowGraph {
  return flowGraph(new EditorDocument(text, { surroundings: smallWorld }), before);
}

test("the graph of every form", async () => {
  const graph = graphOf(source);
  const nodes = graph.nodes.map(({ id, kind, label, detail, arms, context, ...rest }) => {
    const marks = [
      rest.objectType,
      rest.endsOnFailure && "⊘",
      rest.isAgain && "↺",
      !rest.isReachable && "never",
    ].filter(Boolean);
    const held = arms.map((arm) => `\n    ${arm.kind} «${arm.label}» ${arm.nodes.join(" ")}`);
    const set = context.map(({ name, value }) => `\n    ${name} = ${value}`);
    return (
      `${id} ${kind} «${label}» ${detail} ${marks.join(" ")}`.trimEnd() +
      set.join("") +
      held.join("")
    );
  });
  const edges = graph.edges.map(
    ({ from, to, kind, connector, arm }) =>
      `${from} ${kind === "begin" ? `begin${arm === null ? "" : ` ${arm}`}` : connector} ${to}`,
  );
  const paths = graph.paths.map(
    ({ from, on, to, isHandled }) => `${from} ${on} ${to ?? "out"}${isHandled ? " handled" : ""}`,
  );
  await expect([...nodes, "", ...edges, "", ...paths, ""].join("\n")).toMatchFileSnapshot(
    `${golden}.graph`,
  );
});

test("where everything stands in the picture", async () => {
  const graph = graphOf(source);
  const { width, height, nodes, arms, edges, spines } = layoutFlow(graph, new Set(["7"]));
  const boxes = [...nodes, ...arms].map(
    ([id, box]) => `${id} ${box.x},${box.y} ${box.width}×${box.height}`,
  );
  const lines = [...edges, ...spines.entries()].map(
    ([id, points]) => `${id} ${points.map(({ x, y }) => `${x},${y}`).join(" ")}`,
  );
  const all = [`${width}×${height}`, "", ...boxes, "", ...lines, ""];
  await expect(all.join("\n")).toMatchFileSnapshot(`${golden}.layout`);
  for (const box of [...nodes.values(), ...arms.values()])
    for (const number of Object.values(box)) expect(number % 4).toBe(0);
});

describe("what is in the graph", () => {
  const kinds = (text: string): string[] =>
    graphOf(text).nodes.flatMap(({ kind, label, id }) =>
      ["start", "end", "failed"].includes(id) ? [] : `${kind} ${label}`,
    );

  test("neighbouring assignments are one node", () => {
    expect(kinds("[a = 1] -> [b = 2] -> ['x'] -> [c = 3]")).toEqual([
      "assignment a, b",
      "command x",
      "assignment c",
    ]);
    expect(kinds("[a = 1] => [b = 2]")).toEqual(["assignment a", "assignment b"]);
    expect(kinds("[a = 1] -> [__host__ = 'a']")).toEqual(["assignment a", "context __host__"]);
  });

  test("jobs of closures, also in the defaults of parameters, hang on what holds them", () => {
    const graph = graphOf("|f = {|| ['x']}| [g = {|| ['y'] -> [h = {|| ['z']}]}]");
    expect(
      graph.nodes
        .filter(({ kind }) => kind === "command")
        .map(({ label, parent }) => [label, parent?.id]),
    ).toEqual([
      ["x", "start"],
      ["y", "0"],
      ["z", "0.0.1"],
    ]);
  });

  test("a message is told from an update by what stands there", () => {
    expect(
      kinds("[./alerts << 1] -> [/nodes/web01 << {status: 'up'}] -> [/nodes/web01.status << 'up']"),
    ).toEqual(["send ./alerts", "update /nodes/web01", "update /nodes/web01.status"]);
  });
});

describe("what nothing reaches", () => {
  const unreached = (text: string): string[] =>
    graphOf(text).nodes.flatMap(({ isReachable, label }) => (isReachable ? [] : label));

  test.each<[string, string[]]>([
    ["['a'] -> ['b'] ->> ['c'] =>> ['d'] => ['e']", []],
    ["return(1) -> ['a'] -> ['b']", ["a", "b"]],
    ["return(x) =>> ['a']", []],
    ["abort('no') => ['a']", ["a"]],
    ["{ if true | return() else: exit(1) } -> ['a']", ["a"]],
    ["{ if $STATUS | return() } -> ['a']", []],
    ["{ while true | ['a'] } -> ['b']", ["b"]],
    ["{ while true | { if $STATUS | break } } -> ['b']", []],
    ["{ | return() -> ['a'] } -> ['b']", ["a", "b"]],
    ["[x = 1] =>> ['a']", ["a"]],
    ["[f = {|| return() -> ['a']}] -> ['b']", ["a"]],
  ])("%s", (text, expected) => {
    // A condition is evaluated, and may fail, but then the chain ends.
    expect(unreached(text)).toEqual(expected);
  });
});

describe("ids are kept", () => {
  const before = graphOf("['a'] -> { if true | ['b'] -> ['c'] } -> ['d']");
  const idOf = (graph: FlowGraph, label: string): string | undefined =>
    graph.nodes.find((node) => node.label === label)?.id;

  test.each([
    ["a job is inserted before", "print(1) -> ['a'] -> { if true | ['b'] -> ['c'] } -> ['d']"],
    ["a job is inserted between", "['a'] -> { if true | ['b'] -> print(1) -> ['c'] } -> ['d']"],
    ["a job is taken away", "['a'] -> { if true | ['c'] } -> ['d']"],
    ["the head of a block is written", "['a'] -> { if false | ['b'] -> ['c'] } -> ['d']"],
    ["a connector is changed", "['a'] => { if true | ['b'] ->> ['c'] } =>> ['d']"],
  ])("when %s", (_, text) => {
    const after = graphOf(text, before);
    for (const label of ["a", "b", "c", "d"])
      if (idOf(after, label) !== undefined) expect(idOf(after, label)).toBe(idOf(before, label));
    expect(new Set(after.nodes.map(({ id }) => id)).size).toBe(after.nodes.length);
  });

  test("when the text of a job is written", () => {
    const after = graphOf("['a'] -> { if true | ['b'] -> ['changed'] } -> ['d']", before);
    expect(idOf(after, "changed")).toBe(idOf(before, "c"));
  });
});

describe("places", () => {
  const graph = graphOf(source);

  test("the node at an offset is the innermost one", () => {
    const at = (text: string) => nodeAt(graph, source.indexOf(text) + 1);
    expect(at("'systemctl is-active")?.label).toBe("systemctl is-active nginx");
    expect(at("node.status == 'down'")?.kind).toBe("if");
    expect(at("tries = 2")?.kind).toBe("plain");
    expect(at("limit_count = 3")?.label).toBe("count, limit_count");
    expect(nodeAt(graph, 0)).toBeNull();
  });

  test("every compiled job has its node, and every line that a process may stand at", () => {
    const lines = new LineIndex(source);
    for (const { chain } of compiledChains(source))
      for (const { job } of chain.links) {
        expect(nodeOfJob(graph, job.span)).not.toBeNull();
        const { line } = lines.position(job.span.start);
        const start = source
          .split("\n")
          .slice(0, line - 1)
          .join("\n").length;
        const end = start + lines.lineText(line).length + 1;
        expect(nodesWithin(graph, { start, end })).toContain(nodeOfJob(graph, job.span));
      }
  });
});
