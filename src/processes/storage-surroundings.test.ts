import { afterEach, beforeEach, expect, test } from "vitest";
import { createUser, findPrincipal, findUser } from "#identity";
import type { Actor, Right } from "#objects";
import { checkJobflow } from "./storage-surroundings.ts";
import { TestEngine } from "./test-engine.ts";

let house: TestEngine;
beforeEach(async () => {
  house = await TestEngine.open();
  await house.put("/ops/restart", "Jobflow", { source: "|host| |port = 22| print(host, port)" });
  await house.put("/nodes/web01", "Server", { host: "10.0.0.1" });
});
afterEach(() => house.engine.stop());

const everything = `[./restrat: 1] -> [./restart: 1, prot = 2] -> [/nodes/web02] -> [/nodes]
-> print(/nodes/web01.hots, find('Servr'), find('Server', hots = 'x'), /ops/flow, /gone/x)`;

async function said(source: string, actor?: Actor): Promise<string[]> {
  const found = await house.engine.write(async (transaction) =>
    checkJobflow(
      { objects: house.objects, transaction, actor: actor ?? (await house.root(transaction)) },
      { path: "/ops/flow", source },
    ),
  );
  return found.map(({ line, column, message, hint }) => `${line}:${column} ${message} (${hint})`);
}

test("a source is checked against what stands in the storage", async () => {
  expect(await said(everything)).toEqual([
    "1:2 nothing stands at '/ops/restrat' (Did you mean './restart'?)",
    "1:34 /ops/restart has no parameter 'prot' (Did you mean 'port'?)",
    "1:48 nothing stands at '/nodes/web02' (Did you mean '/nodes/web01'?)",
    "1:66 '/nodes' is of the type Directory and cannot be called (A call names a jobflow or a script.)",
    "2:23 an object of the type Server has no field 'hots' (Did you mean 'host'?)",
    "2:34 there is no type 'Servr' (Did you mean 'Server'?)",
    "2:59 an object of the type Server has no field 'hots' (Did you mean 'host'?)",
    "2:83 nothing stands at '/gone/x' (Make it before this flow runs, or correct the path.)",
  ]);
});

test("what the author may not see gives no warning", async () => {
  const alice = await user("alice");
  // Types are there for everybody.
  expect(await said(everything, alice)).toEqual([
    "2:34 there is no type 'Servr' (Did you mean 'Server'?)",
    "2:59 an object of the type Server has no field 'hots' (Did you mean 'host'?)",
  ]);
  await grant("/nodes", "alice", ["read"]);
  expect(await said("[/nodes/web02] -> [/ops/restrat]", alice)).toEqual([
    "1:2 nothing stands at '/nodes/web02' (Did you mean '/nodes/web01'?)",
  ]);
});

async function user(name: string): Promise<Actor> {
  return house.database.write(async (transaction) => {
    await createUser(transaction, { name });
    const found = await findUser(transaction, name);
    const principal = await findPrincipal(transaction, found?.id ?? 0, "token");
    if (principal === undefined) throw new Error(`${name} was not made`);
    return { principal, cause: { kind: "token", id: null } };
  });
}

async function grant(path: string, name: string, rights: readonly Right[]): Promise<void> {
  await house.engine.write(async (transaction) =>
    house.objects.grant(transaction, await house.root(transaction), path, { user: name }, rights),
  );
}
