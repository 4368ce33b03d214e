import { afterEach, beforeEach, expect, test } from "vitest";
import { createUser } from "#identity";
import { commandText, succeeded, TestEngine } from "./test-engine.ts";

/** What jobflows do with objects, over the real storage. */
let house: TestEngine;
beforeEach(async () => {
  house = await TestEngine.open();
  await house.put("/system/types/Host", "Type", {
    fields: [
      { name: "cores", kind: "integer", max: 64 },
      { name: "peer", kind: "object" },
      { name: "price", kind: "integer", read_right: "manage" },
    ],
  });
  await house.put("/hosts/h1", "Host", { cores: 4 });
  await house.put("/hosts/h2", "Host", { cores: 8, peer: "/hosts/h1" });
  await house.put("/archive", "Directory", {});
});
afterEach(async () => {
  await house.engine.stop();
  await house.database.close();
});

async function run(source: string): Promise<{ lines: string[]; error: string | null }> {
  const id = await house.start("/flow", source);
  const { error } = await house.ended(id);
  return { lines: await house.console(id), error };
}

test("every method does what it says", async () => {
  const { lines, error } = await run(`
[/hosts.add: 'h3', 'Host', cores = 2] -> [h3 = $RESULT] -> print(h3.cores)
-> [h3.update: cores = 3] -> print(h3.cores)
-> [h3.rename: 'h4'] -> print(/hosts/h4.cores)
-> [/hosts/h4.copy: /archive] -> print($RESULT.path)
-> [/hosts/h4.move: /archive, 'old'] => print($STATUS)
-> [/hosts/h4.delete]
-> [/hosts.children] -> print($RESULT)
-> [/hosts.find: 'Host', 'cores > 4'] -> print($RESULT)
-> [/hosts/h1.refers] -> print($RESULT)
-> [/hosts/h2.history] -> print($RESULT[0].operation, $RESULT[0].after.cores)`);
  expect({ lines, error }).toEqual({
    lines: [
      "2",
      "3",
      "3",
      "/archive/h4",
      "-1",
      '["/hosts/h1","/hosts/h2"]',
      '["/hosts/h2"]',
      '["/hosts/h2"]',
      "create 8",
    ],
    error: null,
  });
});

test.each([
  ["[/hosts/h1 << {cores: 65}]", "field 'cores' of /hosts/h1: expected a number of at most 64"],
  ["[/hosts/h1.cores << 'many']", 'expected a whole number, got "many"'],
  ["[/hosts.add: 'x', 'Hots']", "there is no type 'Hots'"],
  ["[/hosts.add: 'h1', 'Host']", "there is an object at /hosts/h1 already"],
  ["[/hosts.add: 'a/b', 'Host']", "is no name"],
  ["[/hosts/h1.delete]", "/hosts/h1 cannot be deleted: /hosts/h2 (peer) refers to it"],
  ["[/hosts.find: 'Host', 'coers = 1']", "Host has no field 'coers'"],
  ["[/hosts/h1.fly: 1]", "has no field 'fly'"],
  ["[/hosts/h1.rename]", "rename needs the argument 'name'"],
  ["[/hosts/h1.update: coers = 1]", "expected the field cores"],
])("%s fails with its reason, and a flow goes on from there", async (job, message) => {
  const { lines } = await run(`${job} => print($STATUS, $REASON, $ERROR)`);
  expect(lines.join()).toContain(message);
  expect(lines[0]).toMatch(/^-1 (refused|evaluation) /);
});

test("a field that the principal may not see is read, found and shown by none of his flows", async () => {
  await house.put("/hosts/h1", "Host", { cores: 4, price: 100 });
  const source = `[h = /hosts/h1] -> [p = h.price] => print($REASON, $ERROR)
-> print(find('Host', 'price > 0')) -> print(find('Host', price = 100)) -> print(find('Host', price = null))
-> [h.history] -> print($RESULT[0].after) -> [h.price << 1] => print($REASON)`;
  await house.put("/flow", "Jobflow", { source });
  const alice = await house.engine.write(async (tx) => {
    const id = await createUser(tx, { name: "alice" });
    const root = await house.root(tx);
    for (const path of ["/flow", "/hosts"]) {
      await house.objects.grant(tx, root, path, { user: "alice" }, ["read", "write", "execute"]);
    }
    return id;
  });
  const id = await house.startSaved("/flow", {}, { principal: alice });
  expect(await house.ended(id)).toMatchObject({ error: null });
  expect(await house.console(id)).toEqual([
    "refused alice may not see the field 'price' of /hosts/h1",
    "[]",
    "[]",
    '["/hosts/h1","/hosts/h2"]',
    "{}",
    "refused",
  ]);
});

test("a type changes while a flow updates its objects, and every update counts once", async () => {
  const id = await house.start(
    "/loop",
    `[n = 0] -> { while n < 30 | [n = n + 1] -> [/hosts/h1.cores << /hosts/h1.cores + 1] -> ["step $n"] }`,
  );
  const fields = [
    { name: "cores", kind: "integer" },
    { name: "peer", kind: "object" },
  ];
  for (let step = 1; step <= 30; step += 1) {
    const effect = await house.handler.next();
    expect(commandText(effect)).toBe(`step ${step}`);
    // A field comes, goes, comes back; its order and options change, and another one changes its kind.
    const extra = {
      name: "note",
      kind: step % 4 < 2 ? "string" : "text",
      searched: step % 2 === 0,
    };
    await house.put("/system/types/Host", "Type", {
      fields: step % 3 === 0 ? fields : [extra, ...fields],
    });
    await house.engine.complete(effect, succeeded());
  }
  expect(await house.ended(id)).toMatchObject({ state: "done" });
  const { lines } = await run("print(/hosts/h1.cores)");
  expect(lines).toEqual(["34"]);
  expect(await house.history("/hosts/h1")).toHaveLength(31);
});
