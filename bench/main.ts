/**
 * The benches: `npm run bench -- NAME [--json] [--quick]`.
 *
 * Each measures a scenario several times after a warm-up, with its peers in turn in the same run, so that what
 * the machine does meanwhile meets all of them.
 */
import { parseArgs } from "node:util";
import { toJson, toRow, type Figure } from "./figure.ts";

export interface Bench {
  /** What it measures, in one line. */
  summary: string;
  /** Builds the scenery; what it opened is closed by the stack. */
  prepare(scene: Scene): Promise<Round>;
}

export interface Scene {
  cleanup: AsyncDisposableStack;
  isQuick: boolean;
  /** How many objects a storage is to hold, where one is measured. */
  objects?: number;
  /** Where a storage that was filled before is, or is kept for the next time. */
  data?: string;
  /** `postgres://…` of a database to be measured instead of SQLite; `postgres` for a PostgreSQL of the bench's own. */
  database?: string;
  /** Said once, to people: such as a peer that is missing here. */
  note: (text: string) => void;
}

/** One run: a value for each figure, and for each of its peers that is there. */
export type Round = () => Promise<Measured[]>;

export interface Measured {
  name: string;
  unit: string;
  value: number;
  peers: Readonly<Record<string, number>>;
}

const benches: Record<string, { summary: string; load: () => Promise<{ bench: Bench }> }> = {
  alert: {
    summary:
      "message in (HTTP) to first command out, at 50 messages a second, beside `ssh host true`",
    load: () => import("./alert.ts"),
  },
  engine: {
    summary: "durable steps, latency, parked processes, recovery, beside DBOS and graphile-worker",
    load: () => import("./engine.ts"),
  },
  storage: {
    summary:
      "import, search and change of very many objects (`--objects N`, `--database postgres`), beside a plain table",
    load: () => import("./storage.ts"),
  },
  idle: {
    summary: "memory of a server with SQLite that nobody asks anything",
    load: () => import("./idle.ts"),
  },
  machine: {
    summary:
      "instructions, compiling and the size of states, beside JavaScript and Lua in JavaScript",
    load: () => import("./machine.ts"),
  },
  editor: {
    summary:
      "a key in a jobflow of 2,000 lines to diagnostics, tokens and completion; its flow graph",
    load: () => import("./editor.ts"),
  },
};

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean" },
      quick: { type: "boolean" },
      objects: { type: "string" },
      data: { type: "string" },
      database: { type: "string" },
    },
  });
  const [name] = positionals;
  const chosen = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (chosen === undefined) {
    list(name);
    return name === undefined ? 0 : 2;
  }
  const { bench } = await chosen.load();
  const figures = await measure(bench, {
    isQuick: values.quick ?? false,
    ...(values.objects === undefined ? {} : { objects: Number(values.objects) }),
    ...(values.data === undefined ? {} : { data: values.data }),
    ...(values.database === undefined ? {} : { database: values.database }),
  });
  if (values.json === true) for (const each of figures) console.log(toJson(each));
  else printTable(figures);
  return 0;
}

function list(unknown: string | undefined): void {
  const lines = Object.entries(benches).map(
    ([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`,
  );
  if (unknown !== undefined) console.error(`there is no bench '${unknown}'`);
  console.log(`npm run bench -- NAME [--json] [--quick]\n\n${lines.join("\n")}`);
}

async function measure(
  bench: Bench,
  options: { isQuick: boolean; objects?: number },
): Promise<Figure[]> {
  const cleanup = new AsyncDisposableStack();
  try {
    const note = (text: string) => console.error(`note: ${text}`);
    const round = await bench.prepare({ cleanup, ...options, note });
    await round();
    const rounds: Measured[][] = [];
    for (let n = 0; n < (options.isQuick ? 3 : 5); n += 1) rounds.push(await round());
    return gather(rounds);
  } finally {
    await cleanup.disposeAsync();
  }
}

/** From runs of figures to figures with runs. */
function gather(rounds: readonly Measured[][]): Figure[] {
  const [first = []] = rounds;
  return first.map(({ name, unit, peers }) => {
    const same = rounds.flatMap((round) => round.filter((each) => each.name === name));
    return {
      name,
      unit,
      runs: same.map((each) => each.value),
      peers: Object.fromEntries(
        Object.keys(peers).map((peer) => [
          peer,
          same.map((each) => each.peers[peer] ?? Number.NaN),
        ]),
      ),
    };
  });
}

function printTable(figures: readonly Figure[]): void {
  const rows = [["figure", "median", "min – max", "runs", "beside"], ...figures.map(toRow)];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

process.exitCode = await main();
