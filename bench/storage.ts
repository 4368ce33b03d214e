/**
 * The object storage with very many objects: filling it, finding in it, changing it; beside it the same data in one
 * plain table of the same SQLite, so that the price of types, history and permissions is a ratio.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile } from "./figure.ts";
import type { Bench, Measured } from "./main.ts";
import { nodeAt, pick, racks, randomFrom, roles, sites, statuses, zipf } from "./storage/estate.ts";
import { ObjectStore } from "./storage/object-store.ts";
import { PlainTable } from "./storage/plain-table.ts";

/** Objects written as one change: an import does so, too. */
const batch = 10_000;

export const bench: Bench = {
  summary: "import, search and change of very many objects, beside a plain table",
  async prepare({ cleanup, isQuick, objects = isQuick ? 10_000 : 1_000_000, note }) {
    const folder = mkdtempSync(join(tmpdir(), "tsunagi-storage-"));
    cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
    const store = await ObjectStore.open(join(folder, "objects.sqlite"));
    cleanup.defer(() => store.close());
    const plain = new PlainTable(join(folder, "plain.sqlite"));
    cleanup.defer(() => plain.close());

    let count = 0;
    const grow = async (by: number): Promise<{ ours: number; theirs: number }> => {
      const ours = await secondsOf(() => store.add(count, by));
      const theirs = await secondsOf(() => plain.add(count, by));
      count += by;
      return { ours: by / ours, theirs: by / theirs };
    };
    for (let left = objects; left > 0; left -= batch) {
      const { ours, theirs } = await grow(Math.min(batch, left));
      if (count % 100_000 === 0) {
        note(`${count} objects; the last at ${ours.toFixed(0)}/s, plain ${theirs.toFixed(0)}/s`);
      }
    }
    let round = 0;
    return async () => {
      round += 1;
      const random = randomFrom(round);
      const times = isQuick ? 50 : 200;
      const found: Measured[] = [];
      for (const { name, ask, askPlain } of questions(store, plain, random, () => count)) {
        const [ours, theirs] = await inTurn(times, ask, askPlain);
        found.push(
          figure(`storage/${name}/p95`, "ms", percentile(ours, 95), percentile(theirs, 95)),
        );
      }
      found.push(await updates("update-single", 1, isQuick ? 50 : 200));
      found.push(await updates("update-1000", 1000, 2));
      const { ours, theirs } = await grow(batch);
      found.push(figure("storage/import", "objects/s", ours, theirs));
      found.push(figure("storage/size", "bytes/object", store.bytes / count, plain.bytes / count));
      return found;
    };

    async function updates(name: string, size: number, times: number): Promise<Measured> {
      const random = randomFrom(round * 31 + size);
      let ours = 0;
      let theirs = 0;
      for (let n = 0; n < times; n += 1) {
        const numbers = [
          ...new Set(Array.from({ length: size }, () => Math.floor(random() * count))),
        ];
        const text = `vendor ${round} ${n}`;
        ours += await secondsOf(() => store.update(numbers, text));
        theirs += await secondsOf(() => plain.update(numbers, text));
      }
      const all = size * times;
      return figure(`storage/${name}`, "objects/s", all / ours, all / theirs);
    }
  },
};

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

/** Milliseconds of each, asked in turn. */
async function inTurn(
  times: number,
  ask: () => unknown,
  askPlain: () => unknown,
): Promise<[number[], number[]]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let n = 0; n < times; n += 1) {
    ours.push(1000 * (await secondsOf(ask)));
    theirs.push(1000 * (await secondsOf(askPlain)));
  }
  return [ours, theirs];
}

async function secondsOf(work: () => unknown): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

function figure(name: string, unit: string, ours: number, theirs: number): Measured {
  return { name, unit, value: ours, peers: { "plain-table": theirs } };
}
