import { expect, test } from "vitest";
import { arrayTypeOf, binaryArray, bulkStatement, bulkChange } from "./postgres-bulk.ts";

test.each([
  "update t set a = a + ? where id = ?",
  "update t set a = ? where id = ? and b = ?",
  "update t set a = ? where a = ?",
  "update t set a = (select 1), b = ? where id = ?",
  "insert into t (a, b) values (?, upper(?))",
  "insert into t (a) values (?) on conflict (a) do update set a = ?",
  "insert into t (a, b) values (?, 1)",
])("%s changes its rows one by one", (sql) => {
  expect(bulkChange(sql)).toBeUndefined();
});

test("an update by a key is one statement over arrays", () => {
  const update = bulkChange("update t set a = ?,\n b = ? where id = ?");
  expect(update).toEqual({ kind: "update", table: "t", columns: ["a", "b", "id"] });
  const [text, bigint] = [arrayTypeOf(25), arrayTypeOf(20)];
  if (update === undefined || text === undefined || bigint === undefined) throw new Error("none");
  expect(bulkStatement(update, [text, bigint, bigint]).replaceAll(/\s+/g, " ")).toBe(
    "update t set a = v0, b = v1 from unnest($1::text[], $2::bigint[], $3::bigint[]) as given (v0, v1, v2) where t.id = given.v2",
  );
});

test("an array in binary has its elements with their lengths, and NULL without one", () => {
  const text = arrayTypeOf(25);
  if (text === undefined) throw new Error("none");
  const hex = Buffer.from(binaryArray(text, [["é"], [null]], 0)).toString("hex");
  expect(hex).toBe("000000010000000100000019000000020000000100000002c3a9ffffffff");
});

test("an insert is one, too, in the order of its rows", () => {
  const insert = bulkChange("insert into t (a, b) values (?, ?) on conflict (a) do nothing");
  const [text, bigint] = [arrayTypeOf(25), arrayTypeOf(20)];
  if (insert === undefined || text === undefined || bigint === undefined) throw new Error("none");
  expect(bulkStatement(insert, [text, bigint]).replaceAll(/\s+/g, " ")).toBe(
    "insert into t (a, b) select v0, v1 from unnest($1::text[], $2::bigint[]) as given (v0, v1) on conflict (a) do nothing",
  );
});
