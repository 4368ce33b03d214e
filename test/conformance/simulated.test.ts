import { afterEach, describe, expect, test } from "vitest";
import type { Migration, Transaction } from "#database";
import {
  fairWeather,
  SimulatedStore,
  type Fate,
  type StoreUser,
} from "../simulation/simulated-store.ts";
import { databaseConformance } from "./database.ts";

/** Somebody who uses the store, and may be killed. */
class User implements StoreUser {
  readonly name: string;
  isDead = false;
  readonly #store: SimulatedStore<User>;

  constructor(store: SimulatedStore<User>, name: string) {
    this.#store = store;
    this.name = name;
  }

  end(): void {
    this.isDead = true;
    this.#store.forget(this);
  }
}

const inTurn = {
  after: (_delayMs: number, user: User | null, _label: string, run: () => void) =>
    setImmediate(() => {
      if (user?.isDead !== true) run();
    }),
};

databaseConformance("a simulated store", () => {
  const store = new SimulatedStore<User>(inTurn);
  return {
    open: (migrations) => store.openMigrated(new User(store, "somebody"), migrations),
    isDurable: true,
    readsTakeTurns: "transactions run one after another, so that a seed decides what happens",
  };
});

const noteTable: Migration = {
  name: "test/0001-note",
  async up(transaction) {
    await transaction.run("create table note (id integer primary key, text text not null)");
  },
};
const note = (text: string) => (transaction: Transaction) =>
  transaction.insert("insert into note (text) values (?)", [text]);

describe("the fate of a transaction", () => {
  let fates: Fate[] = [];
  afterEach(() => void (fates = []));

  async function open() {
    const store = new SimulatedStore<User>(inTurn, {
      ...fairWeather,
      fate: () => fates.shift() ?? "committed",
    });
    const user = new User(store, "one");
    const database = await store.openMigrated(user, [noteTable]);
    const texts = () => store.look<{ text: string }>("select text from note order by id");
    return { store, user, database, texts: () => texts().map(({ text }) => text) };
  }

  test("refused: nothing of it is kept, and the one that asked is told", async () => {
    const { database, texts } = await open();
    fates = ["refused"];
    await expect(database.write(note("a"))).rejects.toMatchObject({ code: "STORAGE_FULL" });
    await database.write(note("b"));
    expect(texts()).toEqual(["b"]);
  });

  test.each(["conflict", "lost before"] as const)("%s: it is done again, once", async (fate) => {
    const { database, texts } = await open();
    fates = [fate];
    await database.write(note("a"));
    expect(texts()).toEqual(["a"]);
    expect(database.failure).toBeUndefined();
  });

  test("lost after: it is found out that it was kept", async () => {
    const { database, texts } = await open();
    fates = ["lost after"];
    await database.write(note("a"));
    expect(texts()).toEqual(["a"]);
  });

  test.each([
    ["unknown before", []],
    ["unknown after", ["a"]],
  ] as const)("%s: nobody is told what became of it", async (fate, kept) => {
    const { database, texts } = await open();
    fates = [fate];
    await expect(database.write(note("a"))).rejects.toMatchObject({ code: "COMMIT_UNKNOWN" });
    expect(texts()).toEqual(kept);
  });

  test.each([
    ["dies before", ["earlier"]],
    ["dies after", ["earlier", "a"]],
  ] as const)("%s: what was committed stays, and nothing else", async (fate, kept) => {
    const { store, user, database, texts } = await open();
    await database.write(note("earlier"));
    fates = [fate];
    let answers = 0;
    void database.write(note("a")).then(() => (answers += 1));
    void database.write(note("never begun")).then(() => (answers += 1));
    const other = store.open(new User(store, "another"));
    await other.write(note("of another"));
    expect([user.isDead, answers]).toEqual([true, 0]);
    expect(texts()).toEqual([...kept, "of another"]);
  });
});

test("yesterday's store comes back, and goes on", async () => {
  const store = new SimulatedStore<User>(inTurn);
  const database = await store.openMigrated(new User(store, "one"), [noteTable]);
  await database.write(note("yesterday"));
  store.mark("yesterday");
  await database.write(note("today"));
  store.restore("yesterday");
  await database.write(note("once more"));
  expect(store.look("select text from note order by id")).toEqual([
    { text: "yesterday" },
    { text: "once more" },
  ]);
});
