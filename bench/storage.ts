/**
 * The object storage with very many objects: filling it, finding in it, changing it; beside it the same data in one
 * plain table of the same SQLite or PostgreSQL, so that the price of types, history and permissions is a ratio.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile } from "./figure.ts";
import type { Bench, Measured, Scene } from "./main.ts";
import {
  directories,
  nodeAt,
  pick,
  racks,
  randomFrom,
  roles,
  sites,
  statuses,
  zipf,
} from "./storage/estate.ts";
import { ObjectStore } from "./storage/object-store.ts";
import { SqliteTable, type PlainTable } from "./storage/plain-table.ts";
import { PostgresTable } from "./storage/postgres-table.ts";
import { createDatabase, startPostgres } from "../test/fixtures/postgres.ts";

/** Objects written as one change: an import does so, too. */
const batch = 10_000;

export const bench: Bench = {
  summary: "import, search and change of very many objects, beside a plain table",
  async prepare(scene) {
    const { isQuick, objects = isQuick ? 10_000 : 1_000_000, note } = scene;
    const isEmbedded = scene.database === undefined;
    const { store, plain } = await (isEmbedded ? openSqlites(scene) : openPostgreses(scene));

    let count = await store.count();
    const grow = async (by: number): Promise<Growth> => {
      const ours = await usedBy(() => store.add(count, by));
      const theirs = await usedBy(() => plain.add(count, by));
      count += by;
      return {
        ours: by / ours.seconds,
        theirs: by / theirs.seconds,
        cpu: (1e6 * ours.cpuSeconds) / by,
        theirCpu: (1e6 * theirs.cpuSeconds) / by,
      };
    };
    /** What each took while there were few objects; unknown where they were there before. */
    const small = new Map<string, Both>();
    for (let left = objects - count; left > 0; left -= batch) {
      const { ours, theirs, cpu, theirCpu } = await grow(Math.min(batch, left));
      if (count === batch) {
        await plain.settle();
        for (const [name, both] of await medians(isQuick ? 50 : 200)) small.set(name, both);
      }
      if (count === 2 * batch) small.set("import", { ours: 1 / ours, theirs: 1 / theirs });
      if (count % 100_000 === 0) {
        note(
          `${count} objects; the last at ${ours.toFixed(0)}/s (${cpu.toFixed(0)} µs of CPU each), ` +
            `plain ${theirs.toFixed(0)}/s (${theirCpu.toFixed(0)} µs)`,
        );
      }
    }
    await plain.settle();
    const quiet = await store.lastChange();
    const changes = isQuick ? 10_000 : 100_000;
    const random = randomFrom(count);
    await store.changeOften(changes, () => Math.floor(random() * count));
    note(`${changes} changes of one object each`);
    let round = 0;
    return async () => {
      round += 1;
      const random = randomFrom(round);
      const times = isQuick ? 50 : 200;
      const found: Measured[] = [];
      for (const { name, ask, askPlain } of questions(store, plain, random, () => count)) {
        const { ours, theirs } = await inTurn(times, ask, askPlain);
        found.push(figure(`storage/${name}/p95`, "ms", ms(ours, 95), ms(theirs, 95)));
        found.push(...cpuFigure(name, "ms", cpuMs(ours), cpuMs(theirs)));
        found.push(...growth(name, { ours: ms(ours, 50), theirs: ms(theirs, 50) }));
      }
      found.push(...(await updates("update-single", 1, isQuick ? 50 : 200)));
      found.push(...(await updates("update-1000", 1000, 4)));
      found.push(await listsOfThePast(times));
      found.push(await undoing());
      const { ours, theirs, cpu, theirCpu } = await grow(batch);
      found.push(figure("storage/import", "objects/s", ours, theirs));
      found.push(...cpuFigure("import", "µs/object", cpu, theirCpu));
      found.push(...growth("import", { ours: 1 / ours, theirs: 1 / theirs }));
      const sizes = { ours: await store.bytes(), theirs: await plain.bytes() };
      found.push(figure("storage/size", "bytes/object", sizes.ours / count, sizes.theirs / count));
      return found;
    };

    /** How many times as long it takes as with few objects. */
    function growth(name: string, { ours, theirs }: Both): Measured[] {
      const before = small.get(name);
      if (before === undefined) return [];
      return [figure(`storage/growth/${name}`, "×", ours / before.ours, theirs / before.theirs)];
    }

    /** A server's time is not this process's. */
    function cpuFigure(name: string, unit: string, ours: number, theirs: number): Measured[] {
      return isEmbedded ? [figure(`storage/${name}/cpu`, unit, ours, theirs)] : [];
    }

    /** The milliseconds that each question takes. */
    async function medians(times: number): Promise<Map<string, Both>> {
      const found = new Map<string, Both>();
      for (const { name, ask, askPlain } of questions(store, plain, randomFrom(1), () => count)) {
        await inTurn(times, ask, askPlain);
        const { ours, theirs } = await inTurn(times, ask, askPlain);
        found.set(name, { ours: ms(ours, 50), theirs: ms(theirs, 50) });
      }
      return found;
    }

    async function listsOfThePast(times: number): Promise<Measured> {
      const taken: number[] = [];
      for (let n = 0; n < times; n += 1) {
        taken.push(1000 * (await secondsOf(() => store.listAt(quiet, n % directories))));
      }
      return {
        name: "storage/as-of-list/p95",
        unit: "ms",
        value: percentile(taken, 95),
        peers: {},
      };
    }

    /** Takes back a change of 10,000 objects. */
    async function undoing(): Promise<Measured> {
      const size = Math.min(batch, count);
      const first = Math.floor(randomFrom(round * 17)() * (count - size));
      const numbers = Array.from({ length: size }, (_, index) => first + index);
      const change = await store.update(numbers, `undone ${round}`);
      const seconds = await secondsOf(() => store.undo(change));
      return { name: "storage/undo-10000", unit: "objects/s", value: size / seconds, peers: {} };
    }

    async function updates(name: string, size: number, times: number): Promise<Measured[]> {
      const random = randomFrom(round * 31 + size);
      const ours = { seconds: 0, cpuSeconds: 0 };
      const theirs = { seconds: 0, cpuSeconds: 0 };
      const all = size * times;
      for (let n = 0; n < times; n += 1) {
        const numbers = [
          ...new Set(Array.from({ length: size }, () => Math.floor(random() * count))),
        ];
        const text = `vendor ${round} ${n}`;
        add(ours, await usedBy(() => store.update(numbers, text)));
        add(theirs, await usedBy(() => plain.update(numbers, text)));
      }
      const cpu = ({ cpuSeconds }: Usage): number => (1e6 * cpuSeconds) / all;
      return [
        figure(`storage/${name}`, "objects/s", all / ours.seconds, all / theirs.seconds),
        ...cpuFigure(name, "µs/object", cpu(ours), cpu(theirs)),
      ];
    }
  },
};

