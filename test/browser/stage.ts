import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { adminPassword, ServerProcess } from "../crash/server-process.ts";
import { launchChromium } from "../fixtures/chromium.ts";

const root = new URL("../..", import.meta.url).pathname;

/** The application as it is built from the source as it is now, a server of its own, and a browser before it. */
export class Stage {
  readonly #folder = mkdtempSync(join(tmpdir(), "tsunagi-browser-"));
  readonly #executable: string;
  #server: ServerProcess | undefined;
  #browser: Browser | undefined;
  /** What the browser refused or reported; a page does without. */
  readonly complaints: string[] = [];

  constructor(executable: string) {
    this.#executable = executable;
  }

  async open(): Promise<void> {
    execFileSync(
      join(root, "bin/node"),
      ["node_modules/vite/bin/vite.js", "build", "src/web", "--logLevel", "error"],
      {
        cwd: root,
        // vitest's own value would build a version for development.
        env: { ...process.env, NODE_ENV: "production" },
      },
    );
    this.#server = new ServerProcess(join(this.#folder, "data"));
    await this.#server.start();
    this.#browser = await launchChromium(this.#executable);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#server?.stop(join(this.#folder, "data", "job-manager"));
    rmSync(this.#folder, { recursive: true, force: true });
    delete process.env["TSUNAGI_ADMIN_PASSWORD"];
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error("the stage is not open");
    return this.#server;
  }

  /** Closes all pages, and gives what was complained about. */
  async clear(): Promise<string[]> {
    await Promise.all((this.#browser?.contexts() ?? []).map((context) => context.close()));
    return this.complaints.splice(0);
  }

  /** A page of its own, as of somebody who opens the browser in the morning. */
  async page(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    if (this.#browser === undefined) throw new Error("the stage is not open");
    const context = await this.#browser.newContext({
      locale: "en-US",
      timezoneId: "Asia/Tokyo",
      ...options,
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      // The browser notes every answer that is no success here, too; those are expected.
      const isOurs =
        message.type() === "error" && !message.text().startsWith("Failed to load resource");
      if (isOurs) this.complaints.push(message.text());
    });
    await page.goto(this.urlOf(path).href);
    return page;
  }

  /** The same, of somebody who is signed in. */
  async signedIn(
    path: string,
    options: BrowserContextOptions = {},
    person = { name: "root", password: adminPassword },
  ): Promise<Page> {
    const page = await this.page("/.login", options);
    const { href, origin } = this.urlOf(path);
    await page.request.post(`${origin}/.login`, { data: person, headers: { origin } });
    await page.goto(href);
    return page;
  }

  /** The address of a page, with its parameters. */
  urlOf(address: string): URL {
    return new URL(address, this.server.url);
  }

  /** Asks the server as a program does. */
  async post(address: string, body: unknown): Promise<void> {
    const { href } = this.urlOf(address);
    const answer = await fetch(href, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.server.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${address}: ${await answer.text()}`);
  }
}

export async function signIn(page: Page): Promise<void> {
  await page.getByLabel("User").fill("root");
  await page.getByLabel("Password", { exact: true }).fill(adminPassword);
  await page.getByRole("button", { name: "Sign in" }).click();
}
