/**
 * Laws of searches: what is found is what a naive reader finds who looks at every object, in every order and page by
 * page; and what one may not read changes no answer.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import "../../../test/property-seed.ts";
import { foldText } from "#kernel";
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
      fc.constantFrom("name", "-size", "size", "id"),
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
