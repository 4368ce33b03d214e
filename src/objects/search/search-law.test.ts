/**
 * Laws of searches: what is found is what a naive reader finds who looks at every object, in every order and page by
 * page; and what one may not read changes no answer.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import "../../../test/property-seed.ts";
import { foldText, TsunagiError } from "#kernel";
import { systemActor, type Actor } from "../index.ts";
import { TestStorage } from "../test-storage.ts";

interface Host {
  name: string;
  text: string | null;
  size: number | null;
  peer: number | null;
  isHidden: boolean;
}

const hosts = fc.array(
  fc.record({
    text: fc.option(fc.constantFrom("東京", "東京都", "Web", "ｗｅｂ 1", "a%_b", "")),
    size: fc.option(fc.constantFrom(1, 2, 3)),
    peer: fc.option(fc.nat(5)),
    isHidden: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

type Condition = { text: string; holds: (host: Host, all: readonly Host[]) => boolean };

const peerOf = (host: Host, all: readonly Host[]): Host | undefined => {
  const peer = host.peer === null ? undefined : all[host.peer];
  return peer === undefined || peer.isHidden ? undefined : peer;
};
const contains = (value: string | null, part: string): boolean =>
  value !== null && foldText(value).includes(foldText(part));

const leaves: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom("=", "<", "<=", ">", ">=").chain((operator) =>
    fc.constantFrom(1, 2, 3).map((size): Condition => ({
      text: `size ${operator} ${size}`,
      holds: (host) => host.size !== null && compare(host.size, operator, size),
    })),
  ),
  fc.constantFrom("東", "京都", "WEB", "b 1", "%", "_").map((part): Condition => ({
    text: `text ~ '${part}'`,
    holds: (host) => contains(host.text, part) || contains(host.name, part),
  })),
  fc.constantFrom("東京", "w", "_").map((part): Condition => ({
    text: `label ~ '${part}'`,
    holds: (host) => contains(host.text, part),
  })),
  fc.constant<Condition>({ text: "label empty", holds: (host) => host.text === null }),
  fc.constantFrom(1, 2).map((size): Condition => ({
    text: `peer.size = ${size}`,
    holds: (host, all) => peerOf(host, all)?.size === size,
  })),
  fc.constantFrom(1, 2).map((size): Condition => ({
    text: `peer.size != ${size}`,
    holds: (host, all) => peerOf(host, all)?.size !== size,
  })),
  fc.constantFrom(1, 2).map((size): Condition => ({
    text: `<-Host.peer.size >= ${size}`,
    holds: (host, all) =>
      all.some(
        (other) =>
          !other.isHidden &&
          other.peer !== null &&
          all[other.peer] === host &&
          (other.size ?? 0) >= size,
      ),
  })),
);
const { conditions } = fc.letrec<{ conditions: Condition }>((tie) => ({
  conditions: fc.oneof(
    { maxDepth: 3 },
    leaves,
    tie("conditions").map(({ text, holds }): Condition => ({
      text: `not (${text})`,
      holds: (host, all) => !holds(host, all),
    })),
    fc.tuple(tie("conditions"), tie("conditions")).map(([a, b]): Condition => ({
      text: `(${a.text}) and (${b.text})`,
      holds: (host, all) => a.holds(host, all) && b.holds(host, all),
    })),
    fc.tuple(tie("conditions"), tie("conditions")).map(([a, b]): Condition => ({
      text: `(${a.text}) or (${b.text})`,
      holds: (host, all) => a.holds(host, all) || b.holds(host, all),
    })),
  ),
}));

test("a search finds what looking at every readable object finds, in every order, page by page", async () => {
  await using storage = await openStorage();
  await fc.assert(
    fc.asyncProperty(
      hosts,
      conditions,
      fc.constantFrom("name", "-size", "size", "id", "path", "-path"),
      async (given, condition, sort) => {
        const all = await storage.fill(given);
        const expected = all.filter((host) => !host.isHidden && condition.holds(host, all));
        const found = await storage.search(condition.text, sort);
        expect(found.toSorted(), condition.text).toEqual(
          expected.map(({ name }) => name).toSorted(),
        );
        expect(await storage.search(condition.text, sort, 1)).toEqual(found);
      },
    ),
    { numRuns: 150 },
  );
});

test("a search of the past finds what it found then, in every order, page by page", async () => {
  await using storage = await openStorage();
  await fc.assert(
    fc.asyncProperty(
      hosts,
      hosts,
      conditions,
      fc.constantFrom("name", "-size", "size", "id", "path", "-updated"),
      async (given, later, condition, sort) => {
        await storage.fill(given);
        const then = await storage.search(condition.text, sort);
        const moment = await storage.lastChange();
        expect(await storage.searchAsOf(moment, condition.text, sort), condition.text).toEqual(
          then,
        );
        await storage.fill(later);
        expect(await storage.searchAsOf(moment, condition.text, sort), condition.text).toEqual(
          then,
        );
        expect(await storage.searchAsOf(moment, condition.text, sort, 1)).toEqual(then);
      },
    ),
    { numRuns: 100 },
  );
});

test("a search of the past means of every kind of field what a search of now means", async () => {
  await using storage = await openStorage();
  await storage.fillThings();
  const moment = await storage.lastChange();
  for (const text of everyKind) {
    const now = await storage.answer((query) => storage.things(query), text);
    const then = await storage.answer((query) => storage.thingsAsOf(moment, query), text);
    expect(then, text).toEqual(now);
  }
});

test("what one may not read changes no answer: not what is found, not its order, not a figure", async () => {
  await using storage = await openStorage();
  await fc.assert(
    fc.asyncProperty(hosts, hosts, conditions, async (given, others, condition) => {
      const answers: unknown[] = [];
      for (const hidden of [given, others]) {
        const world = given.map((host, index) =>
          // Hidden objects are there in both worlds, and refer to the same, as ids follow from what is made.
          host.isHidden
            ? { ...host, text: hidden[index]?.text ?? null, size: hidden[index]?.size ?? null }
            : host,
        );
        await storage.fill(world);
        answers.push([
          await storage.search(condition.text, "size"),
          await storage.figures(condition.text),
        ]);
      }
      expect(answers[1], condition.text).toEqual(answers[0]);
    }),
    { numRuns: 100 },
  );
});

/** Conditions on fields of every kind; some of them are refused. */
const everyKind = [
  ...["=", "!=", "<", "<=", ">", ">=", "~", "!~"].flatMap((operator) => [
    `word ${operator} b`,
    `word ${operator} 'Ｂ'`,
    `plain ${operator} 'b c'`,
    `number ${operator} 2`,
    `money ${operator} 1.5`,
    `flag ${operator} true`,
    `day ${operator} 2026-04-02`,
    `time ${operator} 2026-04-02`,
    `time ${operator} 2026-04-02T09:00:00+09:00`,
    `span ${operator} 90s`,
    `state ${operator} up`,
    `states ${operator} up`,
    `target ${operator} /things/t1`,
    `targets ${operator} /things/t1`,
    `target ${operator} /nowhere`,
    `who ${operator} reader`,
    `team ${operator} crew`,
    `tags ${operator} db`,
    `map ${operator} x`,
    `address ${operator} 10.0.0.10`,
    `net ${operator} '10.0.0.0/8'`,
    `name ${operator} t2`,
    `type ${operator} Thing`,
    `owner ${operator} system`,
    `path ${operator} /things/t2`,
    `parent ${operator} /things`,
    `created ${operator} 2026-04-02`,
    `updated ${operator} 2020-01-01T00:00:00Z`,
    `id ${operator} 3`,
    `word ${operator} null`,
    `target.number ${operator} 2`,
    `targets.word ${operator} b`,
    `parent.name ${operator} things`,
    `<-Thing.target.number ${operator} 2`,
    `<-Thing.targets ${operator} /things/t1`,
    `target.<-Thing.targets.state ${operator} up`,
    `sealed ${operator} x`,
    `nothing ${operator} 1`,
  ]),
  ...[
    "word",
    "number",
    "states",
    "target",
    "targets",
    "tags",
    "map",
    "data",
    "name",
    "parent",
  ].flatMap((field) => [`${field} empty`, `${field} exists`, `not ${field} exists`]),
  "number in (1, 3)",
  "state not in (up)",
  "word in (a, 'b c')",
  "target in (/things/t1, /things/t2)",
  "states in (down)",
  "target under /things",
  "under /things",
  "under /",
  "not under /things",
  "'b'",
  "'秘'",
  "'東京' or number = 1",
  "target.sealed exists",
  "number.x = 1",
  "name.x = 1",
  "hidden exists",
  "hidden = 7",
  "shy exists",
  "shy = 3",
  "shy != 3",
  "target.shy = 3",
  "shy in (3, 4)",
  "target.hidden exists",
];

