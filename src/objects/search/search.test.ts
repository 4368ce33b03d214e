import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemActor, type Actor } from "../index.ts";
import { TestStorage } from "../test-storage.ts";

/** A small estate: sites hold racks, racks hold servers. */
describe("a search", () => {
  let storage: TestStorage;
  let taro: Actor;

  beforeAll(async () => {
    storage = await TestStorage.open();
    await storage.type("Site", [{ name: "city", kind: "string", searched: true }]);
    await storage.type("Rack", [{ name: "site", kind: "object", types: ["Site"] }]);
    await storage.type("Machine", [
      { name: "rack", kind: "object", types: ["Rack"], on_delete: "clear" },
      { name: "others", kind: "objects" },
      { name: "host", kind: "string", unique: true },
      { name: "note", kind: "text", searched: true },
      { name: "remark", kind: "string" },
      {
        name: "status",
        kind: "choice",
        choices: [{ value: "up", label: { en: "Up", ja: "稼働中" } }, "down"],
        indexed: true,
        default: "up",
      },
      { name: "cores", kind: "integer", indexed: true, min: 1 },
      { name: "price", kind: "decimal" },
      { name: "bought", kind: "date", indexed: true },
      { name: "seen", kind: "datetime" },
      { name: "wait", kind: "duration" },
      { name: "spare", kind: "boolean" },
      { name: "tags", kind: "list" },
      { name: "address", kind: "ip address", indexed: true },
      { name: "secret", kind: "password" },
    ]);
    await storage.put("/sites/tokyo", "Site", { city: "東京都" });
    await storage.put("/sites/osaka", "Site", { city: "大阪府" });
    await storage.put("/racks/t1", "Rack", { site: "/sites/tokyo" });
    await storage.put("/racks/o1", "Rack", { site: "/sites/osaka" });
    await storage.put("/racks/empty", "Rack");
    await storage.put("/servers/a", "Machine", {
      rack: "/racks/t1",
      host: "a.example.com",
      note: "Database ﾏｽﾀｰ 100%",
      remark: "Old_One",
      cores: 8,
      price: 10.5,
      bought: "2026-04-01",
      seen: "2026-11-01T12:00:00Z",
      wait: "1h",
      spare: true,
      tags: ["db", "prod"],
      address: "192.0.2.10",
      secret: "s3cret",
    });
    await storage.put("/servers/b", "Machine", {
      rack: "/racks/o1",
      others: ["/servers/a", "/sites/tokyo"],
      host: "b.example.com",
      note: "東京のウェブサーバ",
      status: "down",
      cores: 16,
      bought: "2026-05-01",
      address: "192.0.2.9",
    });
    await storage.put("/servers/deep/c", "Machine", { host: "c.example.com", cores: 8 });
    taro = await storage.user("taro");
    await storage.database.write(async (transaction) => {
      await storage.storage.grant(transaction, systemActor, "/servers/b", { user: "taro" }, [
        "read",
      ]);
      await storage.storage.grant(transaction, systemActor, "/racks/o1", { user: "taro" }, [
        "read",
      ]);
    });
  });
  afterAll(() => storage.close());

  async function find(search: string, actor = systemActor, options: object = {}): Promise<string> {
    return storage.read(async (transaction) => {
      const page = await storage.storage.finder.page(transaction, actor, {
        search,
        type: "Machine",
        limit: 100,
        withTotal: true,
        ...options,
      });
      expect(page.total).toEqual({ count: page.items.length, isExact: true });
      return page.items.map((item) => item.name).join(" ");
    });
  }

  test.each([
    ["", "a b c"],
    ["host = 'a.example.com'", "a"],
    ["host != 'a.example.com'", "b c"],
    ["remark = Old_One", "a"],
    ["remark empty", "b c"],
    ["remark exists", "a"],
    ["remark = null", "b c"],
    ["remark ~ old", "a"],
    ["remark ~ 'l_o'", ""],
    ["remark ~ 'd_o'", "a"],
    ["remark !~ OLD", "b c"],
    ["status = up", "a c"],
    ["status = 稼働中", "a c"],
    ["status = up and cores = 8", "a c"],
    ["not status = up", "b"],
    ["status in (up, down) and cores > 8", "b"],
    ["cores >= 8 and cores < 16", "a c"],
    ["cores > 0", "a b c"],
    ["cores in (16, 17) or host ~ 'C.'", "b c"],
    ["price > 10 and price <= 10.5", "a"],
    ["bought > 2026-04-01", "b"],
    ["bought <= '2026-04-01'", "a"],
    ["bought empty", "c"],
    ["bought not in (2026-04-01)", "b c"],
    ["seen = 2026-11-01", "a"],
    ["seen > 2026-11-01", ""],
    ["seen >= 2026-11-01T12:00:00Z", "a"],
    ["seen < 2026-11-01T21:00:01+09:00", "a"],
    ["wait = 60m", "a"],
    ["spare = true", "a"],
    ["spare != true", "b c"],
    ["tags = db", "a"],
    ["tags exists", "a"],
    ["address > 192.0.2.9", "a"],
    ["address = 192.0.2.9", "b"],
    ["rack.site.city = 東京都", "a"],
    ["rack.site.name = tokyo", "a"],
    ["rack.site.city != 東京都", "b c"],
    ["rack.site = /sites/osaka", "b"],
    ["rack = /racks/t1", "a"],
    ["rack in (/racks/t1, /racks/o1)", "a b"],
    ["rack empty", "c"],
    ["rack under /racks", "a b"],
    ["rack.site.city empty", "c"],
    ["others = /servers/a", "b"],
    ["others.name = tokyo", "b"],
    ["others.host = 'a.example.com'", "b"],
    ["<-Machine.others.status = down", "a"],
    ["<-Machine.others exists", "a"],
    ["<-Machine.others empty", "b c"],
    ["<-Machine.others = /servers/b", "a"],
    ["'東京'", "b"],
    ["'京'", "b"],
    ["'マスター'", "a"],
    ["'ＤＡＴＡ'", "a"],
    ["'100%'", "a"],
    ["'00%'", "a"],
    ["'1%'", ""],
    ["'%'", "a"],
    ["text ~ 'ウェブ'", "b"],
    ["note ~ 'サーバ' and note ~ 'ウ'", "b"],
    ["' '", "a"],
    ["name = a or name = b", "a b"],
    ["name ~ A", "a"],
    ["name > a", "b c"],
    ["path = /servers/a", "a"],
    ["parent = /servers", "a b"],
    ["parent.name = deep", "c"],
    ["parent under /servers", "c"],
    ["under /servers", "a b c"],
    ["under /servers/deep", "c"],
    ["under /", "a b c"],
    ["not under /servers/deep", "a b"],
    ["type = Machine", "a b c"],
    ["type ~ ACH", "a b c"],
    ["type != Machine", ""],
    ["owner = system", "a b c"],
    ["owner = nobody", ""],
    ["created > 2020-01-01 and updated > 2020-01-01T00:00:00Z", "a b c"],
    ["created < 2020-01-01", ""],
  ])("%s finds %s", async (search, names) => {
    expect(await find(search)).toBe(names);
  });

  test.each([
    ["secret = s3cret", "PERMISSION_DENIED"],
    ["secret exists", "PERMISSION_DENIED"],
    ["hots = 1", "SEARCH_INVALID"],
    ["rack.stie.name = 1", "SEARCH_INVALID"],
    ["host.name = 1", "SEARCH_INVALID"],
    ["rack > 1", "SEARCH_INVALID"],
    ["rack = /nowhere", "SEARCH_INVALID"],
    ["cores ~ 8", "SEARCH_INVALID"],
    ["cores = many", "VALUE_INVALID"],
    ["status = broken", "VALUE_INVALID"],
    ["<-Machine.host = x", "SEARCH_INVALID"],
    ["<-Mahcine.rack exists", "TYPE_UNKNOWN"],
    ["and", "SEARCH_INVALID"],
    ["path ~ x", "SEARCH_INVALID"],
  ])("%s is refused: %s", async (search, code) => {
    await expect(find(search)).rejects.toMatchObject({ code });
  });

  test("suggests the field that may have been meant", async () => {
    await expect(find("hots = 1")).rejects.toMatchObject({ hint: "did you mean host?" });
  });

  test("without a type looks at all objects", async () => {
    const all = { type: undefined };
    expect(await find("'東京'", systemActor, all)).toBe("tokyo b");
    expect(await find("city = 東京都", systemActor, all)).toBe("tokyo");
    expect(await find("name = a", systemActor, all)).toBe("a");
    expect(await find("type in (Site, Rack) and under /racks", systemActor, all)).toBe(
      "t1 o1 empty",
    );
    expect(await find("type = Rack and <-Machine.rack empty", systemActor, all)).toBe("empty");
    expect(
      await find("type = Site and <-Rack.site.<-Machine.rack.cores = 16", systemActor, all),
    ).toBe("osaka");
  });

  test("gives in every order all objects once, page by page, those without a value last", async () => {
    for (const [sort, expected] of [
      ["name", "a b c"],
      ["-name", "c b a"],
      ["id", "a b c"],
      ["-updated", ""],
      ["cores", "a c b"],
      ["-cores", "b a c"],
      ["bought", "a b c"],
      ["-bought", "b a c"],
      ["address", "b a c"],
      ["-address", "a b c"],
      ["price", "a b c"],
      ["status", "b a c"],
    ] as const) {
      for (const search of ["", "cores > 0 and not name = x", "host ~ example"]) {
        const names = await pages(search, sort);
        if (expected !== "") expect(`${sort} ${names.join(" ")}`).toBe(`${sort} ${expected}`);
        expect(names.toSorted()).toEqual(["a", "b", "c"]);
      }
    }
  });

  test("cannot be sorted by what has no order", async () => {
    for (const sort of ["rack", "secret", "nothing", "tags"]) {
      await expect(find("", systemActor, { sort })).rejects.toMatchObject({
        code: "SEARCH_INVALID",
      });
    }
    await expect(find("", systemActor, { cursor: "x" })).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
    });
  });

  test("finds only what the actor may read, and follows no reference to anything else", async () => {
    expect(await find("", taro)).toBe("b");
    expect(await find("cores >= 8", taro)).toBe("b");
    expect(await find("rack.name = o1", taro)).toBe("b");
    expect(await find("rack.site.name = osaka", taro)).toBe("");
    expect(await find("others.host ~ a", taro)).toBe("");
    await expect(find("rack.site = /sites/osaka", taro)).rejects.toMatchObject({
      code: "SEARCH_INVALID",
    });
    expect(await find("<-Machine.others exists", taro)).toBe("");
  });

  test("sees what has changed", async () => {
    await storage.put("/more/x", "Machine", { host: "x.example.com", note: "ある", cores: 4 });
    const more = { directory: "/more" };
    expect(await find("'ある'", systemActor, more)).toBe("x");
    await storage.patch("/more/x", { note: "いる", cores: 5, status: "down" });
    expect(await find("'ある' or cores = 4 or status = up", systemActor, more)).toBe("");
    expect(await find("'いる' and cores = 5 and status = down", systemActor, more)).toBe("x");
    await storage.change(systemActor, (change) => change.move("/more/x", "/more/更新"));
    expect(await find("'更新'", systemActor, more)).toBe("更新");
    expect(await find("name ~ x", systemActor, more)).toBe("");
    await storage.delete("/more/更新");
    expect(await find("'いる' or cores = 5", systemActor, more)).toBe("");
  });

  test("counts the values of a field, and lists those that occur several times", async () => {
    const { finder } = storage.storage;
    const figures = (field: string, actor = systemActor, search = "") =>
      storage.read((transaction) =>
        finder.statistics(transaction, actor, { type: "Machine", field, search, limit: 10 }),
      );
    expect(await figures("cores")).toEqual({
      count: 3,
      empty: 0,
      distinct: 2,
      values: [
        { value: 8, count: 2 },
        { value: 16, count: 1 },
      ],
      min: 8,
      max: 16,
      average: 32 / 3,
    });
    expect(await figures("status")).toMatchObject({
      values: [
        { value: "up", count: 2 },
        { value: "down", count: 1 },
      ],
    });
    expect(await figures("rack")).toMatchObject({
      empty: 1,
      values: [
        { value: "/racks/t1", count: 1 },
        { value: "/racks/o1", count: 1 },
      ],
      min: null,
    });
    expect(await figures("cores", taro)).toMatchObject({ count: 1, max: 16 });
    expect(await figures("cores", systemActor, "status = down")).toMatchObject({ count: 1 });
    await expect(figures("secret")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    const duplicates = await storage.read((transaction) =>
      finder.duplicates(transaction, systemActor, { type: "Machine", field: "cores", limit: 10 }),
    );
    expect(duplicates).toEqual({
      duplicates: [{ value: 8, count: 2, paths: ["/servers/a", "/servers/deep/c"] }],
      isMore: false,
    });
  });

  test("gives values along references", async () => {
    const value = (way: string, actor = systemActor) =>
      storage.read(async (transaction) => {
        const object = await storage.storage.get(transaction, systemActor, "/servers/b");
        return storage.storage.finder.valueAt(transaction, actor, object, way.split("."));
      });
    expect(await value("rack.site.city")).toBe("大阪府");
    expect(await value("others.name")).toEqual(["a", "tokyo"]);
    expect(await value("parent.path")).toBe("/servers");
    expect(await value("rack.site.city", taro)).toBe(null);
  });

  async function pages(search: string, sort: string): Promise<string[]> {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await storage.read((transaction) =>
        storage.storage.finder.page(transaction, systemActor, {
          search,
          type: "Machine",
          directory: undefined,
          sort,
          limit: 1,
          cursor,
        }),
      );
      names.push(...page.items.map((item) => item.name));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return names;
  }
});
