/**
 * The machine and the compiler alone, without a database: how fast loops run, beside the same loops in JavaScript and in a Lua that
 * is written in JavaScript; how fast a megabyte of source compiles; how large the state of a waiting process is.
 */
import { deepEqual } from "node:assert/strict";
import { lauxlib, lua, lualib, to_luastring } from "fengari";
import { compile } from "#language";
import { advance, begin, encodeState, type Program, type State, type Value } from "#machine";
import { loops, type Loop } from "./machine-loops.ts";
import type { Bench, Measured } from "./main.ts";

export const bench: Bench = {
  summary: "loops, compiling and the size of states",
  prepare({ isQuick }) {
    const racers = loops.map((loop) => new Racer(loop, isQuick ? 0.2 : 1));
    const source = longSource(1_000_000);
    return Promise.resolve(() => {
      const heats = racers.map((racer) => racer.race());
      return Promise.resolve([
        ...instructionFigures(heats),
        ...heats.map(({ name, rounds, ms, peers }) => ({
          name: `machine/${name}`,
          unit: "1/s",
          value: (rounds / ms) * 1000,
          peers: mapValues(peers, (each) => (rounds / each) * 1000),
        })),
        compilerFigure(source),
        ...stateFigures(),
      ]);
    });
  },
};

interface Heat {
  name: string;
  rounds: number;
  instructions: number;
  ms: number;
  peers: { javascript: number; fengari: number };
}

/** One loop, made ready in all three languages. */
class Racer {
  readonly #loop: Loop;
  readonly #rounds: number;
  readonly #program: Program;
  readonly #lua = lauxlib.luaL_newstate();

  constructor(loop: Loop, share: number) {
    this.#loop = loop;
    this.#rounds = Math.round(loop.rounds * share);
    this.#program = compiled(loop.jobflow);
    lualib.luaL_openlibs(this.#lua);
    if (lauxlib.luaL_loadstring(this.#lua, to_luastring(loop.lua)) !== 0)
      throw new Error(lua.lua_tojsstring(this.#lua, -1));
  }

  race(): Heat {
    const [ours, ms] = timed(() => this.#ours());
    const [javascript, javascriptMs] = timed(() => this.#loop.javascript(this.#rounds));
    const [fengari, fengariMs] = timed(() => this.#fengari());
    deepEqual([ours.result, fengari], [javascript, javascript]);
    return {
      name: this.#loop.name,
      rounds: this.#rounds,
      instructions: ours.instructions,
      ms,
      peers: { javascript: javascriptMs, fengari: fengariMs },
    };
  }

  #ours(): { result: Value; instructions: number } {
    const state = started(this.#program, new Map([["rounds", this.#rounds]]));
    const pause = advance(state, { kind: "start" }, { program: () => this.#program });
    if (pause.kind !== "ended" || pause.end.state !== "done")
      throw new Error(`the loop ${this.#loop.name} did not end well: ${JSON.stringify(pause)}`);
    return { result: pause.end.result, instructions: state.instructions };
  }

  #fengari(): number {
    lua.lua_pushvalue(this.#lua, -1);
    lua.lua_pushinteger(this.#lua, this.#rounds);
    lua.lua_call(this.#lua, 1, 1);
    const result = lua.lua_tonumber(this.#lua, -1);
    lua.lua_pop(this.#lua, 1);
    return result;
  }
}

/** All loops together; the peers' figure is how fast they did what takes us so many instructions. */
function instructionFigures(heats: readonly Heat[]): Measured[] {
  const sum = (of: (heat: Heat) => number): number =>
    heats.reduce((total, heat) => total + of(heat), 0);
  const perSecond = (ms: number): number => (sum(({ instructions }) => instructions) / ms) * 1000;
  return [
    {
      name: "machine/instructions",
      unit: "1/s",
      value: perSecond(sum(({ ms }) => ms)),
      peers: {
        javascript: perSecond(sum(({ peers }) => peers.javascript)),
        fengari: perSecond(sum(({ peers }) => peers.fengari)),
      },
    },
  ];
}

function compilerFigure(source: string): Measured {
  const bytes = new TextEncoder().encode(source).length;
  const [, ms] = timed(() => compiled(source));
  return { name: "compiler/bytes", unit: "1/s", value: (bytes / ms) * 1000, peers: {} };
}

/** Processes that wait for their first command. */
function stateFigures(): Measured[] {
  const small = `|service| { __host__ = 'web01', __user__ = 'ops' | ["systemctl restart \${sh(service)}"] }`;
  const variables = Array.from({ length: 20 }, (_, n) => `v${n} = 'value ${n}'`);
  const large = `|service| [${variables.join(", ")}] -> ${small.replace("|service|", "")} -> print(v1)`;
  return [
    ["machine/state-bytes", small],
    ["machine/state-bytes/20-variables", large],
  ].map(([name = "", source = ""]) => {
    const program = compiled(source);
    const state = started(program, new Map([["service", "nginx"]]));
    const pause = advance(state, { kind: "start" }, { program: () => program });
    if (pause.kind !== "wait") throw new Error(`${name} does not wait`);
    const value = new TextEncoder().encode(encodeState(state)).length;
    return { name, unit: "bytes", value, peers: {} };
  });
}

function started(program: Program, named: ReadonlyMap<string, Value>): State {
  const begun = begin({
    program,
    // As long as a real one, which is part of the state.
    hash: "0".repeat(64),
    path: "/bench/loop",
    positional: [],
    named,
    context: new Map(),
  });
  if ("failure" in begun) throw new Error(begun.failure);
  return begun.state;
}

function compiled(source: string): Program {
  const { program, diagnostics } = compile(source);
  if (program === null) throw new Error(JSON.stringify(diagnostics.slice(0, 3)));
  return program;
}

/** A flow as operators write them, again and again until it is that long. */
function longSource(bytes: number): string {
  let source = "|service| |host = 'web01'|\nprint('begins')\n";
  for (let part = 0; source.length < bytes; part += 1) {
    source += `
# part ${part}: restart a service, and tell who is on call when that fails
-> { __host__ = host, __sudo__ = true |
     ["systemctl restart \${sh(service)}": timeout = 600, retry = 3] -> [state${part} = $RESULT] }
->> print("$service restarted on $host: \${state${part}}")
=>> [/notify/on_call: "could not restart $service on $host: $ERROR", attempt = ${part}]
-> { for line in split($RESULT or '', '\\n') |
     { case line | r'^code (?<n>\\d+)': print('$n') g'ERR*': print(upper(line)) else: print('-') } }
`;
  }
  return source;
}

function timed<T>(work: () => T): [T, number] {
  const begun = performance.now();
  const value = work();
  return [value, performance.now() - begun];
}

function mapValues<K extends string>(
  record: Readonly<Record<K, number>>,
  change: (value: number) => number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries<number>(record).map(([key, value]) => [key, change(value)]),
  );
}
