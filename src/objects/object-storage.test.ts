import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TsunagiError } from "#kernel";
import { memorySealer } from "#runtime";
import { ObjectStorage, systemActor, Reference, Secret, type ChangeRecord } from "./index.ts";
import type { Json } from "./json.ts";
import { TestStorage } from "./test-storage.ts";

let storage: TestStorage;
let records: ChangeRecord[];
beforeEach(async () => {
  records = [];
  storage = await TestStorage.open({
    listeners: [{ changed: async (_transaction, record) => void records.push(record) }],
  });
  records.splice(0);
});
afterEach(() => storage.close());

describe("installing", () => {
  test("makes the shipped types and directories, and once only", async () => {
    expect(await storage.names("/system")).toEqual([
      "groups",
      "known-hosts",
      "realms",
      "settings",
      "types",
      "users",
    ]);
    expect(await storage.names("/system/types")).toEqual([
      "Account",
      "Channel",
      "Directory",
      "Group",
      "JobManager",
      "Jobflow",
      "KnownHost",
      "Process",
      "Realm",
      "Script",
      "Server",
      "Settings",
      "Text",
      "Type",
      "User",
    ]);
    await storage.database.write((t) => storage.storage.install(t));
    expect(records).toEqual([]);
  });

  test("lets fields be added to a shipped type, and none be taken from it", async () => {
    const shipped = (await storage.fields("/system/types/Server"))["fields"] as Json[];
    const rack = { name: "rack", kind: "string" };
    await storage.patch("/system/types/Server", { fields: [...shipped, rack] });
    await storage.put("/a", "Server", { host: "h" });
    for (const fields of [
      [rack],
      shipped.slice(1),
      [{ name: "host", kind: "text" }, ...shipped.slice(1)],
    ]) {
      await expect(storage.patch("/system/types/Server", { fields })).rejects.toMatchObject({
        code: "VALUE_INVALID",
        details: { field: "fields", expected: expect.stringContaining("'host' of kind string") },
      });
    }
    await storage.database.write((t) => storage.storage.install(t));
    expect(await storage.fields("/a")).toMatchObject({ host: "h", port: 22, rack: null });
  });

  test("keeps the type of types able to make types", async () => {
    for (const fields of [[], null, [{ name: "description", kind: "text" }]]) {
      await expect(storage.patch("/system/types/Type", { fields })).rejects.toMatchObject({
        code: "VALUE_INVALID",
      });
    }
    await expect(storage.put("/system/types/Type", "Type", {})).rejects.toMatchObject({
      code: "VALUE_INVALID",
    });
    await storage.put("/system/types/Later", "Type", { fields: [{ name: "x", kind: "string" }] });
  });

  test("refuses a key that does not fit the database", async () => {
    const other = new ObjectStorage({ sealer: memorySealer() });
    await expect(storage.database.write((t) => other.install(t))).rejects.toMatchObject({
      code: "KEY_FILE_INVALID",
    });
  });

  test("makes the type of types its own type", async () => {
    expect(await storage.document("/system/types/Type")).toMatchObject({
      type: "Type",
      fields: {
        fields: [
          { name: "fields", kind: "fields" },
          { name: "description", kind: "text" },
        ],
      },
    });
  });
});