async function openSqlites({ cleanup, data }: Scene): Promise<Stores> {
  const folder = data ?? mkdtempSync(join(tmpdir(), "tsunagi-storage-"));
  if (data === undefined) cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  else mkdirSync(folder, { recursive: true });
  const store = await ObjectStore.open(join(folder, "objects.sqlite"));
  cleanup.defer(() => store.close());
  const plain = new SqliteTable(join(folder, "plain.sqlite"));
  cleanup.defer(() => plain.close());
  return { store, plain };
}

/** In one database, which keeps what was filled; `postgres` is one of our own, gone at the end. */
async function openPostgreses({ cleanup, database }: Scene): Promise<Stores> {
  let url = database ?? "postgres";
  if (url === "postgres") {
    const server = await startPostgres({ isDurable: true });
    cleanup.defer(() => server.stop());
    url = await createDatabase(server.url, "storage");
  }
  const store = await ObjectStore.open(url);
  cleanup.defer(() => store.close());
  const plain = await PostgresTable.open(url);
  cleanup.defer(() => plain.close());
  return { store, plain };
}

function ms(all: readonly Usage[], percent: number): number {
  return percentile(
    all.map(({ seconds }) => 1000 * seconds),
    percent,
  );
}

function cpuMs(all: readonly Usage[]): number {
  return percentile(
    all.map(({ cpuSeconds }) => 1000 * cpuSeconds),
    50,
  );
}

