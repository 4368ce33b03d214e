import { expect, test } from "vitest";
import { commandText, openTestDatabase, succeeded, TestEngine } from "./test-engine.ts";

/** Makes a directory with so many others in it, `n000001` and so on, quicker than by a change. */
async function fill(house: TestEngine, count: number): Promise<void> {
  await house.put("/many/n000000", "Directory", {});
  await house.database.write(async (tx) => {
    const first = await tx.get<{ parent_id: number; type_id: number; acl: string }>(
      "select parent_id, type_id, acl from object where name = 'n000000'",
    );
    const name =
      house.database.dialect === "sqlite" ? "printf('n%06d', i)" : "'n' || lpad(i::text, 6, '0')";
    await tx.run(
      `insert into object (parent_id, name, type_id, owner_id, acl, revision, data, created_at, updated_at)
        with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${count - 1})
        select ${first?.parent_id}, ${name}, ${first?.type_id}, 0, '${first?.acl}', 1, '{}', 0, 0 from numbers`,
    );
  });
}

test("a loop over a directory of 100,000 keeps a page of it, also through a restart in its middle", async () => {
  const database = await openTestDatabase();
  const house = await TestEngine.open({ database });
  await fill(house, 100_000);
  const id = await house.start(
    "/flow",
    `[n = 0]
-> { for o in /many | [n = n + 1] -> { if n == 50000 | ['half'] -> print(o.name) } }
-> print(n)`,
  );
  const half = await house.handler.next();
  expect(commandText(half)).toBe("half");
  expect((await house.row(id)).snapshot?.length).toBeLessThan(20_000);
  await house.delete("/many/n070000");
  await house.put("/many/n070000-later", "Directory", {});
  await house.engine.stop();

  const again = await TestEngine.open({ database });
  const restored = again.handler.restored.find((effect) => effect.process === half.process);
  expect(restored?.number).toBe(half.number);
  await again.engine.complete(half, succeeded(""));
  expect(await again.ended(id)).toMatchObject({ state: "done" });
  expect(await again.console(id)).toEqual(["n049999", "99999"]);
  await again.engine.stop();
  await database.close();
});

test("a loop over a directory runs over what was there when it began, also where it makes, renames and deletes", async () => {
  const house = await TestEngine.open();
  await fill(house, 250);
  const id = await house.start(
    "/flow",
    `[n = 0]
-> { for o in /many
   | [n = n + 1]
     -> { if n == 20 | [/many.add: 'p', 'Directory'] -> [/many.add: 'n000020x', 'Directory'] }
     -> { if n == 30 | [o.rename: 'n000240x'] }
     -> { if n == 40 | [/many/n000200.delete] }
     -> { if n > 240 | [o.rename: 'z$n'] } }
-> print(n)
-> print(length(children(/many)))`,
  );
  expect(await house.ended(id)).toMatchObject({ error: null, state: "done" });
  expect(await house.console(id)).toEqual(["249", "251"]);
});

test("a loop over a directory that is deleted meanwhile ends", async () => {
  const house = await TestEngine.open();
  await fill(house, 150);
  const id = await house.start(
    "/flow",
    `[n = 0]
-> { for o in /many | [n = n + 1] -> { if n == 10 | [/many.delete: recursive = true] } }
-> print(n)`,
  );
  expect(await house.ended(id)).toMatchObject({ error: null, state: "done" });
  expect(await house.console(id)).toEqual(["100"]);
});
