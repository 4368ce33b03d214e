import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { memorySealer } from "#runtime";
import { Secret } from "./index.ts";
import { TestStorage } from "./test-storage.ts";

let directory: string;
let storage: TestStorage;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "tsunagi-secrets-"));
  storage = await TestStorage.open({
    file: join(directory, "test.sqlite"),
    sealer: memorySealer(),
  });
});
afterEach(async () => {
  await storage.close();
  rmSync(directory, { recursive: true });
});

const secrets = ["first-geheim", "second-geheim", "秘密のパスワード", "-----BEGIN KEY-----"];

test("no password is ever in the database files, nor in anything that is shown", async () => {
  await storage.put("/a", "Server", {
    host: "visible-host",
    password: secrets[0] ?? "",
    key: secrets[3] ?? "",
  });
  await storage.patch("/a", { password: secrets[1] ?? "" });
  await storage.patch("/a", { password: new Secret(secrets[2] ?? "") });
  await storage.put("/b", "Account", { password: secrets[0] ?? "" });
  const shown = JSON.stringify([await storage.document("/a"), await storage.history("/a")]);
  await storage.delete("/b");
  const stored = readdirSync(directory)
    .map((name) => readFileSync(join(directory, name)).toString("utf8"))
    .join("");
  expect(stored).toContain("visible-host");
  for (const secret of secrets) {
    expect(stored).not.toContain(secret);
    expect(shown).not.toContain(secret);
    expect(stored).not.toContain(Buffer.from(secret).toString("base64"));
  }
});

test("a secret cannot be written where it would be shown", async () => {
  const put = storage.put("/a", "Text", { text: new Secret("geheim") });
  await expect(put).rejects.toMatchObject({ code: "VALUE_INVALID" });
  const error = await put.catch((failure: unknown) => JSON.stringify(failure));
  expect(error).not.toContain("geheim");
});

test("an error about a password does not repeat it", async () => {
  const put = storage.put("/a", "Server", { password: ["geheim"] });
  const error = await put.catch((failure: Error) => failure.message + JSON.stringify(failure));
  expect(error).toContain("password");
  expect(error).not.toContain("geheim");
});

test("equal passwords do not look equal in the database", async () => {
  await storage.put("/a", "Account", { password: "geheim" });
  await storage.put("/b", "Account", { password: "geheim" });
  const rows = await storage.read((t) =>
    t.all<{ data: string }>("select data from object where name in ('a', 'b') and parent_id = 1"),
  );
  expect(new Set(rows.map((row) => row.data)).size).toBe(2);
});

test("a database opens with its own key only", async () => {
  await storage.close();
  const again = TestStorage.open({ file: join(directory, "test.sqlite"), sealer: memorySealer() });
  await expect(again).rejects.toMatchObject({ code: "KEY_FILE_INVALID" });
});