interface Stores {
  store: ObjectStore;
  plain: PlainTable;
}

/** A figure of ours and of the plain table. */
interface Both {
  ours: number;
  theirs: number;
}

interface Usage {
  seconds: number;
  cpuSeconds: number;
}

interface Growth {
  /** Objects a second. */
  ours: number;
  theirs: number;
  /** Microseconds of the processors for each object. */
  cpu: number;
  theirCpu: number;
}

interface Question {
  name: string;
  ask: () => Promise<unknown>;
  askPlain: () => unknown;
}

function questions(
  store: ObjectStore,
  plain: PlainTable,
  random: () => number,
  count: () => number,
): Question[] {
  // Both are asked the same: each question is made by the first and answered again by the second.
  let a = "";
  let b = "";
  let n = 0;
  return [
    {
      name: "get-by-path",
      ask: () => store.get((n = Math.floor(random() * count()))),
      askPlain: () => plain.get(n),
    },
    {
      name: "search-three-conditions",
      ask: () => {
        a = roles[zipf(roles.length, random)] ?? "";
        b = pick(statuses, random);
        n = 2 ** (1 + Math.floor(random() * 6));
        return store.find(`role = ${a} and status = ${b} and cores >= ${n}`);
      },
      askPlain: () => plain.find("role = ? and status = ? and cores >= ?", [a, b, n]),
    },
    {
      name: "search-reference",
      ask: () => {
        a = `site${Math.floor(random() * sites)}`;
        b = roles[zipf(roles.length, random)] ?? "";
        return store.find(`rack.site.name = ${a} and role = ${b}`);
      },
      askPlain: () =>
        plain.find("rack in (select id from rack where site = ?) and role = ?", [a, b]),
    },
    {
      name: "search-text",
      ask: () => {
        const { note } = nodeAt(Math.floor(random() * count()));
        a = note.slice(0, 10);
        return store.find(`'${a}'`);
      },
      askPlain: () => plain.findText(a),
    },
    {
      name: "search-text-two-characters",
      ask: () => {
        a = pick(["東京", "決済", "監視", "請求"], random);
        return store.find(`'${a}'`);
      },
      askPlain: () => plain.find("(note like ? or name like ?)", [`%${a}%`, `%${a}%`]),
    },
    {
      name: "referrers",
      ask: () => {
        n = Math.floor(random() * racks);
        return store.find(`rack = /racks/r${n}`);
      },
      askPlain: () => plain.find("rack = ?", [n]),
    },
    {
      name: "sorted-page",
      ask: () => store.find(`status = up`, { sort: "-bought" }),
      askPlain: () => plain.find("status = ? and bought > ''", ["up"]),
    },
  ];
}

/** What each takes, asked in turn. */
async function inTurn(
  times: number,
  ask: () => unknown,
  askPlain: () => unknown,
): Promise<{ ours: Usage[]; theirs: Usage[] }> {
  const ours: Usage[] = [];
  const theirs: Usage[] = [];
  for (let n = 0; n < times; n += 1) {
    ours.push(await usedBy(ask));
    theirs.push(await usedBy(askPlain));
  }
  return { ours, theirs };
}

async function secondsOf(work: () => unknown): Promise<number> {
  return (await usedBy(work)).seconds;
}

/** What a work takes: time on the wall, and of the processors, which others on a busy machine do not lengthen as much. */
async function usedBy(work: () => unknown): Promise<Usage> {
  const begun = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 };
}

function add(sum: Usage, { seconds, cpuSeconds }: Usage): void {
  sum.seconds += seconds;
  sum.cpuSeconds += cpuSeconds;
}

function figure(name: string, unit: string, ours: number, theirs: number): Measured {
  return { name, unit, value: ours, peers: { "plain-table": theirs } };
}
