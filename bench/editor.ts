/**
 * The editor's services on jobflows of 2,000 lines: a key is pressed somewhere, and the diagnostics, the tokens of what is
 * seen and the completion at the cursor are asked for; the flow graph by itself, because a picture may lag behind. Beside the
 * time by the clock the processor's, in which other programs on the machine do not show.
 */
import { completionsAt, EditorDocument, flowGraph, tokensOf, type FlowGraph } from "#language";
import { percentile } from "./figure.ts";
import type { Bench, Measured } from "./main.ts";

const lineCount = 2000;
/** About a screen of text on both sides of the cursor. */
const seen = 2000;

export const bench: Bench = {
  summary:
    "a key in a jobflow of 2,000 lines to diagnostics, tokens and completion; its flow graph",
  prepare: ({ isQuick }) => {
    const typists = Object.entries(shapes(lineCount)).map(
      ([name, source]) => new Typist(name, source),
    );
    const keys = isQuick ? 20 : 100;
    // Until what is called often has been compiled.
    for (const typist of typists) typist.figures(keys);
    return Promise.resolve(() =>
      Promise.resolve(typists.flatMap((typist) => typist.figures(keys))),
    );
  },
};

class Typist {
  readonly #name: string;
  readonly #document: EditorDocument;
  #graph: FlowGraph | undefined;
  #keys = 0;

  constructor(name: string, source: string) {
    this.#name = name;
    this.#document = new EditorDocument(source);
  }

  figures(count: number): Measured[] {
    const keys: Took[] = [];
    const graphs: Took[] = [];
    for (let key = 0; key < count; key += 1) {
      const { source } = this.#document;
      keys.push(this.#press());
      graphs.push(took(() => (this.#graph = flowGraph(this.#document, this.#graph))));
      this.#document.update(source);
    }
    return [
      ...figuresOf(`editor/keystroke${this.#name}`, keys),
      ...figuresOf(`editor/graph${this.#name}`, graphs),
    ];
  }

  /** Somewhere else each time, in a word. */
  #press(): Took {
    this.#keys += 1;
    const { source } = this.#document;
    const near = Math.floor(((this.#keys * 7919) % 1000) * (source.length / 1000));
    const word = /[a-z]\w{3,}/g;
    word.lastIndex = near;
    const offset = (word.exec(source)?.index ?? source.search(word)) + 3;
    const text = `${source.slice(0, offset)}q${source.slice(offset)}`;
    return took(() => {
      this.#document.update(text);
      this.#document.diagnostics();
      tokensOf(this.#document, { start: offset - seen, end: offset + seen });
      completionsAt(this.#document, offset + 1);
    });
  }
}

interface Took {
  wall: number;
  processor: number;
}

function took(work: () => void): Took {
  const processor = process.threadCpuUsage();
  const begun = performance.now();
  work();
  const wall = performance.now() - begun;
  const { user, system } = process.threadCpuUsage(processor);
  return { wall, processor: (user + system) / 1000 };
}

/** The processor's time of one key is too short for its clock: of that the mean. */
function figuresOf(name: string, times: readonly Took[]): Measured[] {
  const figure = (part: string, value: number): Measured => ({
    name: `${name}/${part}`,
    unit: "ms",
    value,
    peers: {},
  });
  const wall = times.map((each) => each.wall);
  const processor = times.reduce((sum, each) => sum + each.processor, 0) / times.length;
  return [
    figure("p50", percentile(wall, 50)),
    figure("p95", percentile(wall, 95)),
    figure("cpu", processor),
  ];
}

/** As operators write, and what is hard for whoever keeps the parts that were not touched. */
function shapes(lines: number): Record<string, string> {
  const written = longJobflow(lines);
  const head = written.slice(0, written.indexOf("\n"));
  const body = written.slice(head.length + 1);
  return {
    "": written,
    "/one-block": `${head}\n{ __host__ = host |\n${body} }`,
    "/one-closure": `${head}\n[all = {|again|\n${body} }] -> [all: 1]`,
    "/many-variables": manyVariables(lines),
  };
}

function manyVariables(lines: number): string {
  const written = ["|host|", "print(host)"];
  for (let n = 1; written.length < lines; n += 1)
    written.push(
      `-> [name_${n} = '$host', longer_${n} = host + 'x'] -> print("\${longer_${n}} $name_${n}")`,
    );
  return written.join("\n");
}

/** What operators write, over and over: names, strings with values, blocks, calls, closures. */
export function longJobflow(lines: number): string {
  const written = ["|service| |host = 'web01'| |most = 10|", "[count = 0]"];
  for (let part = 1; written.length < lines; part += 1) written.push(...partOf(part).split("\n"));
  return written.join("\n");
}

function partOf(part: number): string {
  return `# part ${part}: restart and look
-> [name_${part} = 'srv-\${string(count)}-$service']
-> { __host__ = host, __user__ = 'ops', __sudo__ = true |
     ["systemctl restart \${sh(service)}": timeout = 60, retry = 3]
     -> ["systemctl status \${sh(name_${part})}"] }
->> print('$service restarted on $host: $RESULT')
=>> { if count > most and $STATUS == 1 |
      then: [/notify/on_call: "could not restart $service on $host: $ERROR", urgent = true]
      elif name_${part} =~ r'^srv-': [count = count + 1]
      else: [./recover/service: service, host = host] }
-> { for node in /nodes/production |
     { case node.status |
       'up', 'running': print("\${node.name} is fine")
       g'down*': [node.status << 'broken'] -> [/nodes/'web-01.example.com'.comment << "see $service"]
       else: [rows = [1, 2, {host: node, 'long key': [host, service]}]] -> print(rows) } }
-> { choice | <./alerts> -> print($RESULT)
     after 60: print('nothing came', length(split(name_${part}, ',')) + ${part}) }
-> { pfor n in range(10) limit 5 | ['uname -a'] -> [got = $RESULT] -> return([n, got]) }
-> [add_${part} = {|a, b = 10| return(a + b * ${part})}] -> [add_${part}: 1, b = 2]
`;
}
