import { expect, test } from "vitest";
import { parseSearch } from "#kernel";
import { chipsOf, textOf, type Chip } from "./filter.ts";

function chips(text: string): Chip[] {
  const read = chipsOf(text);
  if ("fault" in read) throw new Error(read.fault.message);
  return read.chips;
}

test.each([
  ["", 0],
  ["status = 'down'", 1],
  ["rack.site.name = 'Tokyo' and cores >= 8 and status not in ('up', 'spare')", 3],
  ["'東京' and under /nodes", 2],
  ["(status = 'up' or status = 'down') and cores > 2", 2],
  ["<-Server.rack.status = 'down'", 1],
  ["tags exists and notes empty and `in` = 5", 3],
  ["updated > 2026-11-01 and timeout <= 90s", 2],
  ["not (a = 1 and (b = 2 or c = 3))", 1],
  ["peer = /nodes/web01", 1],
])("%s is %i chips, and the same search again", (text, count) => {
  const read = chips(text);
  expect(read).toHaveLength(count);
  const before = parseSearch(text);
  const after = parseSearch(textOf(read));
  const plain = (tree: unknown): unknown =>
    JSON.parse(JSON.stringify(tree).replaceAll(/"at":\d+/g, '"at":0'));
  expect(plain(after)).toEqual(plain(before));
});

test("a text that is no search stays, with its fault", () => {
  expect(chipsOf("status = = down")).toMatchObject({ fault: { at: expect.any(Number) } });
});

test("a value is written so that it is read as what was typed", () => {
  const of = (value: string) =>
    textOf([{ kind: "condition", condition: { way: "a", operator: "=", values: [value] } }]);
  expect(of("8")).toBe("a = 8");
  expect(of("web 01")).toBe("a = 'web 01'");
  expect(of("down")).toBe("a = 'down'");
  expect(of("or")).toBe("a = 'or'");
  expect(of("/nodes/web 01")).toBe("a = '/nodes/web 01'");
  expect(of("2026-11-01")).toBe("a = 2026-11-01");
  expect(of("x' or 'y")).toBe(String.raw`a = 'x\' or \'y'`);
});
