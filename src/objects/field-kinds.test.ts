import { describe, expect, test } from "vitest";
import type { FieldOptions, ParseContext } from "./field-kind.ts";
import { fieldKinds } from "./field-kinds.ts";
import { Reference, Secret, ValueFault, type FieldInput } from "./field-value.ts";
import type { Json } from "./json.ts";

const context: ParseContext = {
  previous: undefined,
  async resolve(target) {
    const path = target instanceof Reference ? target.path : target;
    const id = ["/", "/a", "/b"].indexOf(path);
    if (id < 1) throw new ValueFault("the path of an object that is there");
    return { id, path, type: path === "/a" ? "Account" : "Text" };
  },
  userId: async (name) => (name === "alice" ? 7 : undefined),
  groupId: async (name) => (name === "operators" ? 3 : undefined),
  attachmentSize: async (hash) => (hash === "a".repeat(64) ? 12 : undefined),
  seal: (text) => `sealed ${text}`,
  open: (sealed) => sealed.replace("sealed ", ""),
};

async function parse(
  kind: string,
  input: FieldInput,
  options: FieldOptions = {},
): Promise<Json | ValueFault> {
  const found = fieldKinds.get(kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  try {
    return await found.parse(input, options, context);
  } catch (error) {
    if (error instanceof ValueFault) return error;
    throw error;
  }
}

const deep = JSON.parse("[".repeat(200) + "]".repeat(200)) as Json;

const hash = "a".repeat(64);
const uploaded = { attachment: hash, name: "front.jpg" };
const shown = { name: "front.jpg", type: "application/octet-stream", size: 12, hash };

const accepted: [kind: string, input: FieldInput, stored: Json, options?: FieldOptions][] = [
  ["string", "", ""],
  ["string", "サーバ 🔗", "サーバ 🔗"],
  ["string", "🔗🔗", "🔗🔗", { max: 2 }],
  ["string", "web-01", "web-01", { pattern: "[a-z]+-[0-9]+" }],
  ["text", "a\nb\t\u0000", "a\nb\t\u0000"],
  ["code", "['uname'] -> print($RESULT)\n", "['uname'] -> print($RESULT)\n"],
  ["integer", 0, 0],
  ["integer", -0, 0],
  ["integer", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ["decimal", 1.5, 1.5],
  ["decimal", -3, -3, { min: -3 }],
  ["boolean", false, false],
  ["date", "2028-02-29", "2028-02-29"],
  ["datetime", "2026-04-01T09:30:00+09:00", "2026-04-01T00:30:00.000Z"],
  ["datetime", "2026-04-01T00:30Z", "2026-04-01T00:30:00.000Z"],
  ["duration", 90, 90],
  ["duration", "1h30m", 5400],
  ["duration", "2d", 172_800],
  ["choice", "b", "b", { choices: ["a", { value: "b", label: "B" }] }],
  ["list", [], []],
  ["list", [1, "a", null, { b: [true] }], [1, "a", null, { b: [true] }]],
  ["list", [new Reference(1, "/a", "Account")], ["/a"]],
  ["dictionary", { b: 1, a: { c: [] } }, { b: 1, a: { c: [] } }],
  ["json", "text", "text"],
  ["json", [{}], [{}]],
  ["url", "https://例え.jp/パス?q=1", "https://例え.jp/パス?q=1"],
  ["url", "ssh://host:22", "ssh://host:22"],
  ["email", "ops+a@example.com", "ops+a@example.com"],
  ["password", "geheim", "sealed geheim"],
  ["password", new Secret("geheim"), "sealed geheim"],
  ["object", "/a", 1],
  ["object", new Reference(1, "/a", "Account"), 1, { types: ["Account"] }],
  ["objects", ["/b", "/a"], [2, 1]],
  ["objects", [], []],
  ["user", "alice", 7],
  ["user", "/system/users/alice", 7],
  ["group", "operators", 3],
  ["group", "/system/groups/operators", 3],
  ["choices", ["b", "a"], ["a", "b"], { choices: ["a", "b", "c"] }],
  ["choices", [], [], { choices: ["a"] }],
  ["ip address", "192.0.2.1", "192.0.2.1"],
  ["ip address", "2001:DB8:0:0::1", "2001:db8::1", { version: "6" }],
  ["ip address", "::ffff:192.0.2.1", "::ffff:c000:201"],
  ["network", "192.0.2.0/24", "192.0.2.0/24"],
  ["network", "0.0.0.0/0", "0.0.0.0/0"],
  ["network", "2001:DB8::/32", "2001:db8::/32", { version: "6" }],
  ["mac", "00-1B-21-3C-9D-F8", "00:1b:21:3c:9d:f8"],
  ["mac", "001b.213c.9df8", "00:1b:21:3c:9d:f8"],
  ["mac", "001B213C9DF8", "00:1b:21:3c:9d:f8"],
  ["mac", "00:1b:21:ff:fe:3c:9d:f8", "00:1b:21:ff:fe:3c:9d:f8"],
  ["file", uploaded, shown],
  ["file", { ...uploaded, type: "Image/JPEG; a=b" }, { ...shown, type: "image/jpeg" }],
  ["file", { ...shown, size: 5 }, shown],
  [
    "file",
    { ...uploaded, type: "image/png" },
    { ...shown, type: "image/png" },
    { types: ["image/*"] },
  ],
  ["file", { ...uploaded, name: "図面 (1).pdf" }, { ...shown, name: "図面 (1).pdf" }, { max: 12 }],
];

const refused: [kind: string, input: FieldInput, expected: string, options?: FieldOptions][] = [
  ["string", 1, "a text"],
  ["string", "a\nb", "a text of one line, without control characters"],
  ["string", "\uD800", "a text of whole characters"],
  ["string", "abc", "a text of at most 2 characters", { max: 2 }],
  ["string", "", "a text of at least 1 characters", { min: 1 }],
  ["string", "xweb-01", "a text that fits the pattern web-[0-9]+", { pattern: "web-[0-9]+" }],
  ["text", ["a"], "a text"],
  ["integer", 1.5, "a whole number"],
  ["integer", "1", "a whole number"],
  ["integer", 2 ** 53, "a whole number"],
  ["integer", 0, "a number of at least 1", { min: 1 }],
  ["decimal", Infinity, "a number"],
  ["decimal", NaN, "a number"],
  ["decimal", "1.5", "a number"],
  ["boolean", 1, "true or false"],
  ["boolean", "true", "true or false"],
  ["date", "2026-02-30", "a date such as 2026-04-01"],
  ["date", "1.4.2026", "a date such as 2026-04-01"],
  ["datetime", "2026-04-01T09:30:00", "a time with its zone such as 2026-04-01T09:30:00+09:00"],
  ["datetime", "2026-02-30T09:30:00Z", "a time with its zone such as 2026-04-01T09:30:00+09:00"],
  ["datetime", 1, "a time with its zone such as 2026-04-01T09:30:00+09:00"],
  ["duration", "soon", "a number of seconds, or a text such as 1h30m"],
  ["duration", -1, "a number of seconds, or a text such as 1h30m"],
  ["choice", "c", "one of a, b", { choices: ["a", "b"] }],
  ["list", {}, "a list"],
  ["list", [1, 2], "a list of at most 1 elements", { max: 1 }],
  ["list", [new Secret("x")], "no secret; only a password field takes one"],
  ["dictionary", [], "a dictionary"],
  ["dictionary", { a: new Secret("x") }, "no secret; only a password field takes one"],
  ["json", deep, "a value at most 100 levels deep"],
  ["json", { "\uD800": 1 }, "keys of whole characters"],
  ["url", "example.com", "a URL such as https://example.com/"],
  ["url", "https://a b/", "a URL such as https://example.com/"],
  ["email", "ops", "a mail address such as ops@example.com"],
  ["email", "a@b\nBcc: c@d", "a mail address such as ops@example.com"],
  ["password", 1, "a text"],
  ["password", "********", "the password itself, not its mask"],
  ["object", 1, "the path of an object"],
  ["object", "/zzz", "the path of an object that is there"],
  [
    "object",
    "/b",
    "the path of an object of type Account; /b is of type Text",
    { types: ["Account"] },
  ],
  ["objects", "/a", "a list of paths of objects"],
  ["objects", ["/a", "/a"], "a list that names no object twice"],
  ["user", "bob", "the name of a user that exists"],
  ["group", "nobody", "the name of a group that exists"],
  ["choices", "a", "a list of a, b", { choices: ["a", "b"] }],
  ["choices", ["a", "x"], "one of a, b", { choices: ["a", "b"] }],
  ["choices", ["a", "a"], "a list that names no choice twice", { choices: ["a", "b"] }],
  ["choices", ["a", "b"], "at most 1 choices", { choices: ["a", "b"], max: 1 }],
  ["ip address", "192.0.2.256", "an IP address such as 192.0.2.1"],
  ["ip address", "192.0.2", "an IP address such as 192.0.2.1"],
  ["ip address", "192.0.2.010", "an IP address such as 192.0.2.1"],
  ["ip address", "fe80::1%eth0", "an IP address such as 192.0.2.1"],
  ["ip address", 3_221_225_985, "an IP address such as 192.0.2.1"],
  ["ip address", "192.0.2.1", "an IPv6 address such as 2001:db8::1", { version: "6" }],
  ["network", "192.0.2.0", "a network such as 192.0.2.0/24"],
  ["network", "192.0.2.0/33", "a network such as 192.0.2.0/24"],
  ["network", "192.0.2.1/24", "the network itself, 192.0.2.0/24, not an address in it"],
  ["mac", "00:1b:21:3c:9d", "a hardware address such as 00:1b:21:3c:9d:f8"],
  ["mac", "00:1b-21:3c-9d:f8", "a hardware address such as 00:1b:21:3c:9d:f8"],
  ["file", "front.jpg", "an uploaded file: {attachment: HASH, name: FILENAME}"],
  ["file", { ...uploaded, attachment: "A" }, "the hash that the upload gave"],
  [
    "file",
    { ...uploaded, attachment: "b".repeat(64) },
    "a file that you uploaded within the last 24 hours, or that an object holds which you may read",
  ],
  ...["", ".", "..", "a/b", "a\\b", "a\u0000", "gpj\u202eexe.", "x".repeat(256)].map(
    (name): [string, FieldInput, string] => [
      "file",
      { ...uploaded, name },
      "a file name of 1 to 255 characters, without slashes and control characters",
    ],
  ),
  ["file", { ...uploaded, type: "jpeg" }, "a media type such as image/png"],
  ["file", uploaded, "a file of at most 11 bytes", { max: 11 }],
  [
    "file",
    uploaded,
    "a file of the type image/* or text/plain",
    { types: ["image/*", "text/plain"] },
  ],
];

describe("field kinds", () => {
  test.each(accepted)("%s takes %j", async (kind, input, stored, options) => {
    expect(await parse(kind, input, options)).toEqual(stored);
  });

  test.each(refused)("%s refuses %j", async (kind, input, expected, options) => {
    expect(await parse(kind, input, options)).toMatchObject({ expected });
  });

  test("every kind is tried above, both ways", () => {
    const names = [...fieldKinds.keys()];
    const tried = (rows: readonly (readonly [string, ...unknown[]])[]) =>
      new Set(rows.map(([kind]) => kind));
    expect(names.filter((name) => !tried(accepted).has(name))).toEqual([]);
    expect(names.filter((name) => !tried(refused).has(name))).toEqual(["code"]);
  });

  test("a key like __proto__ is a key", async () => {
    const stored = await parse("dictionary", JSON.parse('{"__proto__": {"x": 1}}') as FieldInput);
    expect(JSON.stringify(stored)).toBe('{"__proto__":{"x":1}}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  test.each([
    ["integer", 2, 10],
    ["string", "B", "a"],
    ["string", "z", "\u{1F517}"],
    ["string", "\uFFFD", "\u{1F517}"],
    ["boolean", false, true],
    ["ip address", "192.0.2.9", "192.0.2.10"],
    ["ip address", "203.0.113.1", "2001:db8::1"],
    ["network", "10.0.0.0/8", "10.0.0.0/16"],
  ])("%s orders %j before %j", (kind, a, b) => {
    expect(fieldKinds.get(kind)?.compare?.(a, b)).toBeLessThan(0);
    expect(fieldKinds.get(kind)?.compare?.(b, a)).toBeGreaterThan(0);
    expect(fieldKinds.get(kind)?.compare?.(a, a)).toBe(0);
  });

  test("an unchanged password stays sealed as it is", async () => {
    const kind = fieldKinds.get("password");
    const again = { ...context, previous: "sealed geheim", seal: () => "sealed anew" };
    expect(await kind?.parse("geheim", {}, again)).toBe("sealed geheim");
    expect(await kind?.parse("********", {}, again)).toBe("sealed geheim");
    expect(await kind?.parse("neu", {}, again)).toBe("sealed anew");
  });
});