describe("putting", () => {
  test("makes an object that is there afterwards", async () => {
    const id = await storage.put("/機器/web01", "Server", { host: "10.0.0.1" });
    expect(await storage.document("/機器/web01")).toMatchObject({
      id,
      path: "/機器/web01",
      name: "web01",
      type: "Server",
      owner: "system",
      revision: 1,
      fields: { host: "10.0.0.1", port: 22, user: null },
    });
  });

  test("replaces all values, and keeps the id", async () => {
    const id = await storage.put("/a", "Server", { host: "h", user: "u" });
    expect(await storage.put("/a", "Server", { host: "i" })).toBe(id);
    expect(await storage.document("/a")).toMatchObject({
      revision: 2,
      fields: { host: "i", user: null },
    });
  });

  test("the same again changes nothing", async () => {
    await storage.put("/a", "Server", { host: "h", password: "geheim" });
    records.splice(0);
    await storage.put("/a", "Server", { host: "h", password: "geheim" });
    await storage.put("/a", "Server", { host: "h", password: "********" });
    expect(await storage.document("/a")).toMatchObject({ revision: 1 });
    expect(records).toEqual([]);
  });

  test("needs the directory, unless it is to be made", async () => {
    const put = (parents: boolean) =>
      storage.change(systemActor, (change) => change.put("/x/y/z", "Text", {}, { parents }));
    await expect(put(false)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    expect((await put(true)).created).toBe(true);
    expect(await storage.document("/x/y")).toMatchObject({ type: "Directory" });
  });

  test("a refused one leaves nothing, not even the directories", async () => {
    await storage.database.write(async (transaction) => {
      const change = storage.storage.change(transaction, systemActor);
      const options = { parents: true };
      for (const [path, type, fields, revision] of [
        ["/x/a", "Server", { port: "x" }, undefined],
        ["/x/T", "Type", {}, undefined],
        ["/x/a", "Text", {}, 3],
      ] as const) {
        const put = change.put(path, type, fields, {
          ...options,
          ...(revision === undefined ? {} : { revision }),
        });
        await expect(put).rejects.toThrow(/./);
      }
      await change.finish();
    });
    expect(await storage.names("/")).toEqual(["system"]);
  });

  test("into what is no directory is refused", async () => {
    await storage.put("/a", "Text");
    await expect(storage.put("/a/b", "Text")).rejects.toMatchObject({
      code: "NAME_INVALID",
      message: "/a is a Text and holds no objects",
    });
  });

  test("an unknown type is refused with the nearest one", async () => {
    await expect(storage.put("/a", "Sever")).rejects.toMatchObject({
      code: "TYPE_UNKNOWN",
      hint: "did you mean Server?",
    });
  });

  test.each([
    "/a\u0000b",
    `/${"x".repeat(129)}`,
    "/.hidden",
    "/a\u202Eb",
    `/${"ab/".repeat(400)}x`,
  ])("the path %j is refused", async (path) => {
    await expect(storage.put(path, "Text")).rejects.toMatchObject({ code: "NAME_INVALID" });
  });

  test("names with quotes, percent signs and other alphabets are names", async () => {
    const names = ["' or 1=1 --", '"', "%", "_", "a.b", "Ａ", "サーバ", "🔗"];
    for (const name of names) await storage.put(`/d/${name}`, "Text", { text: name });
    for (const name of names) expect(await storage.fields(`/d/${name}`)).toEqual({ text: name });
    const byCodePoint = (a: string, b: string): number =>
      Buffer.compare(Buffer.from(a), Buffer.from(b));
    expect(await storage.names("/d")).toEqual(names.toSorted(byCodePoint));
  });

  test("all that is wrong with the values is said at once", async () => {
    const put = storage.put("/a", "Server", {
      hots: "h",
      port: "22",
      conntype: "telnet",
      user: "u",
    });
    await expect(put).rejects.toMatchObject({
      code: "VALUE_INVALID",
      details: {
        path: "/a",
        field: "hots",
        expected: "the field host",
        faults: [
          { path: "/a", field: "hots", expected: "the field host", got: "an unknown name" },
          { path: "/a", field: "port", expected: "a whole number", got: '"22"' },
          { path: "/a", field: "conntype", expected: "one of ssh, local", got: '"telnet"' },
        ],
      },
    });
    await expect(storage.document("/a")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  test("more than a megabyte is refused", async () => {
    const text = "あ".repeat(350_000);
    await expect(storage.put("/a", "Text", { text })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });

  test("another type takes the place of the old one, and its values", async () => {
    await storage.put("/a", "Text", { text: "x" });
    await storage.put("/a", "Server", { host: "h" });
    expect(await storage.document("/a")).toMatchObject({ type: "Server", fields: { host: "h" } });
    await storage.put("/d/x", "Text");
    await expect(storage.put("/d", "Text")).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
  });
});

describe("revisions", () => {
  test("revision 0 says that nothing is there: it makes, and never replaces", async () => {
    const put = (text: string) =>
      storage.change(systemActor, (change) => change.put("/a", "Text", { text }, { revision: 0 }));
    expect(await put("1")).toMatchObject({ created: true });
    await expect(put("2")).rejects.toMatchObject({
      code: "OBJECT_VERSION_CONFLICT",
      details: { given: 0, current: 1 },
    });
    expect(await storage.fields("/a")).toEqual({ text: "1" });
  });

  const conflict = { code: "OBJECT_VERSION_CONFLICT", details: { given: 1, current: 2 } };

  test("a stale one is refused with both, whatever is to be done", async () => {
    await storage.put("/a", "Text", { text: "1" });
    await storage.patch("/a", { text: "2" });
    const based = { revision: 1 };
    for (const work of [
      storage.change(systemActor, (change) => change.put("/a", "Text", {}, based)),
      storage.change(systemActor, (change) => change.patch("/a", { text: "3" }, based)),
      storage.change(systemActor, (change) => change.delete("/a", based)),
      storage.change(systemActor, (change) => change.move("/a", "/b", based)),
    ]) {
      await expect(work).rejects.toMatchObject(conflict);
    }
    expect(await storage.fields("/a")).toEqual({ text: "2" });
  });

  test("of what is gone does not make it anew", async () => {
    const put = storage.change(systemActor, (change) =>
      change.put("/a", "Text", {}, { revision: 3 }),
    );
    await expect(put).rejects.toMatchObject({ details: { given: 3, current: null } });
  });

  test("grow by one a change, however often it writes", async () => {
    await storage.put("/a", "Text", { text: "0" });
    await storage.change(systemActor, async (change) => {
      await change.patch("/a", { text: "1" });
      await change.patch("/a", { text: "2" });
      await change.move("/a", "/b");
    });
    expect(await storage.document("/b")).toMatchObject({ revision: 2, fields: { text: "2" } });
    expect(await storage.history("/b")).toMatchObject([{ revision: 2, before: { text: "0" } }, {}]);
  });
});

describe("reading", () => {
  test("what is not there names the path, and what may have been meant", async () => {
    await storage.put("/servers/web01", "Server");
    await expect(storage.document("/servers/web1")).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
      message: "no object at /servers/web1",
      hint: "did you mean /servers/web01?",
    });
    await expect(storage.document("/server/web01")).rejects.toMatchObject({
      hint: "did you mean /servers?",
    });
    await expect(storage.document("/zzz")).rejects.toMatchObject({ hint: undefined });
    const found = await storage.read((t) => storage.storage.find(t, systemActor, "/zzz"));
    expect(found).toBeUndefined();
  });

  test("children come in pages, in order of name", async () => {
    for (const name of ["b", "a", "c", "B", "é"]) await storage.put(`/d/${name}`, "Text");
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await storage.read((t) =>
        storage.storage.children(t, systemActor, "/d", {
          limit: 2,
          ...(after === undefined ? {} : { after }),
        }),
      );
      seen.push(...page.items.map((item) => item.name));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(["B", "a", "b", "c", "é"]);
  });

  test("a field gives its value as programs see it", async () => {
    const account = await storage.put("/account", "Account", { user: "ops" });
    await storage.put("/a", "Server", { account: "/account", password: "geheim", host: "h" });
    const read = (name: string) =>
      storage.read(async (t) =>
        storage.storage.readField(
          t,
          systemActor,
          await storage.storage.get(t, systemActor, "/a"),
          name,
        ),
      );
    expect(await read("port")).toEqual({ kind: "integer", value: 22 });
    expect(await read("account")).toEqual({
      kind: "object",
      value: new Reference(account, "/account", "Account"),
    });
    expect(await read("password")).toEqual({ kind: "password", value: new Secret("geheim") });
    expect(await read("key")).toEqual({ kind: "password", value: null });
    await expect(read("hots")).rejects.toMatchObject({
      code: "VALUE_INVALID",
      hint: "did you mean host?",
    });
  });

  test("search finds the objects of a type by their values, defaults included", async () => {
    await storage.put("/b", "Server", { host: "b", port: 2222 });
    await storage.put("/a", "Server", { host: "a" });
    await storage.put("/c", "Text");
    const search = (type: string, where: [string, string | number][] = []) =>
      storage.read(async (t) => {
        const found = await storage.storage.search(t, systemActor, type, new Map(where));
        return found.map((object) => object.path);
      });
    expect(await search("Server")).toEqual(["/a", "/b"]);
    expect(await search("/system/types/Server", [["port", 22]])).toEqual(["/a"]);
    expect(
      await search("Server", [
        ["port", 2222],
        ["host", "a"],
      ]),
    ).toEqual([]);
    await expect(search("Server", [["port", "22"]])).rejects.toMatchObject({
      code: "VALUE_INVALID",
    });
    await expect(search("Server", [["password", "x"]])).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
  });
});

describe("types", () => {
  test("a new one is there at once, with labels and options", async () => {
    await storage.type("Rack", [
      { name: "units", kind: "integer", label: { en: "Units", ja: "ユニット" }, min: 1, max: 60 },
      { name: "設置場所", kind: "string", required: true },
    ]);
    await storage.put("/r1", "Rack", { units: 42, 設置場所: "東京" });
    expect(await storage.fields("/r1")).toEqual({ units: 42, 設置場所: "東京" });
    await expect(storage.put("/r2", "Rack", { units: 61 })).rejects.toMatchObject({
      details: {
        faults: [{ expected: "a number of at most 60" }, { field: "設置場所", got: "nothing" }],
      },
    });
  });

  test("a renamed field keeps its values, also when two swap their names", async () => {
    await storage.type("T", [
      { name: "a", kind: "string" },
      { name: "b", kind: "string" },
    ]);
    await storage.put("/x", "T", { a: "1", b: "2" });
    await storage.type("T", [
      { id: "1", name: "b", kind: "string" },
      { id: "2", name: "a", kind: "string" },
    ]);
    expect(await storage.fields("/x")).toEqual({ b: "1", a: "2" });
    expect(await storage.document("/x")).toMatchObject({ revision: 1 });
  });

  test("a field that is taken away keeps its values hidden until it comes back", async () => {
    await storage.type("T", [
      { name: "a", kind: "string" },
      { name: "b", kind: "string" },
    ]);
    await storage.put("/x", "T", { a: "1", b: "2" });
    await storage.type("T", [{ name: "b", kind: "string" }]);
    expect(await storage.fields("/x")).toEqual({ b: "2" });
    await storage.put("/x", "T", { b: "3" });
    await storage.type("T", [
      { name: "a", kind: "integer" },
      { name: "b", kind: "string" },
    ]);
    expect(await storage.fields("/x")).toEqual({ a: null, b: "3" });
    await storage.type("T", [
      { name: "a", kind: "string" },
      { name: "b", kind: "string" },
    ]);
    expect(await storage.fields("/x")).toEqual({ a: "1", b: "3" });
  });

  test("a new default counts for objects that have no value", async () => {
    await storage.type("T", [{ name: "a", kind: "string" }]);
    await storage.put("/x", "T");
    await storage.put("/y", "T", { a: null });
    await storage.type("T", [{ name: "a", kind: "string", default: "d" }]);
    expect(await storage.fields("/x")).toEqual({ a: "d" });
    expect(await storage.fields("/y")).toEqual({ a: null });
  });

  test("what is wrong with a definition is said for every place", async () => {
    const put = storage.type("T", [
      { name: "1a", kind: "string" },
      { name: "b", kind: "strng" },
      { name: "c", kind: "integer", max: "x", requird: true },
      { name: "c", kind: "password", unique: true, default: "x" },
      { name: "d", kind: "choice" },
      { name: "e", kind: "integer", default: "x" },
      { name: "f", kind: "string", pattern: "(" },
      "g",
      { name: "h", kind: "fields" },
    ]);
    const error = await put.catch((failure: { details: unknown }) => failure.details);
    const faults = (error as { faults: { field: string; expected: string }[] }).faults;
    expect(faults.map(({ field }) => field)).toEqual([
      "fields[0].name",
      "fields[1].kind",
      "fields[2].max",
      "fields[2].requird",
      "fields[3].unique",
      "fields[3].default",
      "fields[3].name",
      "fields[4].choices",
      "fields[5].default",
      "fields[6].pattern",
      "fields[7]",
      "fields[8].kind",
    ]);
    expect(faults[1]?.expected).toBe("a kind such as string");
    expect(faults[3]?.expected).toBe("the option required");
  });

  test("live in their directory, and nothing else does", async () => {
    await expect(storage.put("/T", "Type")).rejects.toMatchObject({ code: "NAME_INVALID" });
    await expect(storage.put("/system/types/x", "Text")).rejects.toMatchObject({
      code: "NAME_INVALID",
    });
  });

  test("can be renamed, and deleted when nothing is of them", async () => {
    await storage.type("T", [{ name: "a", kind: "string" }]);
    await storage.put("/x", "T", { a: "1" });
    await storage.change(systemActor, (c) => c.move("/system/types/T", "/system/types/U"));
    expect(await storage.document("/x")).toMatchObject({ type: "U", fields: { a: "1" } });
    await expect(storage.delete("/system/types/U")).rejects.toMatchObject({
      code: "OBJECT_PROTECTED",
    });
    await storage.delete("/x");
    await storage.delete("/system/types/U");
    await expect(storage.put("/x", "U")).rejects.toMatchObject({ code: "TYPE_UNKNOWN" });
  });

  test("a change that was rolled back is not remembered", async () => {
    await storage.type("T", [{ name: "a", kind: "string" }]);
    await storage.put("/x", "T", { a: "1" });
    const refused = storage.change(systemActor, async (change) => {
      await change.put("/system/types/T", "Type", { fields: [{ name: "b", kind: "string" }] });
      await change.patch("/x", { b: "2" });
      throw new Error("no");
    });
    await expect(refused).rejects.toThrow("no");
    expect(await storage.fields("/x")).toEqual({ a: "1" });
    await storage.type("T", [{ name: "c", kind: "string" }]);
    expect(await storage.fields("/x")).toEqual({ c: null });
  });

  test("a unique value is had once, in each type, from the moment the type asks for it", async () => {
    await storage.type("T", [{ name: "n", kind: "integer" }]);
    await storage.put("/x", "T", { n: 1 });
    await storage.put("/y", "T", { n: 1 });
    const unique = [{ name: "n", kind: "integer", unique: true }];
    await expect(storage.type("T", unique)).rejects.toMatchObject({ code: "VALUE_INVALID" });
    await storage.patch("/y", { n: 2 });
    await storage.type("T", unique);
    await expect(storage.patch("/y", { n: 1 })).rejects.toMatchObject({
      code: "VALUE_INVALID",
      details: { field: "n", expected: "a value that no other T has", got: "1" },
    });
    await storage.patch("/x", { n: null });
    await storage.patch("/y", { n: 1 });
    await storage.delete("/y");
    await storage.patch("/x", { n: 1 });
    const found = await storage.read((t) =>
      storage.storage.search(t, systemActor, "T", new Map([["n", 1]])),
    );
    expect(found.map((object) => object.path)).toEqual(["/x"]);
  });
});

describe("references", () => {
  const define = (on_delete: string) =>
    storage.type("T", [
      { name: "to", kind: "object", on_delete },
      { name: "all", kind: "objects", on_delete },
    ]);

  test("follow their target wherever it moves", async () => {
    await define("protect");
    await storage.put("/a/x", "T");
    await storage.put("/b", "T", { to: "/a/x", all: ["/a/x", "/a"] });
    await storage.change(systemActor, (change) => change.move("/a", "/c"));
    expect(await storage.fields("/b")).toEqual({ to: "/c/x", all: ["/c/x", "/c"] });
  });

  test("protect their target from being deleted, and say who refers to it", async () => {
    await define("protect");
    await storage.put("/a/x", "T");
    await storage.put("/b", "T", { to: "/a/x" });
    await expect(storage.delete("/a")).rejects.toMatchObject({
      code: "OBJECT_PROTECTED",
      message: "/a cannot be deleted: /b (to) refers to it",
    });
    await storage.patch("/b", { to: null });
    await storage.delete("/a");
  });

  test("of very many that protect are counted, and not all listed", async () => {
    await storage.type("Host", [{ name: "rack", kind: "object" }]);
    await storage.put("/r", "Text");
    await storage.change(systemActor, async (change) => {
      for (let n = 0; n < 150; n += 1) await change.put(`/h${n}`, "Host", { rack: "/r" });
    });
    const failure = await storage.delete("/r").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "OBJECT_PROTECTED", details: { count: 150 } });
    expect((failure as TsunagiError).details["referrers"]).toHaveLength(100);
  });

  test("inside of what is deleted forbid nothing", async () => {
    await define("protect");
    await storage.put("/a/x", "T");
    await storage.put("/a/y", "T", { to: "/a/x", all: ["/a"] });
    await storage.delete("/a");
    expect(await storage.names("/")).toEqual(["system"]);
  });

  test("are cleared where the field says so, as a part of the change", async () => {
    await define("clear");
    await storage.put("/x", "T");
    await storage.put("/b", "T", { to: "/x", all: ["/system", "/x"] });
    records.splice(0);
    await storage.delete("/x");
    expect(await storage.fields("/b")).toEqual({ to: null, all: ["/system"] });
    expect(records).toHaveLength(1);
    expect(await storage.history("/b")).toMatchObject([{ revision: 2 }, { revision: 1 }]);
  });

  test("take what refers with them where the field says cascade, in circles, too", async () => {
    await define("cascade");
    await storage.put("/x", "T");
    await storage.put("/y", "T", { to: "/x" });
    await storage.patch("/x", { to: "/y" });
    await storage.put("/d/z", "T", { all: ["/y"] });
    await storage.delete("/x");
    expect(await storage.names("/")).toEqual(["d", "system"]);
    expect(await storage.names("/d")).toEqual([]);
  });

  test("to what is not there, or of another type, are refused", async () => {
    await expect(storage.put("/a", "Server", { account: "/nowhere" })).rejects.toMatchObject({
      details: { field: "account", got: '"/nowhere"' },
    });
    await expect(storage.put("/a", "Server", { account: "/system" })).rejects.toMatchObject({
      details: { expected: "the path of an object of type Account; /system is of type Directory" },
    });
  });

  test("can be asked for from the other end", async () => {
    await storage.put("/account", "Account");
    await storage.put("/a", "Server", { account: "/account" });
    const found = await storage.read((t) => storage.storage.referrers(t, systemActor, "/account"));
    expect(found).toMatchObject([{ object: { path: "/a" }, field: "account" }]);
  });

  test("of a field that was taken away protect nothing, and come back with it", async () => {
    await define("protect");
    await storage.put("/x", "T");
    await storage.put("/y", "T");
    await storage.put("/b", "T", { to: "/x", all: ["/x", "/y"] });
    await storage.type("T", []);
    await storage.delete("/x");
    await define("protect");
    expect(await storage.fields("/b")).toEqual({ to: null, all: ["/y"] });
    await expect(storage.delete("/y")).rejects.toMatchObject({ code: "OBJECT_PROTECTED" });
  });
});

describe("deleting and moving", () => {
  test("a directory that holds something needs to be told", async () => {
    await storage.put("/a/b", "Text");
    const remove = storage.change(systemActor, (change) => change.delete("/a"));
    await expect(remove).rejects.toMatchObject({ code: "OBJECT_NOT_EMPTY" });
    await storage.delete("/a");
    expect(await storage.names("/")).toEqual(["system"]);
  });

  test.each(["/", "/system", "/system/types", "/system/types/Server", "/system/users"])(
    "%s is part of the system",
    async (path) => {
      await expect(storage.delete(path)).rejects.toMatchObject({
        code:
          path === "/system/types/Server" ? "OBJECT_PROTECTED" : expect.stringMatching(/PROTECTED/),
      });
    },
  );

  test("a moved directory takes what is in it along, and changes one object", async () => {
    await storage.put("/a/b/c", "Text", { text: "x" });
    await storage.put("/d", "Directory");
    records.splice(0);
    await storage.change(systemActor, (change) => change.move("/a", "/d/e"));
    expect(await storage.fields("/d/e/b/c")).toEqual({ text: "x" });
    expect(records).toMatchObject([
      { entries: [{ before: { path: "/a" }, after: { path: "/d/e" }, changed: [] }] },
    ]);
  });

  test("a move into itself, onto another, or out of what is no directory is refused", async () => {
    await storage.put("/a/b", "Text");
    await storage.put("/c", "Text");
    const move = (from: string, to: string) =>
      storage.change(systemActor, (change) => change.move(from, to));
    await expect(move("/a", "/a/d")).rejects.toMatchObject({ code: "NAME_INVALID" });
    await expect(move("/a/b", "/c")).rejects.toMatchObject({ code: "OBJECT_EXISTS" });
    await expect(move("/a/b", "/c/d")).rejects.toMatchObject({ code: "NAME_INVALID" });
    await expect(move("/a/b", "/system/types/b")).rejects.toMatchObject({ code: "NAME_INVALID" });
    await expect(move("/a/b", "/zzz/b")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  test("an id is never given again", async () => {
    const first = await storage.put("/a", "Text");
    await storage.delete("/a");
    expect(await storage.put("/a", "Text")).toBeGreaterThan(first);
  });
});

describe("changes", () => {
  test("tell listeners what was and what is, once, with secrets masked", async () => {
    await storage.put("/a", "Server", { host: "h", password: "geheim" });
    records.splice(0);
    await storage.change(systemActor, async (change) => {
      await change.patch("/a", { host: "i", password: "neu" });
      await change.put("/b", "Text", {});
      await change.patch("/a", { port: 23 });
    });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      isDraft: false,
      entries: [
        {
          before: {
            path: "/a",
            revision: 1,
            fields: { host: "h", port: 22, password: "********" },
          },
          after: { path: "/a", revision: 2, fields: { host: "i", port: 23, password: "********" } },
          changed: ["host", "port", "password"],
        },
        { before: null, after: { path: "/b", type: "Text" } },
      ],
    });
  });

  test("can be refused by a listener, and then nothing has happened", async () => {
    const strict = await TestStorage.open({
      listeners: [
        {
          async changed(_transaction, { entries }) {
            if (entries.some(({ after }) => after?.type === "Text")) throw new Error("no texts");
          },
        },
      ],
    });
    await expect(strict.put("/x/y", "Text")).rejects.toThrow("no texts");
    expect(await strict.names("/")).toEqual(["system"]);
    await strict.close();
  });

  test("that a savepoint took back are in no history", async () => {
    await storage.put("/a", "Text", { text: "1" });
    await storage.database.write(async (transaction) => {
      const change = storage.storage.change(transaction, systemActor);
      const lost = transaction.savepoint(async () => {
        await change.patch("/a", { text: "2" });
        await change.put("/b", "Text", {});
        throw new Error("no");
      });
      await expect(lost).rejects.toThrow("no");
      expect(await change.finish()).toBe(undefined);
    });
    expect(await storage.history("/a")).toHaveLength(1);
    await storage.database.write(async (transaction) => {
      const change = storage.storage.change(transaction, systemActor);
      await change.patch("/a", { text: "2" });
      const lost = transaction.savepoint(async () => {
        await change.patch("/a", { text: "3" });
        throw new Error("no");
      });
      await expect(lost).rejects.toThrow("no");
      await change.finish();
    });
    expect(await storage.document("/a")).toMatchObject({ revision: 2, fields: { text: "2" } });
    expect(await storage.history("/a")).toMatchObject([{ before: { text: "1" } }, {}]);
  });

  test("carry author, cause and reason into the history, and never a password", async () => {
    const alice = await storage.user("alice");
    await storage.put("/a", "Server", { password: "geheim", host: "h" });
    await storage.database.write((t) =>
      storage.storage.grant(t, systemActor, "/a", { user: "alice" }, ["read", "write"]),
    );
    const cause = { kind: "process", id: "/process/17" } as const;
    await storage.patch(
      "/a",
      { password: "neu", host: null },
      { ...alice, cause, reason: "ticket 5" },
    );
    expect(await storage.history("/a")).toMatchObject([
      {
        author: "alice",
        cause: "process /process/17",
        reason: "ticket 5",
        operation: "update",
        revision: 3,
        before: { password: "********", host: "h" },
      },
      { author: "system", cause: "system", revision: 2, before: {} },
      { operation: "create", revision: 1, before: {} },
    ]);
    expect(JSON.stringify(await storage.history("/a"))).not.toContain("geheim");
  });

  test("pages of the history follow each other", async () => {
    await storage.put("/a", "Text", { text: "1" });
    for (const text of ["2", "3", "4"]) await storage.patch("/a", { text });
    const page = (before?: number) =>
      storage.read((t) =>
        storage.storage.history(t, systemActor, "/a", {
          limit: 2,
          ...(before === undefined ? {} : { before }),
        }),
      );
    const first = await page();
    expect(first.map((entry) => entry.revision)).toEqual([4, 3]);
    const second = await page(first.at(-1)?.change);
    expect(second.map((entry) => entry.revision)).toEqual([2, 1]);
  });
});

describe("virtual objects", () => {
  test("users and groups read and list like objects", async () => {
    await storage.user("alice", ["operators"]);
    await storage.user("bob");
    expect(await storage.names("/system/users")).toEqual(["alice", "bob"]);
    expect(await storage.document("/system/users/alice")).toMatchObject({
      id: null,
      path: "/system/users/alice",
      type: "User",
      fields: { full_name: null },
    });
    expect(await storage.document("/system/groups/operators")).toMatchObject({ type: "Group" });
    await expect(storage.document("/system/users/carol")).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  test("cannot be written as objects", async () => {
    await storage.user("alice");
    await expect(storage.put("/system/users/alice", "User")).rejects.toMatchObject({
      code: "METHOD_NOT_ALLOWED",
    });
    await expect(storage.delete("/system/users/alice")).rejects.toMatchObject({
      code: "METHOD_NOT_ALLOWED",
    });
  });
});
