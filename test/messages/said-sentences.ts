import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync } from "vite";

/**
 * Every text that the sources can say to a person when something fails, found in their syntax trees: what is given to a
 * constructor of errors, and from there back through parameters, variables, properties, branches and the results of
 * functions. Names are followed, not types, so a sentence more may be found than is said, but hardly one less.
 *
 * A text is a *shape*: its literal parts, with {@link gap} where values stand.
 */
export interface Said {
  shape: string;
  /** Where it stands: `src/objects/copy.ts:70`. */
  place: string;
  /** A whole message or hint; a part stands within one. */
  isWhole: boolean;
}

export const gap = "⋯";

/** What takes a message, and which argument it is. */
const messageTakers: Record<string, readonly number[]> = {
  TsunagiError: [1],
  Failure: [1],
  InvalidArgumentError: [0],
  ArgumentFault: [0],
  CommandFault: [1],
  Fault: [1],
  FileFault: [1],
  GivenUp: [0],
  HttpFault: [1],
  JsonError: [0],
  Unpreparable: [0],
  ValueFault: [0, 2],
  translate: [0],
  told: [0],
};

/** Properties that hold texts for people, wherever they stand. */
const textProperties = new Set([
  "message",
  "hint",
  "expected",
  "got",
  "fault",
  "reason",
  "why",
  "error",
  "waits_for",
]);

/** Functions whose results are shown as they are. */
const tellers = new Set(["waitText", "externalText", "describeEnd", "faultText"]);

interface Node {
  type: string;
  start: number;
  [key: string]: unknown;
}

interface Function {
  parameters: readonly string[];
  results: Node[];
}

interface Declared {
  source: Source;
  functions: Function[];
}

interface Source {
  file: string;
  text: string;
  program: Node;
  functions: Map<string, Function[]>;
  /** What is assigned to a name anywhere in the file. */
  values: Map<string, Node[]>;
  /** Where an imported name comes from: a file, or a room's folder. */
  imported: Map<string, string>;
}

/** What stands in a node that may be missing. */
const nodesOf = (value: unknown): Node[] =>
  (Array.isArray(value) ? value : [value]).filter(
    (each): each is Node => typeof each === "object" && each !== null && "type" in each,
  );

export function saidSentences(): Said[] {
  const search = new Search(
    globSync("src/**/*.ts", { exclude: ["src/**/*.test.ts", "src/web/**", "src/cli/demo/**"] })
      .filter((file) => !/(?:golden|fixture|test-storage|test-engine|scratch)/.test(file))
      .toSorted()
      .map(read),
  );
  return search.run();
}

function read(file: string): Source {
  const text = readFileSync(file, "utf8");
  const program = parseSync(file, text).program as unknown as Node;
  const source: Source = {
    file,
    text,
    program,
    functions: new Map(),
    values: new Map(),
    imported: new Map<string, string>(),
  };
  visit(program, (node) => index(node, source));
  return source;
}

function visit(node: Node, enter: (node: Node, parents: readonly Node[]) => void): void {
  const parents: Node[] = [];
  const walk = (each: Node): void => {
    enter(each, parents);
    parents.push(each);
    for (const value of Object.values(each)) for (const child of nodesOf(value)) walk(child);
    parents.pop();
  };
  walk(node);
}

const functionTypes = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);

function index(node: Node, source: Source): void {
  const [value] = nodesOf(node["init"] ?? node["value"] ?? node["right"]);
  const [target] = nodesOf(node["id"] ?? node["key"] ?? node["left"]);
  if (node.type === "ImportDeclaration") {
    const [from] = nodesOf(node["source"]);
    for (const specifier of nodesOf(node["specifiers"])) {
      const [local] = nodesOf(specifier["local"]);
      if (local && from) source.imported.set(nameOf(local), fileOf(source.file, nameOf(from)));
    }
  }
  if (node.type === "FunctionDeclaration" && target) addFunction(source, nameOf(target), node);
  const holds = ["VariableDeclarator", "MethodDefinition", "PropertyDefinition", "Property"];
  if (holds.includes(node.type) && value && target && functionTypes.has(value.type)) {
    addFunction(source, nameOf(target), value);
  }
  if (["VariableDeclarator", "AssignmentExpression"].includes(node.type) && value && target) {
    add(source.values, nameOf(target), value);
  }
}

/** `src/objects/acl.ts`, or for `#objects` all of `src/objects/`. */
function fileOf(importer: string, specifier: string): string {
  if (specifier.startsWith("#")) return `src/${specifier.slice(1)}/`;
  return specifier.startsWith(".") ? join(dirname(importer), specifier) : specifier;
}

