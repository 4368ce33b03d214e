import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "./actor.ts";
import { systemActor } from "./actor.ts";
import type { Json } from "./json.ts";
import { TestStorage } from "./test-storage.ts";

/** Who may do what with /people: a fields's `read_right` decides what he sees of the objects there. */
const grants = { rita: ["read"], walt: ["read", "write"], mary: ["manage"] } as const;

const fields = [
  { name: "room", kind: "string", indexed: true },
  { name: "salary", kind: "integer", indexed: true, read_right: "manage" },
  { name: "note", kind: "text", searched: true, read_right: "write" },
  { name: "boss", kind: "object", read_right: "manage", on_delete: "clear" },
  { name: "pin", kind: "string", secret: true, read_right: "manage" },
];

async function open(): Promise<{ storage: TestStorage; actors: Record<string, Actor> }> {
  let time = Date.UTC(2026, 3, 1);
  const clock = { now: () => (time += 1000), after: () => () => undefined };
  const storage = await TestStorage.open({ clock });
  await storage.type("Person", fields);
  await storage.put("/people", "Directory");
  const actors: Record<string, Actor> = {};
  for (const [name, rights] of Object.entries(grants)) {
    actors[name] = await storage.user(name);
    await storage.database.write((t) =>
      storage.storage.grant(t, systemActor, "/people", { user: name }, rights),
    );
  }
  return { storage, actors };
}

let storage: TestStorage;
let actors: Record<string, Actor>;
beforeEach(async () => {
  ({ storage, actors } = await open());
});
afterEach(() => storage.close());
const actor = (name: string): Actor => actors[name] ?? systemActor;
const denied = { code: "PERMISSION_DENIED" };

describe("a field that not everybody may see", () => {
  beforeEach(async () => {
    await storage.put("/people/ann", "Person", { room: "1", salary: 100, note: "slow" });
  });

  test("is there for who has the right on the object, and for nobody else", async () => {
    const names = async (who: string) =>
      Object.keys((await storage.document("/people/ann", actor(who))).fields);
    expect(await names("rita")).toEqual(["room"]);
    expect(await names("walt")).toEqual(["room", "note"]);
    expect(await names("mary")).toEqual(fields.map((field) => field.name));
  });

  test("is read by no program of who may not see it", async () => {
    const read = (who: string) =>
      storage.read(async (t) => {
        const object = await storage.storage.get(t, actor(who), "/people/ann");
        return storage.storage.readField(t, actor(who), object, "salary");
      });
    await expect(read("rita")).rejects.toMatchObject(denied);
    expect(await read("mary")).toMatchObject({ value: 100 });
  });

  test("is written only by who sees it; a put of the rest leaves it as it is", async () => {
    const walt = actor("walt");
    for (const salary of [100, 200]) {
      await expect(storage.patch("/people/ann", { salary }, walt)).rejects.toMatchObject(denied);
    }
    await storage.put("/people/ann", "Person", { room: "2" }, walt);
    expect(await storage.fields("/people/ann")).toMatchObject({
      room: "2",
      salary: 100,
      note: null,
    });
    await expect(storage.put("/people/ann", "Text", {}, walt)).rejects.toMatchObject(denied);
  });

  test("is not copied, and not undone, by who may not see it", async () => {
    const walt = actor("walt");
    await storage.change(walt, (change) => change.copy("/people/ann", "/people/copy"));
    expect(await storage.fields("/people/copy")).toMatchObject({ salary: null, note: "slow" });
    await storage.patch("/people/ann", { salary: 500 });
    const [last] = await storage.history("/people/ann");
    const undo = storage.database.write((t) =>
      storage.storage.undo(t, walt, { change: last?.change ?? 0 }),
    );
    await expect(undo).rejects.toMatchObject({ code: "UNDO_CONFLICT" });
    expect(await storage.fields("/people/ann")).toMatchObject({ salary: 500 });
  });

  test("cannot be unique", async () => {
    await expect(
      storage.type("Bad", [{ name: "x", kind: "string", unique: true, read_right: "write" }]),
    ).rejects.toMatchObject({ code: "VALUE_INVALID" });
  });

  test("that it is hidden from now on holds for the past, too", async () => {
    await storage.patch("/people/ann", { room: "2" });
    const [room, ...rest] = fields;
    await storage.type("Person", [{ ...room, read_right: "manage" }, ...rest]);
    const entries = await storage.read((t) =>
      storage.storage.history(t, actor("walt"), "/people/ann", { limit: 100 }),
    );
    expect(JSON.stringify(entries)).not.toContain("room");
  });
});

const people = ["a", "b", "c"] as const;
const person = fc.constantFrom(...people);
/** What is hidden is drawn in pairs: one for each world, never equal to what comes before it. */
const secrets = fc.record({
  salary: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
  note: fc.tuple(fc.constantFrom("blue moon", "red sun"), fc.constantFrom("blue moon", "red sun")),
  boss: fc.tuple(fc.option(person), fc.option(person)),
});
const step = fc.record({
  who: person,
  room: fc.constantFrom("1", "2", "3"),
  secrets,
});

