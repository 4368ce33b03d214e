import { afterEach, beforeEach, expect, test } from "vitest";
import type { Json } from "./json.ts";
import { TestStorage } from "./test-storage.ts";

let storage: TestStorage;
beforeEach(async () => {
  storage = await TestStorage.open();
});
afterEach(() => storage.close());

/** Stores values of one kind, changes the kind, and gives the values as the API shows them then. */
async function changed(
  from: Record<string, Json>,
  values: readonly Json[],
  to: Record<string, Json>,
): Promise<Json[]> {
  await storage.type("Thing", [{ name: "value", ...from }]);
  for (const [index, value] of values.entries()) {
    await storage.put(`/t/${index}`, "Thing", { value });
  }
  await storage.type("Thing", [{ name: "value", ...to }]);
  const shown: Json[] = [];
  for (const index of values.keys())
    shown.push((await storage.fields(`/t/${index}`))["value"] ?? null);
  return shown;
}

test.each<[from: Record<string, Json>, values: Json[], to: Record<string, Json>, shown: Json[]]>([
  [{ kind: "string" }, ["12", " 7 ", null], { kind: "integer" }, [12, 7, null]],
  [{ kind: "integer" }, [12, 0], { kind: "string" }, ["12", "0"]],
  [{ kind: "string" }, ["true", "false"], { kind: "boolean" }, [true, false]],
  [{ kind: "integer" }, [3], { kind: "decimal" }, [3]],
  [{ kind: "datetime" }, ["2026-04-01T09:30:00Z"], { kind: "date" }, ["2026-04-01"]],
  [{ kind: "string" }, ["a"], { kind: "choice", choices: ["a", "b"] }, ["a"]],
  [{ kind: "choice", choices: ["a"] }, ["a"], { kind: "choices", choices: ["a"] }, [["a"]]],
  [{ kind: "string" }, ["/t"], { kind: "object" }, ["/t"]],
  [{ kind: "object" }, ["/t"], { kind: "string" }, ["/t"]],
  [{ kind: "string" }, ["geheim"], { kind: "password" }, ["********"]],
  [{ kind: "string" }, ["192.0.2.1"], { kind: "ip address", indexed: true }, ["192.0.2.1"]],
])("%j with %j becomes %j", async (from, values, to, shown) => {
  await storage.put("/t", "Directory");
  expect(await changed(from, values, to)).toEqual(shown);
});

test("a value that does not fit is listed, and nothing is changed", async () => {
  await expect(
    changed({ kind: "string" }, ["1", "two", "3", "four"], { kind: "integer" }),
  ).rejects.toMatchObject({
    code: "VALUE_INVALID",
    message:
      "a field of Thing cannot change its kind: 'value' of /t/1: expected a whole number, got \"two\"; 2 values do not fit",
    details: { count: 2, faults: [{ path: "/t/1" }, { path: "/t/3" }] },
  });
  expect(await storage.fields("/t/0")).toEqual({ value: "1" });
});

test("a password never becomes readable", async () => {
  await expect(changed({ kind: "password" }, ["geheim"], { kind: "string" })).rejects.toMatchObject(
    { code: "VALUE_INVALID" },
  );
});

test("the values before are in the history of each object", async () => {
  await changed({ kind: "string" }, ["12"], { kind: "integer" });
  const [latest] = await storage.history("/t/0");
  expect(latest).toMatchObject({ operation: "update", revision: 2 });
});

test("references that a new kind makes are kept as references", async () => {
  await storage.put("/target", "Directory");
  await changed({ kind: "string" }, ["/target"], { kind: "object" });
  await expect(storage.delete("/target")).rejects.toMatchObject({ code: "OBJECT_PROTECTED" });
});
