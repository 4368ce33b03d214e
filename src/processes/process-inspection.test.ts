import { expect, test } from "vitest";
import { inspectProcess } from "./process-inspection.ts";
import { ProgramStore } from "./program-store.ts";
import { SnapshotStore } from "./snapshot-store.ts";
import { TestEngine, testSealer } from "./test-engine.ts";

async function inspect(house: TestEngine, id: number, maySee = (_user: number) => true) {
  const stores = { programs: new ProgramStore(), snapshots: new SnapshotStore(testSealer) };
  const row = await house.row(id);
  return house.database.read((tx) => inspectProcess(tx, row, stores, maySee));
}

test("a waiting process is shown with the variables of each call, secrets masked and long values cut", async () => {
  const house = await TestEngine.open();
  await house.put("/account", "Account", { user: "ops", password: "hunter2" });
  await house.put("/b", "Jobflow", { source: "|x| sleep(60)" });
  const id = await house.start(
    "/a",
    "[p = /account.password, q = ['my hunter2'], long = '0123456789'] -> { for i in range(9) | [long = long + long] } -> { __host__ = 'web01', __password__ = 'plain' | [./b: long] -> print(p, q) }",
  );
  const { frames, framesLeftOut } = await inspect(house, id);
  expect(JSON.stringify(frames)).not.toMatch(/hunter2|plain'?"/);
  expect(framesLeftOut).toBe(0);
  expect(frames.map(({ path, line, job }) => [path, line, job])).toEqual([
    ["/b", 1, "sleep(60)"],
    ["/a", 1, "[./b: long]"],
  ]);
  expect(frames[0]?.variables).toMatchObject([{ name: "x", type: "string", isCut: true }]);
  expect(frames[1]?.variables).toMatchObject([
    { name: "p", value: "********" },
    { name: "q", value: ["my ********"], isCut: false },
    { name: "long", isCut: true },
  ]);
  expect(frames[1]?.context).toEqual([
    { name: "__host__", type: "string", value: "web01", isCut: false },
    { name: "__password__", type: "string", value: "********", isCut: false },
  ]);
});

test("a flow that runs as its owner hides its values from others", async () => {
  const house = await TestEngine.open();
  await house.put("/b", "Jobflow", {
    source: "[n = 1] -> sleep(60) -> print(n)",
    runs_as: "owner",
  });
  const id = await house.start("/a", "[m = 2] -> [./b] -> print(m)");
  const { frames } = await inspect(house, id, () => false);
  expect(frames).toMatchObject([
    { path: "/b", isHidden: true, variables: [], outcome: [] },
    { path: "/a", isHidden: false, variables: [{ name: "m", value: 2 }] },
  ]);
});
