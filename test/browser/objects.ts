import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";

/** Objects as people work with them: the walkthroughs of the specification that need nothing but objects. */
export function describeObjects(stage: Stage): void {
  describe("objects", () => {
    test("a type is designed, and its objects are made, refused, copied, sorted and filtered", async () => {
      const page = await stage.signedIn("/");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.keyboard.press("Control+k");
      await page.getByRole("combobox", { name: "Search or do…" }).fill("new type");
      await page.keyboard.press("Enter");
      await design(page);
      await stage.server.client.put("/hosts", { type: "Directory", fields: {} });
      await makeWrongThenRight(page);
      await copyWithUniqueValue(page);
      await sortAndFilter(page);
    });

    test("many are changed at once after a preview, and taken back", async () => {
      await model(stage, "Node", "/many");
      const page = await stage.signedIn("/many");
      const list = page.getByRole("grid");
      await list.getByRole("checkbox", { name: "Select /many/n1", exact: true }).check();
      await list.getByRole("checkbox", { name: "Select /many/n2", exact: true }).check();
      await page.getByRole("button", { name: "Edit…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("combobox", { name: "Change a field" }).click();
      await dialog.getByRole("option", { name: "role" }).click();
      await dialog.getByRole("radio", { name: "db" }).check();
      await dialog.getByRole("button", { name: "Preview" }).click();
      await dialog.getByText("Will change: 2 · problems: 0").waitFor();
      await dialog.getByRole("button", { name: "Change 2 objects" }).click();
      await page.getByText("2 objects were changed").waitFor();
      expect(await roles(stage, ["n1", "n2", "n3"])).toEqual(["db", "db", "web"]);
      await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
      await page.getByText("was taken back").waitFor();
      expect(await roles(stage, ["n1", "n2", "n3"])).toEqual(["web", "web", "web"]);
    });

    test("a list is as long as it is: rows are loaded while one scrolls, and counted by the server", async () => {
      await model(stage, "Item", "/long", 2500);
      const page = await stage.signedIn("/long");
      const list = page.getByRole("grid");
      await page.getByText("2,500 objects").waitFor();
      await list.getByRole("link", { name: "n1", exact: true }).waitFor();
      expect(await list.getByRole("row").count()).toBeLessThan(60);
      await list.focus();
      await page.keyboard.press("End");
      await list.getByRole("link", { name: "n999", exact: true }).waitFor();
      await list.getByRole("columnheader", { name: "role" }).getByRole("button").click();
      await page.getByRole("menuitem", { name: "Statistics" }).click();
      await page.getByRole("list", { name: "Most frequent values" }).getByText("2,500").waitFor();
    });

    test("a sheet of a spreadsheet is mapped, previewed, imported without its wrong row, and taken back", async () => {
      await model(stage, "Box", "/sheet");
      const page = await stage.signedIn("/.import?into=/sheet&type=Box");
      const rows = ["名前,役割,期限", "b1,web,R8.11.20", "b2,db,2027/1/5", "b3,nothing,2027/1/5"];
      await page.locator("input[type=file]").setInputFiles({
        name: "boxes.csv",
        mimeType: "text/csv",
        buffer: Buffer.from(`${rows.join("\r\n")}\r\n`),
      });
      await page.getByText("boxes.csv · UTF-8 · 3 rows").waitFor();
      await page.getByRole("combobox", { name: "Field for 役割" }).click();
      await page.getByRole("option", { name: "role" }).click();
      await page.getByRole("combobox", { name: "Field for 期限" }).click();
      await page.getByRole("option", { name: "until" }).click();
      await page.getByRole("button", { name: "Preview" }).click();
      await page.getByText("New 2 · Changed 0 · Same 0 · Problems 1").waitFor();
      const apply = page.getByRole("button", { name: "Apply 2 changes" });
      expect(await apply.isDisabled()).toBe(true);
      await page.getByLabel("Leave out the 1 rows with problems").check();
      await apply.click();
      await page.getByText("2 created, 0 changed, 1 skipped").first().waitFor();
      expect((await stage.server.client.get("/sheet/b1")).fields["until"]).toBe("2026-11-20");
      await page.getByRole("link", { name: /^Change \d+$/ }).click();
      await page.getByRole("button", { name: "Undo this change…" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Undo in 2 objects" }).click();
      await page.getByText("Taken back in 2 objects").waitFor();
    });

    test("what is deleted comes back, by the toast and from the list of what is deleted", async () => {
      await model(stage, "Thing", "/things");
      const page = await stage.signedIn("/things/n1");
      await choose(page, "Delete");
      await page.getByText("/things/n1 was deleted").waitFor();
      await page.getByRole("status").getByRole("button", { name: "Undo" }).click();
      await page.getByText("was taken back").waitFor();
      await page.getByRole("grid").getByRole("link", { name: "n1" }).click();
      await choose(page, "Delete");
      await page.getByText("/things/n1 was deleted").waitFor();
      await page.getByRole("link", { name: "Deleted objects" }).click();
      await page.getByRole("button", { name: "Restore /things/n1" }).click();
      await page.getByText("/things/n1 was restored").waitFor();
    });

    test("two people change one object: what both touched is asked about, and a draft outlives its page", async () => {
      await model(stage, "Pair", "/pair");
      const page = await stage.signedIn("/pair/n1?view=edit");
      await page.getByRole("radio", { name: "app" }).check();
      await page.getByLabel("note").fill("x");
      await stage.server.client.patch("/pair/n1", { role: "db" });
      await page.getByRole("button", { name: "Save changes" }).click();
      const conflict = page.getByRole("alert").filter({ hasText: "Somebody changed this object" });
      await conflict.getByRole("radio", { name: "My version" }).check();
      await page.getByRole("button", { name: "Save changes" }).click();
      await page.getByText("Saved as change").waitFor();
      expect((await stage.server.client.get("/pair/n1")).fields).toMatchObject({
        role: "app",
        note: "x",
      });
      await page.goto(stage.urlOf("/pair/n2?view=edit").href);
      await page.getByLabel("note").fill("half a sentence");
      await kept(page, "/pair/n2");
      await page.reload();
      await page.getByText("You have unsaved changes from").waitFor();
      await page.getByRole("button", { name: "Restore" }).click();
      expect(await page.getByLabel("note").inputValue()).toBe("half a sentence");
      // The session ends in the middle: the sign-in comes over the page, and the save goes on by itself.
      await page.context().clearCookies();
      await page.getByRole("button", { name: "Save changes" }).click();
      const dialog = page.getByRole("dialog");
      const { adminPassword } = await import("../crash/server-process.ts");
      await dialog.getByLabel("User").fill("root");
      await dialog.getByLabel("Password", { exact: true }).fill(adminPassword);
      await dialog.getByRole("button", { name: "Sign in" }).click();
      await page.getByText("Saved as change").waitFor();
      expect((await stage.server.client.get("/pair/n2")).fields["note"]).toBe("half a sentence");
    });

    test("the whole application stands in a moment of the past, and comes back", async () => {
      await model(stage, "Past", "/past");
      const { client } = stage.server;
      await client.patch("/past/n1", { role: "db" });
      await client.patch("/past/n1", { note: "later" });
      const page = await stage.signedIn("/past/n1?view=history");
      await page.getByText("later").waitFor();
      // The oldest stands last: when the object was made.
      await page.getByRole("button", { name: "Look then" }).last().click();
      await page.getByText("The past can only be read.").first().waitFor();
      await page.getByText("web", { exact: true }).waitFor();
      expect(await page.getByRole("button", { name: "Edit" }).getAttribute("aria-disabled")).toBe(
        "true",
      );
      await page
        .getByRole("navigation", { name: "Path" })
        .getByRole("link", { name: "past" })
        .click();
      expect(new URL(page.url()).searchParams.has("as-of")).toBe(true);
      await page.getByRole("grid").getByRole("link", { name: "n1" }).waitFor();
      await page.getByRole("button", { name: "Back to now" }).click();
      await page.getByRole("grid").getByRole("link", { name: "n1" }).click();
      await page.getByText("db", { exact: true }).waitFor();
    });

    test("a later change is in the way of an undo, is named, and is overwritten only when that is chosen", async () => {
      await model(stage, "Way", "/way");
      const { client } = stage.server;
      await client.patch("/way/n1", { role: "app" });
      await client.patch("/way/n1", { role: "db" });
      const page = await stage.signedIn("/way/n1?view=history");
      // The newest stands first; the second is the change to `app`.
      await page.getByRole("button", { name: "Undo…" }).nth(1).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("In the way (1)").waitFor();
      await dialog.getByLabel("Overwrite").click();
      await dialog.getByRole("button", { name: "Undo in 1 objects" }).click();
      await page.getByText("Taken back in 1 objects").waitFor();
      expect((await client.get("/way/n1")).fields["role"]).toBe("web");
    });

    test("rights are given in a grid, and explained to who lacks them", async () => {
      await model(stage, "Right", "/right");
      const password = "a long enough password";
      await stage.post("/.api/v1/users", { name: "dev", fields: {}, password });
      await stage.post("/.api/v1/rights", {
        path: "/right",
        subject: "user:dev",
        rights: ["read"],
      });
      const page = await stage.signedIn("/right?view=permissions");
      const box = page.getByRole("checkbox", { name: "user dev: execute" });
      expect(await box.isChecked()).toBe(false);
      await box.click();
      await page.getByText("user:dev may now: read, execute").waitFor();
      await page.getByRole("combobox", { name: "May" }).click();
      await page.getByRole("option", { name: "dev" }).click();
      await page.getByText("Yes", { exact: true }).waitFor();
      const other = await stage.signedIn("/right/n1", {}, { name: "dev", password });
      const edit = other.getByRole("button", { name: "Edit" });
      await expect.poll(() => edit.getAttribute("aria-disabled")).toBe("true");
      expect(await edit.getAttribute("title")).toContain("You have no right to write");
      await other.goto(stage.urlOf("/way/n1").href);
      await other.getByText("Nothing here, or not visible to you").waitFor();
    });

    test("a token is made and shown once, works, and is revoked", async () => {
      const page = await stage.signedIn("/.me");
      await page.getByLabel("What it is for").fill("monitoring");
      await page.getByRole("button", { name: "Make a token" }).click();
      const token = (await page.locator("code").filter({ hasText: "tsn_" }).textContent()) ?? "";
      const ask = (method: string) =>
        fetch(stage.urlOf("/.api/v1/tokens"), {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          ...(method === "POST" ? { body: '{"name": "another"}' } : {}),
        });
      expect((await ask("GET")).status).toBe(200);
      // A token makes no other.
      expect((await ask("POST")).status).toBe(401);
      await page.getByRole("button", { name: "Revoke monitoring" }).click();
      await page.getByText("revoked", { exact: true }).waitFor();
      expect((await ask("GET")).status).toBe(401);
      await page.reload();
      await page.getByText("monitoring").waitFor();
      expect(await page.getByText(token).count()).toBe(0);
    });

    test("lists are kept up to date in place, and what came waits until it is asked for", async () => {
      await model(stage, "Live", "/live");
      const page = await stage.signedIn("/live");
      const list = page.getByRole("grid");
      await list.getByRole("link", { name: "n1", exact: true }).waitFor();
      await page.getByText("live", { exact: true }).first().waitFor();
      await stage.server.client.patch("/live/n1", { role: "db" });
      await list.getByRole("gridcell", { name: "db" }).waitFor();
      await stage.server.client.put("/live/a0", { type: "Live", fields: {} });
      await page.getByRole("button", { name: "1 new – show" }).click();
      await list.getByRole("link", { name: "a0" }).waitFor();
    });
  });
}

async function design(page: Page): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill("Host");
  const preview = page.getByRole("region", { name: "Preview" });
  await page.getByRole("button", { name: "Add a field" }).click();
  await page.getByLabel("Label (English)").fill("Address");
  await pick(page, "Kind", "IP address");
  for (const option of ["Required", "Unique", "In list"]) await page.getByLabel(option).check();
  await preview.getByLabel("Address").waitFor();
  await page.getByRole("button", { name: "Add a field" }).click();
  await page.getByLabel("Label (English)").fill("Role");
  await pick(page, "Kind", "Choice");
  await page.getByLabel("Choices").fill("web\napp\ndb");
  await page.getByLabel("In list").check();
  await preview.getByRole("radio", { name: "app" }).waitFor();
  await page.getByRole("button", { name: "Save type" }).click();
  await page.getByText("Saved as change").waitFor();
}

async function makeWrongThenRight(page: Page): Promise<void> {
  await page.goto(new URL("/hosts", page.url()).href);
  await page.getByRole("button", { name: "New…" }).first().click();
  await page.getByRole("main").getByRole("link", { name: "Host", exact: true }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("web01");
  const address = page.getByLabel("Address");
  await address.fill("10.0.1.999");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("Expected: an IP").waitFor();
  await focused(address);
  await address.fill("10.0.1.11");
  await page.getByRole("radio", { name: "web" }).check();
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("/hosts/web01 was made").waitFor();
  await page.getByRole("heading", { level: 1, name: "web01" }).waitFor();
}

async function copyWithUniqueValue(page: Page): Promise<void> {
  await choose(page, "Copy…");
  await page.getByRole("textbox", { name: "Name" }).fill("web02");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("a value that no other Host has").waitFor();
  const address = page.getByLabel("Address");
  await focused(address);
  await address.fill("10.0.1.12");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("/hosts/web02 was made").waitFor();
}

async function sortAndFilter(page: Page): Promise<void> {
  await page.goto(new URL("/hosts", page.url()).href);
  await page.getByText("2 objects").waitFor();
  const list = page.getByRole("grid");
  await list.getByRole("columnheader", { name: "Address" }).getByRole("button").click();
  await page.getByRole("menuitem", { name: "Sort descending" }).click();
  await expect.poll(() => list.getByRole("row").nth(1).textContent()).toContain("web02");
  await page.reload();
  await expect.poll(() => list.getByRole("row").nth(1).textContent()).toContain("web02");
  await page.getByRole("button", { name: "Condition" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "Field" }).click();
  await dialog.getByRole("option", { name: "Address" }).click();
  await dialog.getByRole("combobox", { name: "Operator" }).click();
  await dialog.getByRole("option", { name: "is", exact: true }).click();
  await dialog.getByRole("combobox", { name: "Value" }).fill("10.0.1.11");
  await page.keyboard.press("Enter");
  await page.getByText("1 objects").waitFor();
  expect(new URL(page.url()).searchParams.get("q")).toContain("address =");
  await page.getByRole("button", { name: /^Remove “address/ }).click();
  await page.getByText("2 objects").waitFor();
}

/** A type with objects of it in a directory. */
async function model(stage: Stage, type: string, directory: string, count = 3): Promise<void> {
  const fields = [
    { name: "role", kind: "choice", choices: ["web", "app", "db"], indexed: true, in_list: true },
    { name: "until", kind: "date" },
    { name: "note", kind: "text" },
  ];
  const objects = Array.from({ length: count }, (_, index) => ({
    op: "create",
    path: `${directory}/n${index + 1}`,
    type,
    fields: { role: "web" },
  }));
  await stage.post("/.api/v1/transactions", {
    operations: [
      { op: "create", path: `/system/types/${type}`, type: "Type", fields: { fields } },
      { op: "create", path: directory, type: "Directory" },
    ],
  });
  await stage.post("/.api/v1/transactions", { operations: objects });
}

async function roles(stage: Stage, names: readonly string[]): Promise<unknown[]> {
  const objects = await Promise.all(names.map((name) => stage.server.client.get(`/many/${name}`)));
  return objects.map(({ fields }) => fields["role"]);
}

async function choose(page: Page, action: string): Promise<void> {
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: action, exact: true }).click();
}

async function pick(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label }).click();
  await page.getByRole("option", { name: option, exact: true }).click();
}

async function focused(input: Locator): Promise<void> {
  const id = await input.getAttribute("id");
  await expect.poll(() => input.page().locator(":focus").getAttribute("id")).toBe(id);
}

/** Waits until the browser's database holds the draft. */
async function kept(page: Page, path: string): Promise<void> {
  const paths = `new Promise((resolve) => {
    const asked = indexedDB.open("tsunagi", 1);
    asked.onsuccess = () => {
      const all = asked.result.transaction("drafts").objectStore("drafts").getAll();
      all.onsuccess = () => {
        asked.result.close();
        resolve(all.result.map((draft) => draft.path));
      };
    };
  })`;
  await expect.poll(() => page.evaluate(paths)).toContain(path);
}
