/**
 * The editor's services on a jobflow of 2,000 lines: a key is pressed somewhere, and the diagnostics, the tokens of the whole
 * text, and in turn the completion at the cursor or the flow graph are asked for.
 */
import { completionsAt, EditorDocument, flowGraph, tokensOf, type FlowGraph } from "#language";
import { percentile } from "./figure.ts";
import type { Bench } from "./main.ts";

const lineCount = 2000;

export const bench: Bench = {
  summary: "a key in a jobflow of 2,000 lines to diagnostics, tokens, and completion or flow graph",
  prepare: ({ isQuick }) => {
    const document = new EditorDocument(longJobflow(lineCount));
    let graph: FlowGraph | undefined;
    let keys = 0;
    const press = (): number => {
      keys += 1;
      const { source } = document;
      // Somewhere else each time, in a word.
      const near = Math.floor(((keys * 7919) % 1000) * (source.length / 1000));
      const at = source.indexOf("service", near);
      const offset = (at < 0 ? source.indexOf("service") : at) + 3;
      const text = `${source.slice(0, offset)}q${source.slice(offset)}`;
      const start = performance.now();
      document.update(text);
      document.diagnostics();
      tokensOf(document);
      if (keys % 2 === 0) completionsAt(document, offset + 1);
      else graph = flowGraph(document, graph);
      const took = performance.now() - start;
      document.update(source);
      return took;
    };
    const round = () => {
      const times = Array.from({ length: isQuick ? 20 : 100 }, press);
      return Promise.resolve(
        [50, 95].map((rank) => ({
          name: `editor/keystroke/p${rank}`,
          unit: "ms",
          value: percentile(times, rank),
          peers: {},
        })),
      );
    };
    return Promise.resolve(round);
  },
};

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
