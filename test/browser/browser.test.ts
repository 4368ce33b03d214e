import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { adminPassword } from "../crash/server-process.ts";
import { ensureChromium } from "../fixtures/chromium.ts";
import { describeLooks } from "./looks.ts";
import { describeObjects } from "./objects.ts";
import { signIn, Stage } from "./stage.ts";

/** The application in a real browser, against a real server: what a person sees and does. One build and one server serve all of it. */

const executable = ensureChromium();

const listening = `
print('waiting for a word')
-> <./words>
-> print('the word is ' + $RESULT.word)
-> return($RESULT.word)
`;

describe.skipIf(executable === undefined)("in a browser", () => {
  const stage = new Stage(executable ?? "");

  beforeAll(async () => {
    await stage.open();
    const { client } = stage.server;
    await client.put("/ops", { type: "Directory", fields: {} });
    await client.put("/ops/ノード 1", {
      type: "Server",
      fields: { host: "10.0.1.11", description: "<img src=x onerror=alert(1)>" },
    });
    await client.put("/ops/words", { type: "Channel", fields: {} });
    await client.put("/ops/listen", { type: "Jobflow", fields: { source: listening } });
  });

  afterAll(() => stage.close());

  afterEach(async () => {
    expect(await stage.clear()).toEqual([]);
  });

  test("the sign-in leads back to the page that was asked for, and refuses a wrong password", async () => {
    const page = await stage.page("/ops/ノード 1");
    await page.getByLabel("User").fill("root");
    await page.getByLabel("Password", { exact: true }).fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "Name or password is wrong" }).waitFor();
    await signIn(page);
    await page.getByRole("heading", { level: 1, name: "ノード 1" }).waitFor();
    expect(new URL(page.url()).pathname).toBe(encodeURI("/ops/ノード 1"));
    await page.getByText("10.0.1.11").waitFor();
    // The description is text, whatever stands in it.
    await page.getByText("<img src=x onerror=alert(1)>").first().waitFor();
  });

  test("objects are found in the tree", async () => {
    const page = await stage.page("/");
    await signIn(page);
    const tree = page.locator("aside");
    await tree.getByRole("link", { name: "ops" }).click();
    const list = page.getByRole("grid");
    await list.getByRole("link", { name: "listen" }).click();
    await page.getByRole("region", { name: "Source" }).getByText("waiting for a word").waitFor();
    await list.waitFor({ state: "detached" });
    await page.goBack();
    await list.getByRole("link", { name: "words" }).click();
    await page.getByText("curl -X POST").waitFor();
  });

  test("a field is changed, and a change by somebody else is not overwritten", async () => {
    const page = await stage.page("/ops/ノード 1");
    await signIn(page);
    await page.getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Host", { exact: true }).fill("10.0.1.12");
    await stage.server.client.patch("/ops/ノード 1", { host: "10.0.1.99" });
    await page.getByRole("button", { name: "Save changes" }).click();
    const conflict = page
      .getByRole("alert")
      .filter({ hasText: "Somebody changed this object meanwhile" });
    await conflict.getByText("10.0.1.99").waitFor();
    await conflict.getByText("10.0.1.12").waitFor();
    await conflict.getByRole("radio", { name: "My version" }).check();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByText("Saved as change").waitFor();
    expect((await stage.server.client.get("/ops/ノード 1")).fields["host"]).toBe("10.0.1.12");
  });

  test("a jobflow is run, and its console grows by itself until it has ended", async () => {
    const page = await stage.page("/ops/listen");
    await signIn(page);
    await page.getByRole("button", { name: "Run" }).click();
    await page.waitForURL("**/process/*");
    const console = page.getByRole("log");
    await console.getByText("waiting for a word").waitFor();
    await page.getByRole("button", { name: "Cancel process" }).waitFor();
    await stage.server.client.post("/ops/words", { word: "つなぎ" });
    await console.getByText("the word is つなぎ").waitFor();
    await page.getByText("Done in").waitFor();
    await page.getByRole("region", { name: "Result" }).getByText("つなぎ").waitFor();
  });

  test("a process is cancelled", async () => {
    const page = await stage.page("/ops/listen");
    await signIn(page);
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("button", { name: "Cancel process" }).click();
    await page.getByText("Cancelled after").waitFor();
    await page.getByRole("link", { name: "Processes" }).click();
    await page.getByRole("table").getByText("cancelled").first().waitFor();
  });

  test("a browser that prefers Japanese is spoken to in Japanese", async () => {
    const page = await stage.page("/.login", { locale: "ja-JP" });
    await page.getByRole("button", { name: "ログイン" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("ja");
  });

  test("what was typed is still there after a sign-in in between", async () => {
    const page = await stage.page("/ops/listen");
    await signIn(page);
    await page.getByLabel("Parameters as a JSON object").fill('{ "a": 1 }');
    await page.context().clearCookies();
    // A refetch in the background may find out first: then the dialog already covers the button.
    await page.getByRole("button", { name: "Run", includeHidden: true }).dispatchEvent("click");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("User").fill("root");
    await dialog.getByLabel("Password", { exact: true }).fill(adminPassword);
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(await page.getByLabel("Parameters as a JSON object").inputValue()).toBe('{ "a": 1 }');
  });

  describeObjects(stage);
  describeLooks(stage);
});
