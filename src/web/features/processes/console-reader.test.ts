import { expect, test } from "vitest";
import type { ConsoleLine } from "#contract";
import { ConsoleReader } from "./console-reader.ts";

function line(number: number): ConsoleLine {
  return { number, at: "2026-11-20T03:12:45.000Z", text: `line ${number}` };
}

function setUp(pageLines = 2) {
  const world = {
    lines: [] as ConsoleLine[],
    ended: false,
    requests: [] as number[],
    isDown: false,
  };
  const reader = new ConsoleReader(async (after) => {
    world.requests.push(after);
    if (world.isDown) throw new Error("down");
    const rest = world.lines.filter(({ number }) => number > after);
    return { lines: rest.slice(0, pageLines), ended: world.ended };
  });
  const numbers = () => reader.view.lines.map(({ number }) => number);
  return { world, reader, numbers };
}

test("reads page by page to the end, and on from there", async () => {
  const { world, reader, numbers } = setUp();
  world.lines = [line(1), line(2), line(3)];
  await reader.readOn();
  expect(numbers()).toEqual([1, 2, 3]);
  world.lines.push(line(4));
  await reader.readOn();
  expect(numbers()).toEqual([1, 2, 3, 4]);
  expect(world.requests).toEqual([0, 2, 3, 3, 4]);
});

test("hints that come at once neither double a line nor miss one", async () => {
  const { world, reader, numbers } = setUp();
  world.lines = [line(1)];
  const first = reader.readOn();
  world.lines.push(line(2));
  await Promise.all([first, reader.readOn(), reader.readOn()]);
  expect(numbers()).toEqual([1, 2]);
});

test("ends only when the last line is read", async () => {
  const { world, reader } = setUp();
  world.lines = [line(1), line(2), line(3)];
  world.ended = true;
  await reader.readOn();
  expect(reader.view).toMatchObject({ hasEnded: true });
  expect(reader.view.lines.length).toBe(3);
  const requests = world.requests.length;
  await reader.readOn();
  expect(world.requests.length).toBe(requests);
});

test("a failed read is shown, keeps what was read, and is forgotten by the next", async () => {
  const { world, reader, numbers } = setUp();
  world.lines = [line(1)];
  await reader.readOn();
  world.isDown = true;
  await reader.readOn();
  expect(reader.view.error).toBeInstanceOf(Error);
  expect(numbers()).toEqual([1]);
  world.isDown = false;
  await reader.readOn();
  expect(reader.view.error).toBeNull();
});