async function openStorage() {
  const storage = await TestStorage.open();
  await storage.type("Host", [
    { name: "label", kind: "string", searched: true },
    { name: "size", kind: "integer", indexed: true },
    { name: "peer", kind: "object", on_delete: "clear" },
  ]);
  const reader: Actor = await storage.user("reader");
  await storage.put("/hosts", "Directory");
  const { finder } = storage.storage;
  return {
    [Symbol.asyncDispose]: () => storage.close(),

    /** Objects with values of every kind, and without. */
    async fillThings(): Promise<void> {
      await storage.type("Thing", [
        { name: "word", kind: "string", searched: true, indexed: true },
        { name: "plain", kind: "string" },
        { name: "number", kind: "integer", indexed: true },
        { name: "money", kind: "decimal" },
        { name: "flag", kind: "boolean", default: false, indexed: true },
        { name: "day", kind: "date" },
        { name: "time", kind: "datetime", indexed: true },
        { name: "span", kind: "duration", indexed: true },
        { name: "state", kind: "choice", choices: ["up", "down"], default: "up" },
        { name: "states", kind: "choices", choices: ["up", "down"] },
        { name: "target", kind: "object", on_delete: "clear" },
        { name: "targets", kind: "objects", on_delete: "clear" },
        { name: "who", kind: "user" },
        { name: "team", kind: "group" },
        { name: "tags", kind: "list" },
        { name: "map", kind: "dictionary" },
        { name: "data", kind: "json" },
        { name: "address", kind: "ip address", indexed: true },
        { name: "net", kind: "network", indexed: true },
        { name: "sealed", kind: "password" },
        { name: "hidden", kind: "integer", read_right: "write" },
        { name: "shy", kind: "integer", read_right: "write", default: 3 },
      ]);
      await storage.user("member", ["crew"]);
      await storage.change(systemActor, async (change) => {
        await change.put("/things", "Directory", {});
        await change.grant("/things", "everyone", ["read"]);
        for (let index = 0; index < 8; index += 1) {
          const has = (divisor: number) => index % divisor !== 0;
          await change.put(`/things/t${index}`, "Thing", {
            word: has(3) ? (["a", "b", "b c", "Ｂ", "東京"][index % 5] ?? null) : null,
            plain: has(2) ? "b c" : null,
            number: has(4) ? index % 4 : null,
            money: has(3) ? index / 2 : null,
            ...(has(2) ? { flag: has(3) } : {}),
            day: has(4) ? `2026-04-0${1 + (index % 3)}` : null,
            time: has(4) ? `2026-04-0${1 + (index % 3)}T0${index}:00:00Z` : null,
            span: has(3) ? 30 * index : null,
            ...(has(2) ? { state: "down" } : {}),
            states: has(3) ? (has(2) ? ["up", "down"] : ["down"]) : [],
            who: has(2) ? "reader" : "member",
            team: has(3) ? "crew" : null,
            tags: has(3) ? ["db", `w${index}`, 5] : [],
            map: has(2) ? { x: index } : null,
            data: has(2) ? ["db"] : null,
            address: has(2) ? `10.0.0.${8 + index}` : "9.9.9.9",
            net: has(2) ? "10.0.0.0/8" : null,
            sealed: has(2) ? "秘" : null,
            hidden: 7,
          });
        }
        for (let index = 0; index < 8; index += 1) {
          await change.patch(`/things/t${index}`, {
            target: index % 3 === 0 ? null : `/things/t${(index * 5) % 8}`,
            targets: index % 2 === 0 ? [] : ["/things/t1", `/things/t${index - 1}`],
          });
        }
        await change.grant("/things/t5", "everyone", []);
      });
    },

    /** What is found, or how it is refused. */
    async answer(find: (query: string) => Promise<string[]>, query: string): Promise<unknown> {
      try {
        return (await find(query)).toSorted();
      } catch (error) {
        return error instanceof TsunagiError ? error.code : error;
      }
    },

    things: (search: string) =>
      storage.read(async (transaction) => {
        const query = { type: "Thing", search, limit: 100 };
        return (await finder.page(transaction, reader, query)).items.map(({ name }) => name);
      }),

    thingsAsOf: (moment: string, search: string) =>
      storage.read(async (transaction) => {
        const then = await storage.storage.past.search(transaction, reader, moment);
        const page = await then.page({ type: "Thing", search, limit: 100 });
        return page.items.map(({ name }) => name);
      }),

    /** Makes exactly these hosts. */
    async fill(given: readonly Omit<Host, "name">[]): Promise<Host[]> {
      await storage.delete("/hosts");
      await storage.change(systemActor, async (change) => {
        await change.put("/hosts", "Directory", {});
        for (const [index, { text, size }] of given.entries()) {
          await change.put(`/hosts/h${index}`, "Host", { label: text, size });
        }
        for (const [index, { peer, isHidden }] of given.entries()) {
          const target = peer === null || peer >= given.length ? null : `/hosts/h${peer}`;
          await change.patch(`/hosts/h${index}`, { peer: target });
          if (!isHidden) await change.grant(`/hosts/h${index}`, "everyone", ["read"]);
        }
      });
      return given.map((host, index) => ({ ...host, name: `h${index}` }));
    },

    async search(search: string, sort: string, limit = 100): Promise<string[]> {
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await storage.read((transaction) =>
          finder.page(transaction, reader, { type: "Host", search, sort, limit, cursor }),
        );
        names.push(...page.items.map(({ name }) => name));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return names;
    },

    lastChange: () =>
      storage.read(async (transaction) => {
        const row = await transaction.get<{ id: number }>(
          "select max(id) as id from object_change",
        );
        return String(row?.id ?? 0);
      }),

    async searchAsOf(moment: string, search: string, sort: string, limit = 100): Promise<string[]> {
      const names: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await storage.read(async (transaction) => {
          const then = await storage.storage.past.search(transaction, reader, moment);
          return then.page({ type: "Host", search, sort, limit, cursor });
        });
        names.push(...page.items.map(({ name }) => name));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return names;
    },

    figures: (search: string) =>
      storage.read((transaction) =>
        finder.statistics(transaction, reader, { type: "Host", search, field: "size", limit: 10 }),
      ),
  };
}

function compare(a: number, operator: string, b: number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return a === b;
  }
}
