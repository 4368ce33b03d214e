import { expect, test } from "vitest";
import { systemActor } from "../index.ts";
import { TestStorage } from "../test-storage.ts";

test("a search whose hits are far apart gives all of them, page by page, in every order", async () => {
  const store = await TestStorage.open();
  await store.type("Host", [
    { name: "size", kind: "integer" },
    { name: "rank", kind: "integer", indexed: true },
  ]);
  await store.put("/hosts", "Directory");
  const count = 2300;
  await store.change(systemActor, (change) =>
    change.inBulk(async () => {
      for (let n = 0; n < count; n += 1) {
        const name = `h${String(n).padStart(4, "0")}`;
        await change.put(`/hosts/${name}`, "Host", { size: n % 50, rank: count - n });
      }
    }),
  );
  const hits = Array.from({ length: count }, (_, n) => n).filter((n) => n % 50 === 7);
  const names = hits.map((n) => `h${String(n).padStart(4, "0")}`);
  for (const [sort, expected] of [
    ["name", names],
    ["-name", names.toReversed()],
    ["rank", names.toReversed()],
    ["-rank", names],
  ] as const) {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.read((transaction) =>
        store.storage.finder.page(transaction, systemActor, {
          type: "Host",
          search: "size = 7",
          sort,
          cursor,
          limit: 17,
        }),
      );
      found.push(...page.items.map((item) => item.name));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(found, sort).toEqual(expected);
  }
  await store.close();
});
