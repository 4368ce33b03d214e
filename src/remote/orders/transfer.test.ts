import { beforeEach, expect, test } from "vitest";
import { BinaryValue, SecretValue, type Value } from "#machine";
import { RemoteFixture, resultFixture, type ConnectionFixture } from "../remote-fixture.ts";

let at: RemoteFixture;
let manager: ConnectionFixture;
beforeEach(async () => {
  at = new RemoteFixture();
  manager = await at.connect();
});

async function specOf(
  name: "put" | "get",
  positional: Value[],
  named: Record<string, Value> = {},
  context: Record<string, Value> = {},
) {
  const { number, failed } = await at.runExternal(name, positional, { named, context });
  return failed?.error ?? manager.specOf(number);
}

test("a file is named, a content is given", async () => {
  expect(await specOf("put", ["a/b.bin", "/tmp/b"], {}, { __timeout__: 60 })).toEqual({
    kind: "transfer",
    direction: "put",
    target: { kind: "local" },
    path: "/tmp/b",
    near: { kind: "file", name: "a/b.bin" },
    timeoutMs: 60_000,
    live: false,
  });
  expect(await specOf("put", ["a/b.bin", "/tmp/"])).toMatchObject({ path: "/tmp/b.bin" });
  expect(await specOf("put", [], { target: "/x", content: new SecretValue("s") })).toMatchObject({
    near: { kind: "content", text: "s" },
  });
  const bytes = new BinaryValue(Uint8Array.of(0, 255));
  expect(await specOf("put", [], { target: "/x", content: bytes })).toMatchObject({
    near: { kind: "content", base64: "AP8=" },
  });
  expect(await specOf("get", ["x"], {}, { __dir__: "/var" })).toMatchObject({
    direction: "get",
    path: "/var/x",
    near: { kind: "content" },
  });
  expect(await specOf("get", ["/x", "y"])).toMatchObject({ near: { kind: "file", name: "y" } });
});

test.each<["put" | "get", Value[], Record<string, Value>, RegExp]>([
  ["put", [], {}, /takes the name of a file/],
  ["put", ["a"], { content: "x" }, /and not both/],
  ["put", ["a"], {}, /the target of put is a path on the host/],
  ["put", [], { content: "x", target: "/tmp/" }, /is a directory/],
  ["put", [], { content: 5, target: "/x" }, /text or binary data, not 'integer'/],
  ["put", [], { content: "x".repeat(4 * 1024 * 1024 + 1), target: "/x" }, /larger than 4 MB/],
  ["get", [], {}, /the source of get is a path/],
  ["get", ["/x", ""], {}, /the target of get is the name/],
])("%s fails before anything leaves: case %#", async (name, positional, named, message) => {
  expect(await specOf(name, positional, named)).toMatch(message);
  expect(manager.runs).toEqual([]);
});

test("it does not work as root by a setting", async () => {
  expect(await specOf("get", ["/x"], {}, { __sudo__: true })).toMatch(/not with __sudo__/);
});

test("what is got is byte for byte what stands there", async () => {
  const text = await at.runExternal("get", ["/x"]);
  await at.receive(manager, resultFixture(text.number, "a\n"));
  expect(at.host.outcomes.get(text.number)).toMatchObject({ status: 0, result: "a\n" });
  const binary = await at.runExternal("get", ["/x"]);
  const message = resultFixture(binary.number, "");
  if (message.kind === "result") message.result.base64 = "AP8=";
  await at.receive(manager, message);
  expect(at.host.outcomes.get(binary.number)?.result).toEqual(
    new BinaryValue(Uint8Array.of(0, 255)),
  );
  const file = await at.runExternal("get", ["/x", "y"]);
  await at.receive(manager, resultFixture(file.number, ""));
  expect(at.host.outcomes.get(file.number)).toMatchObject({ status: 0, result: null });
});