test("what is hidden changes no answer: no document, list, search, order, figure, history or difference", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (steps) => {
      const answers: unknown[] = [];
      for (const world of [0, 1] as const) {
        const opened = await open();
        try {
          for (const each of people) await opened.storage.put(`/people/${each}`, "Person");
          for (const [index, { who, room, secrets: hidden }] of steps.entries()) {
            const boss = hidden.boss[world];
            await opened.storage.patch(`/people/${who}`, {
              room: `${room} ${index}`,
              // Always another value than before, as it is seen that something was changed.
              salary: hidden.salary[world] * 100 + index,
              note: `${hidden.note[world]} ${index}`,
              boss: boss === null ? null : `/people/${boss}`,
              pin: `pin ${world} ${index}`,
            });
          }
          answers.push(await ask(opened.storage, opened.actors["rita"] ?? systemActor));
        } finally {
          await opened.storage.close();
        }
      }
      expect(answers[1]).toEqual(answers[0]);
    }),
    { numRuns: 12 },
  );
});

const searches = [
  "salary > 100",
  "not salary > 100",
  "salary empty",
  "salary exists",
  "salary in (0, 100, 201)",
  "note ~ blue",
  "'blue'",
  "not 'blue'",
  "boss.room exists",
  "boss = /people/a",
  "boss != /people/a",
  "boss under /people",
  "<-Person.boss exists",
  "<-Person.boss.room ~ '1'",
  "room ~ '1' or salary = 100",
];

/** All that somebody may ask, as one value. */
async function ask(subject: TestStorage, who: Actor): Promise<unknown> {
  const { storage: objects } = subject;
  return subject.read(async (t) => {
    const attempt = async (work: () => Promise<unknown>): Promise<unknown> => {
      try {
        return JSON.stringify(await work());
      } catch (error) {
        return JSON.stringify([String(error), error]);
      }
    };
    const answers: unknown[] = [];
    const documents = async (items: Parameters<typeof objects.toDocument>[1][]) => {
      const found: unknown[] = [];
      for (const item of items) found.push(await objects.toDocument(t, item));
      return found;
    };
    for (const each of people) {
      const path = `/people/${each}`;
      answers.push(await attempt(async () => documents([await objects.get(t, who, path)])));
      answers.push(await attempt(() => objects.history(t, who, path, { limit: 100 })));
      answers.push(
        await attempt(async () =>
          (await objects.referrers(t, who, path)).map(({ object, field }) => [object.path, field]),
        ),
      );
      for (const field of ["salary", "note", "boss", "pin"]) {
        answers.push(
          await attempt(async () =>
            objects.readField(t, who, await objects.get(t, who, path), field),
          ),
          await attempt(async () =>
            objects.finder.valueAt(t, who, await objects.get(t, who, path), [field]),
          ),
        );
      }
    }
    answers.push(
      await attempt(async () =>
        documents((await objects.children(t, who, "/people", { limit: 100 })).items),
      ),
    );
    for (const search of searches) {
      for (const sort of ["name", "salary", "-note", "room"]) {
        answers.push(
          await attempt(async () => {
            const query = { search, type: "Person", sort, limit: 2, withTotal: true };
            const page = await objects.finder.page(t, who, query);
            return [await documents(page.items), page.next, page.total];
          }),
        );
      }
    }
    for (const field of ["salary", "note", "boss"]) {
      const query = { type: "Person", field, limit: 10 };
      answers.push(
        await attempt(() => objects.finder.statistics(t, who, query)),
        await attempt(() => objects.finder.duplicates(t, who, query)),
      );
    }
    const equal: [string, Json][] = [
      ["salary", 100],
      ["salary", null],
      ["note", "blue moon 0"],
      ["boss", "/people/a"],
    ];
    for (const [field, stored] of equal) {
      answers.push(
        await attempt(async () =>
          documents(await objects.search(t, who, "Person", new Map([[field, stored]]))),
        ),
      );
    }
    const past = objects.past;
    answers.push(
      await attempt(() => past.compare(t, who, "/people", { from: "1" }, { limit: 100 })),
      await attempt(() => past.changes(t, who, {}, { limit: 100 })),
      await attempt(() => past.history(t, who, "/people", { limit: 100, below: true })),
      await attempt(async () => {
        const [, before] = await objects.history(t, who, "/people/a", { limit: 2 });
        const then = await past.at(t, who, String(before?.change));
        const shown: unknown[] = [];
        for (const item of (await then.children("/people", { limit: 100 })).items) {
          shown.push(await then.toDocument(item));
        }
        return shown;
      }),
      await attempt(async () => {
        const plan = await past.planUndo(t, who, { from: "1", below: "/people" });
        return [await past.showSteps(t, who, plan.steps), plan.conflicts];
      }),
    );
    return answers;
  });
}
