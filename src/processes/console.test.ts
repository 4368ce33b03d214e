import { expect, test } from "vitest";
import { readConsole } from "./console.ts";
import { TestEngine } from "./test-engine.ts";

test("lines keep their numbers and their order when they move out of the process's own row", async () => {
  const test = await TestEngine.open();
  const process = await test.start(
    "/flow",
    "{ for n in range(100) | print('line $n') -> sleep(1) }",
  );
  for (let n = 0; n < 100; n += 1) {
    await test.until(process, (row) => row.console_lines > n && row.state === "waiting");
    test.clock.advance(1000);
  }
  await test.ended(process);
  const page = await test.database.read((tx) => readConsole(tx, process, 38, 5));
  expect(page.map(({ number, text }) => [number, text])).toEqual([
    [39, "line 38"],
    [40, "line 39"],
    [41, "line 40"],
    [42, "line 41"],
    [43, "line 42"],
  ]);
  expect((page[1]?.at ?? 0) - (page[0]?.at ?? 0)).toBe(1000);
  expect(await test.console(process)).toEqual(Array.from({ length: 100 }, (_, n) => `line ${n}`));
});

test("what an older release has printed is read as it was", async () => {
  const test = await TestEngine.open();
  const process = await test.start("/flow", "print('new')");
  await test.ended(process);
  await test.database.write(async (tx) => {
    await tx.run("update process set console_lines = 3, console_tail = ? where id = ?", [
      '3\n[7,"new"]',
      process,
    ]);
    await tx.run(
      "insert into console (process, first_line, printed_at, text) values (?, 1, 5, ?)",
      [process, "old\n[1]"],
    );
  });
  expect(await test.database.read((tx) => readConsole(tx, process, 0, 10))).toEqual([
    { number: 1, at: 5, text: "old" },
    { number: 2, at: 5, text: "[1]" },
    { number: 3, at: 7, text: "new" },
  ]);
});
