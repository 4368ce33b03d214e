import { expect, test } from "vitest";
import { commandedServer } from "./commanded-server.ts";

/** History, comparison, undo, restore and copy, as an operator calls them one after another. */
const { call, output } = commandedServer();

const put = (text: string) =>
  output("object", "put", "/notes/a", "--type", "Text", text, "--reason", `said ${text}`);

interface Entry {
  change: number;
}

test("what was changed is seen, compared, taken back and put back", async () => {
  await output("object", "put", "/notes", '{"type": "Directory"}');
  await put("one");
  await put("two");
  const [latest, first] = (await output("history", "/notes/a", "--json"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Entry);
  expect(await output("history", "/notes/a")).toContain("    text: one → two");
  expect(await output("history", "/notes", "--below")).toContain("said two");
  expect(await output("history", "/", "--changes", "--author", "root")).toContain("1 objects");
  const from = String(first?.change);
  expect(await output("diff", "/notes", "--from", from)).toBe(
    "~ /notes/a (Text)\n    text: one → two\n",
  );
  expect(JSON.parse(await output("object", "get", "/notes/a", "--as-of", from))).toMatchObject({
    fields: { text: "one" },
  });
  const number = String(latest?.change);
  expect(await output("undo", number, "--dry-run")).toContain("would change 1 objects");
  await output("undo", number, "--reason", "まちがい");
  expect(JSON.parse(await output("object", "get", "/notes/a"))).toMatchObject({
    fields: { text: "one" },
  });
  expect(await output("history", "/notes/a")).toContain(`(undo change ${number})  まちがい`);
  await put("three");
  const refused = await call("undo", from);
  expect(refused.status).toBe(75);
  expect(refused.stderr).toContain("error[UNDO_CONFLICT]");
  await output("object", "rm", "/notes/a", "--reason", "不要");
  expect(await output("history", "/notes", "--deleted")).toMatch(/^\/notes\/a +Text /m);
  await output("restore", "/notes/a", "--to", "/notes/b");
  expect(await output("copy", "/notes", "/copy")).toBe("/copy\n");
  expect(await output("move", "/copy/b", "/copy/c")).toBe("/copy/c\n");
  expect(JSON.parse(await output("object", "get", "/copy/c"))).toMatchObject({
    fields: { text: "three" },
  });
});