function addFunction(source: Source, name: string, node: Node): void {
  const parameters = nodesOf(node["params"]).map((parameter) => nameOf(parameter));
  const [body] = nodesOf(node["body"]);
  if (name === "" || body === undefined) return;
  const results: Node[] = [];
  if (body.type !== "BlockStatement") results.push(body);
  else {
    visit(body, (each, parents) => {
      const isInner = parents.some((parent) => functionTypes.has(parent.type));
      if (!isInner && ["ReturnStatement", "YieldExpression"].includes(each.type)) {
        results.push(...nodesOf(each["argument"]));
      }
    });
  }
  add(source.functions, name, { parameters, results });
}

function add<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** The name that a node is or ends with: `fault`, `this.#fault`, `fault = …`. */
function nameOf(node: Node): string {
  if (typeof node["name"] === "string") return node["name"];
  if (typeof node["value"] === "string") return node["value"];
  const [inner] = nodesOf(node["property"] ?? node["left"] ?? node["parameter"]);
  return inner === undefined ? "" : nameOf(inner);
}

class Search {
  readonly #sources: readonly Source[];
  readonly #said = new Map<string, Said>();
  /** Functions that take a message, by name and the file that declares them, and which arguments it is. */
  readonly #takers = new Map<string, Map<string, Set<number>>>();
  readonly #done = new Set<Node>();
  #hasMore = true;

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
    for (const [name, places] of Object.entries(messageTakers)) {
      this.#takers.set(name, new Map([["", new Set(places)]]));
    }
  }

  run(): Said[] {
    while (this.#hasMore) {
      this.#hasMore = false;
      for (const source of this.#sources) this.#searchSource(source);
    }
    return [...this.#said.values()].toSorted((a, b) => (a.place < b.place ? -1 : 1));
  }

  #searchSource(source: Source): void {
    for (const teller of tellers) {
      for (const { results } of source.functions.get(teller) ?? []) {
        for (const result of results) this.#say(source, result, [], true);
      }
    }
    visit(source.program, (node, parents) => {
      const own = parents.slice();
      if (["NewExpression", "CallExpression"].includes(node.type)) {
        const [callee] = nodesOf(node["callee"]);
        const given = nodesOf(node["arguments"]);
        for (const place of callee ? this.#taken(source, callee) : []) {
          const argument = given[place];
          if (argument) this.#say(source, argument, own, true);
        }
      }
      const [left] = nodesOf(node["left"]);
      if (node.type === "AssignmentExpression" && left && textProperties.has(nameOf(left))) {
        for (const value of nodesOf(node["right"])) this.#say(source, value, own, true);
      }
      if (node.type === "Property" && textProperties.has(nameOf(nodesOf(node["key"])[0] ?? node))) {
        for (const value of nodesOf(node["value"])) this.#say(source, value, own, true);
      }
    });
  }

  #say(source: Source, node: Node, parents: readonly Node[], isWhole: boolean): void {
    for (const shape of this.#shapes(source, node, parents, isWhole, 0)) {
      const line = source.text.slice(0, node.start).split("\n").length;
      const known = this.#said.get(shape);
      if (known === undefined) {
        this.#said.set(shape, { shape, place: `${source.file}:${line}`, isWhole });
      } else known.isWhole ||= isWhole;
    }
  }

  /** The texts that an expression may be; the parts that stand in them are said on the way. */
  #shapes(
    source: Source,
    node: Node,
    parents: readonly Node[],
    isWhole: boolean,
    depth: number,
  ): string[] {
    if (depth > 12) return [];
    const go = (each: unknown): string[] =>
      nodesOf(each).flatMap((inner) => this.#shapes(source, inner, parents, isWhole, depth + 1));
    switch (node.type) {
      case "Literal":
        return typeof node["value"] === "string" ? [node["value"]] : [];
      case "TemplateLiteral": {
        for (const inner of nodesOf(node["expressions"])) this.#say(source, inner, parents, false);
        const quasis = nodesOf(node["quasis"]).map(
          ({ value }) => (value as { cooked: string }).cooked,
        );
        return [quasis.join(gap)];
      }
      case "ConditionalExpression":
        return [...go(node["consequent"]), ...go(node["alternate"])];
      case "LogicalExpression":
        return [...go(node["left"]), ...go(node["right"])];
      case "BinaryExpression": {
        if (node["operator"] !== "+") return [];
        const orGap = (shapes: string[]): string[] => (shapes.length === 0 ? [gap] : shapes);
        const [left, right] = [orGap(go(node["left"])), orGap(go(node["right"]))];
        return left.flatMap((first) => right.map((second) => first + second));
      }
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "TSSatisfiesExpression":
      case "ParenthesizedExpression":
      case "ChainExpression":
        return go(node["expression"]);
      case "AwaitExpression":
        return go(node["argument"]);
      case "ArrayExpression":
        return go(node["elements"]);
      case "SpreadElement":
        return go(node["argument"]);
      case "ObjectExpression":
        return nodesOf(node["properties"]).flatMap((property) => go(property["value"]));
      case "ArrowFunctionExpression":
        return go(node["body"]);
      case "Identifier":
        return this.#variable(source, node, parents, isWhole, depth);
      case "CallExpression":
        return this.#result(source, node, parents, isWhole, depth);
      case "MemberExpression":
        return node["computed"] === true ? go(node["object"]) : [];
      default:
        return [];
    }
  }

  #variable(
    source: Source,
    node: Node,
    parents: readonly Node[],
    isWhole: boolean,
    depth: number,
  ): string[] {
    const name = nameOf(node);
    const owner = parents.findLast((parent) => functionTypes.has(parent.type));
    if (owner !== undefined) {
      const place = nodesOf(owner["params"]).findIndex((parameter) => nameOf(parameter) === name);
      if (place >= 0) {
        this.#take(source.file, this.#nameOfFunction(owner, parents), place);
        return [];
      }
    }
    const values = (source.values.get(name) ?? []).filter((value) => !this.#done.has(value));
    return values.flatMap((value) => {
      this.#done.add(value);
      const shapes = this.#shapes(source, value, parents, isWhole, depth + 1);
      this.#done.delete(value);
      return shapes;
    });
  }

  #nameOfFunction(owner: Node, parents: readonly Node[]): string {
    const [own] = nodesOf(owner["id"]);
    if (own !== undefined) return nameOf(own);
    const holder = parents[parents.indexOf(owner) - 1];
    const [target] = nodesOf(holder?.["id"] ?? holder?.["key"]);
    return target === undefined ? "" : nameOf(target);
  }

  #take(file: string, name: string, place: number): void {
    if (name === "" || name === "constructor") return;
    const files = this.#takers.get(name) ?? new Map<string, Set<number>>();
    const places = files.get(file) ?? new Set();
    if (places.has(place)) return;
    this.#takers.set(name, files.set(file, places.add(place)));
    this.#hasMore = true;
  }

  /** Which arguments of a call are messages; a method is known in its own file only. */
  #taken(source: Source, callee: Node): number[] {
    const name = nameOf(callee);
    const files = this.#takers.get(name);
    if (files === undefined) return [];
    const own = [...(files.get("") ?? []), ...(files.get(source.file) ?? [])];
    if (own.length > 0 || !source.imported.has(name)) return own;
    const from = source.imported.get(name) ?? "";
    return [...files].flatMap(([file, places]) => (file.startsWith(from) ? [...places] : []));
  }

  /** The functions that a name may mean: those of the file, or what is imported. A method is known in its own file only. */
  #declared(source: Source, name: string, isMethod: boolean): Declared[] {
    const own = source.functions.get(name);
    if (own !== undefined) return [{ source, functions: own }];
    const from = source.imported.get(name);
    if (from === undefined || isMethod) return [];
    return this.#sources.flatMap((other) => {
      const functions = other.file.startsWith(from) ? other.functions.get(name) : undefined;
      return functions === undefined ? [] : [{ source: other, functions }];
    });
  }

  #result(
    source: Source,
    node: Node,
    parents: readonly Node[],
    isWhole: boolean,
    depth: number,
  ): string[] {
    const [callee] = nodesOf(node["callee"]);
    if (callee === undefined) return [];
    const name = nameOf(callee);
    // A function that was given makes the text.
    if (callee.type === "Identifier") this.#variable(source, callee, parents, isWhole, depth);
    // What a list of texts is made of, or a text is changed from.
    if (["join", "slice", "filter", "replace", "toSorted", "trim"].includes(name)) {
      return nodesOf(callee["object"]).flatMap((inner) =>
        this.#shapes(source, inner, parents, isWhole, depth + 1),
      );
    }
    if (name === "map" || name === "flatMap") {
      return nodesOf(node["arguments"]).flatMap((inner) =>
        functionTypes.has(inner.type)
          ? nodesOf(inner["body"]).flatMap((body) =>
              this.#shapes(source, body, parents, isWhole, depth + 1),
            )
          : [],
      );
    }
    const found = this.#declared(source, name, callee.type === "MemberExpression");
    return found.flatMap(({ source: where, functions }) =>
      functions.flatMap(({ results }) =>
        results.flatMap((result) => {
          if (this.#done.has(result)) return [];
          this.#done.add(result);
          const shapes = this.#shapes(where, result, [], isWhole, depth + 1);
          this.#done.delete(result);
          return shapes;
        }),
      ),
    );
  }
}
