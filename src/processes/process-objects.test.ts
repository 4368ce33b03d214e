import { expect, test } from "vitest";
import { systemActor } from "#objects";
import { TestEngine } from "./test-engine.ts";

test("a process has the fields that the type Process says, and is found by them, also by processes", async () => {
  const house = await TestEngine.open();
  const first = await house.start("/first", "print('done')");
  await house.ended(first);
  const id = await house.start(
    "/second",
    `print(length(find('Process', 'state = done')))
-> [/process.find: 'Process', "jobflow = '/first'"] -> print($RESULT)
-> print(find('Process', state = 'done'))`,
  );
  await house.ended(id);
  expect(await house.console(id)).toEqual(["1", `["/process/${first}"]`, `["/process/${first}"]`]);
  const { shown, named } = await house.database.read(async (tx) => {
    const { objects } = house;
    const type = await objects.get(tx, systemActor, "/system/types/Process");
    const { fields } = (await objects.toDocument(tx, type)).fields;
    const process = await objects.get(tx, systemActor, `/process/${id}`);
    return {
      shown: Object.keys((await objects.toDocument(tx, process)).fields),
      named: (fields as { name: string }[]).map(({ name }) => name),
    };
  });
  expect(shown.toSorted()).toEqual(named.toSorted());
});
