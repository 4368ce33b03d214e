/**
 * The object storage with very many objects: filling it, finding in it, changing it; beside it the same data in one
 * plain table of the same SQLite, so that the price of types, history and permissions is a ratio.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile } from "./figure.ts";
import type { Bench, Measured } from "./main.ts";
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
import { PlainTable } from "./storage/plain-table.ts";

/** Objects written as one change: an import does so, too. */
const batch = 10_000;

export const bench: Bench = {
  summary: "import, search and change of very many objects, beside a plain table",
  async prepare({ cleanup, isQuick, objects = isQuick ? 10_000 : 1_000_000, data, note }) {
    const folder = data ?? mkdtempSync(join(tmpdir(), "tsunagi-storage-"));
    if (data === undefined) cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
    else mkdirSync(folder, { recursive: true });
    const store = await ObjectStore.open(join(folder, "objects.sqlite"));
    cleanup.defer(() => store.close());
    const plain = new PlainTable(join(folder, "plain.sqlite"));
    cleanup.defer(() => plain.close());

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
    for (let left = objects - count; left > 0; left -= batch) {
      const { ours, theirs, cpu, theirCpu } = await grow(Math.min(batch, left));
      if (count % 100_000 === 0) {
        note(
          `${count} objects; the last at ${ours.toFixed(0)}/s (${cpu.toFixed(0)} µs of CPU each), ` +
            `plain ${theirs.toFixed(0)}/s (${theirCpu.toFixed(0)} µs)`,
        );
      }
    }
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
        const p95 = (all: readonly Usage[]): number =>
          percentile(
            all.map(({ seconds }) => 1000 * seconds),
            95,
          );
        const cpu = (all: readonly Usage[]): number =>
          percentile(
            all.map(({ cpuSeconds }) => 1000 * cpuSeconds),
            50,
          );
        found.push(figure(`storage/${name}/p95`, "ms", p95(ours), p95(theirs)));
        found.push(figure(`storage/${name}/cpu`, "ms", cpu(ours), cpu(theirs)));
      }
      found.push(...(await updates("update-single", 1, isQuick ? 50 : 200)));
      found.push(...(await updates("update-1000", 1000, 4)));
      found.push(await listsOfThePast(times));
      found.push(await undoing());
      const { ours, theirs, cpu, theirCpu } = await grow(batch);
      found.push(figure("storage/import", "objects/s", ours, theirs));
      found.push(figure("storage/import/cpu", "µs/object", cpu, theirCpu));
      found.push(figure("storage/size", "bytes/object", store.bytes / count, plain.bytes / count));
      return found;
    };

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
        figure(`storage/${name}/cpu`, "µs/object", cpu(ours), cpu(theirs)),
      ];
    }
  },
};

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
      askPlain: () =>
        plain.find("id in (select rowid from node_text where node_text match ?)", [`"${a}"`]),
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
