import * as fc from "fast-check";
import { expect, test } from "vitest";
import { systemActor } from "./index.ts";
import type { JsonObject } from "./json.ts";
import { TestStorage } from "./test-storage.ts";

const fieldNames = ["a", "b", "c"];
const valueArbitrary = fc.oneof(
  fc.integer(),
  fc.string(),
  fc.constant(null),
  fc.array(fc.integer()),
);
const stepArbitrary = fc.record({
  path: fc.constantFrom("/x", "/y"),
  kind: fc.constantFrom("put", "patch", "patch", "delete"),
  fields: fc.dictionary(fc.constantFrom(...fieldNames), valueArbitrary, { noNullPrototype: true }),
});

/** A stored row as the history reckons with it. */
interface State {
  data: JsonObject;
  revision: number;
}

interface HistoryRow {
  object_id: number;
  revision: number;
  operation: string;
  before: string | null;
}

/** The states of all objects before a history row, from those after it. */
function undo(states: Map<number, State>, row: HistoryRow): void {
  const before = JSON.parse(row.before ?? "{}") as { data?: JsonObject; unset?: string[] };
  if (row.operation === "create") {
    states.delete(row.object_id);
    return;
  }
  const data = new Map(Object.entries(states.get(row.object_id)?.data ?? {}));
  for (const id of before.unset ?? []) data.delete(id);
  for (const [id, value] of Object.entries(before.data ?? {})) data.set(id, value);
  states.set(row.object_id, { data: Object.fromEntries(data), revision: row.revision - 1 });
}

async function snapshot(storage: TestStorage): Promise<Map<number, State>> {
  const rows = await storage.read((t) =>
    t.all<{ id: number; data: string; revision: number }>(
      "select id, data, revision from object where parent_id = 1 and name in ('x', 'y')",
    ),
  );
  return new Map(
    rows.map((row) => [
      row.id,
      { data: JSON.parse(row.data) as JsonObject, revision: row.revision },
    ]),
  );
}

test("going back through the history gives every earlier state, value by value", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(stepArbitrary, { minLength: 1, maxLength: 3 }), { maxLength: 12 }),
      async (changes) => {
        const storage = await TestStorage.open();
        try {
          await storage.type(
            "T",
            fieldNames.map((name) => ({ name, kind: "json" })),
          );
          const past: Map<number, State>[] = [];
          const changeIds: number[] = [];
          for (const steps of changes) {
            past.push(await snapshot(storage));
            await storage.change(systemActor, async (change) => {
              for (const { path, kind, fields } of steps) {
                const isThere = await isObject(change, path);
                if (kind === "put") await change.put(path, "T", fields);
                else if (isThere && kind === "patch") await change.patch(path, fields);
                else if (isThere) await change.delete(path);
              }
            });
            changeIds.push(await lastChange(storage));
          }
          const states = await snapshot(storage);
          for (let index = changes.length - 1; index >= 0; index -= 1) {
            const previous = changeIds[index - 1] ?? (await firstChange(storage, changeIds));
            const rows = await storage.read((t) =>
              t.all<HistoryRow>(
                `select object_id, revision, operation, before from object_history
                  where change_id > ? and change_id <= ? order by change_id desc`,
                [previous, changeIds[index] ?? 0],
              ),
            );
            for (const row of rows) undo(states, row);
            expect(states).toEqual(past[index]);
          }
        } finally {
          await storage.close();
        }
      },
    ),
    { numRuns: 40 },
  );
});

/** Asks inside the change's own transaction, where what it made is already there. */
async function isObject(
  change: { patch(path: string, fields: JsonObject): Promise<unknown> },
  path: string,
): Promise<boolean> {
  return change.patch(path, {}).then(
    () => true,
    () => false,
  );
}

async function lastChange(storage: TestStorage): Promise<number> {
  const row = await storage.read((t) =>
    t.get<{ id: number | null }>("select max(id) as id from object_change"),
  );
  return row?.id ?? 0;
}

/** The change before the first of the test: that of the installation and the type. */
async function firstChange(storage: TestStorage, changeIds: readonly number[]): Promise<number> {
  const row = await storage.read((t) =>
    t.get<{ id: number }>(
      `select max(change_id) as id from object_history where object_id =
        (select id from object_type where name = 'T') and change_id <= ?`,
      [changeIds[0] ?? 0],
    ),
  );
  return row?.id ?? 0;
}
