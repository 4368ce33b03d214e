import { expect, test } from "vitest";
import { TestEngine } from "./test-engine.ts";

test("a process finds objects by values and by a search, also below an object, and says what is wrong with one", async () => {
  const house = await TestEngine.open();
  await house.put("/system/types/Host", "Type", {
    fields: [
      { name: "cores", kind: "integer", indexed: true },
      { name: "label", kind: "string", searched: true },
    ],
  });
  await house.put("/a/h1", "Host", { cores: 4, label: "東京" });
  await house.put("/b/h2", "Host", { cores: 8, label: "大阪" });
  const id = await house.start(
    "/flow",
    `print(find('Host', cores = 4))
-> print(find('Host', 'cores >= 4'))
-> print(find('Host', "'阪'", cores = 8))
-> print(find('Host', where = 'cores > 100'))
-> [/a.find: 'Host', 'cores >= 4'] -> print($RESULT)
-> print(find('Host', 'coers = 1'))`,
  );
  expect(await house.console(id)).toEqual([
    '["/a/h1"]',
    '["/a/h1","/b/h2"]',
    '["/b/h2"]',
    "[]",
    '["/a/h1"]',
  ]);
  expect(await house.ended(id)).toMatchObject({
    state: "aborted",
    error: "aborted at line 6 in /flow: Host has no field 'coers' (at character 1)",
  });
});
