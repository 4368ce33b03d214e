import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Stage } from "./stage.ts";

/** Every page in both languages, light and dark, on a desk and on a phone: pictures to be looked at, and axe. */

const pages = {
  root: "/",
  list: "/looks",
  object: "/looks/n1",
  form: "/looks/n1?view=edit",
  new: "/looks?view=new",
  newObject: "/looks?view=new&type=Look",
  history: "/looks/n1?view=history",
  permissions: "/looks?view=permissions",
  references: "/looks/n1?view=references",
  past: "/looks?as-of=%",
  type: "/system/types/Look",
  search: "/.search?type=Look&q=role+%3D+'web'",
  searchEmpty: "/.search",
  changes: "/.changes",
  deleted: "/.deleted",
  import: "/.import?into=/looks&type=Look",
  me: "/.me",
  users: "/system/users",
  user: "/system/users/root",
  groups: "/system/groups",
  absent: "/none/such",
  processes: "/process",
  jobflow: "/ops/listen",
} as const;

const main = ["root", "list", "object", "form", "history", "type", "search", "processes"];

/** Two see every page with axe, each with what the other has not; two more the main ones. */
const views = [
  { name: "en-light", locale: "en-US", colorScheme: "light", isPhone: false, isWhole: true },
  { name: "ja-dark-phone", locale: "ja-JP", colorScheme: "dark", isPhone: true, isWhole: true },
  { name: "ja-light", locale: "ja-JP", colorScheme: "light", isPhone: false, isWhole: false },
  { name: "en-dark", locale: "en-US", colorScheme: "dark", isPhone: false, isWhole: false },
] as const;

const folder = new URL("../../dist/pictures/", import.meta.url).pathname;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export function describeLooks(stage: Stage): void {
  describe("looks", () => {
    let moment = 0;
    test("there is something to look at", async () => {
      mkdirSync(folder, { recursive: true });
      await stage.post("/.api/v1/transactions", { operations: lookOperations });
      await stage.server.client.patch("/looks/n1", { role: "db", note: markup });
      const changes = await stage.server.client.history("/looks/n1");
      moment = changes.at(-1)?.change ?? 0;
    });

    for (const view of views) {
      test(`pages: ${view.name}`, { timeout: 240_000 }, async () => {
        const { locale, colorScheme, isPhone, isWhole } = view;
        const viewport = isPhone ? { width: 390, height: 844 } : { width: 1360, height: 850 };
        const page = await stage.signedIn("/", {
          locale,
          colorScheme,
          viewport,
          hasTouch: isPhone,
          bypassCSP: true,
        });
        await page.addInitScript(axe);
        const findings: string[] = [];
        for (const [name, address] of Object.entries(pages)) {
          if (!isWhole && !main.includes(name)) continue;
          const { origin } = new URL(page.url());
          await page.goto(origin + address.replace("%", String(moment || 1)));
          await page.locator("h1").first().waitFor();
          await page.locator("[role=status][aria-label]").waitFor({ state: "detached" });
          await page.screenshot({ path: join(folder, `${name}.${view.name}.png`) });
          if (isWhole)
            findings.push(...(await seriousIn(page)).map((finding) => `${name}: ${finding}`));
          findings.push(...(await sidewaysIn(page)).map((finding) => `${name}: ${finding}`));
        }
        expect(findings).toEqual([]);
      });
    }
  });
}

const markup = "<img src=x onerror=alert(1)>\n<script>alert(2)</script>";

const lookOperations = [
  {
    op: "create",
    path: "/system/types/Look",
    type: "Type",
    fields: {
      description: "Has a field of every kind",
      fields: [
        { name: "role", kind: "choice", choices: ["web", "app", "db"], indexed: true },
        {
          name: "address",
          kind: "ip address",
          required: true,
          section: { en: "Network", ja: "ネットワーク" },
        },
        { name: "net", kind: "network", section: { en: "Network", ja: "ネットワーク" } },
        { name: "mac", kind: "mac", section: { en: "Network", ja: "ネットワーク" } },
        { name: "cores", kind: "integer", label: { en: "Cores", ja: "コア数" }, min: 1 },
        { name: "load", kind: "decimal" },
        { name: "critical", kind: "boolean" },
        { name: "until", kind: "date", label: { en: "Support until", ja: "サポート期限" } },
        { name: "seen", kind: "datetime" },
        { name: "window", kind: "duration", help: { en: "For maintenance", ja: "保守用" } },
        { name: "colours", kind: "choices", choices: ["red", "green"] },
        { name: "peer", kind: "object", types: ["Look"] },
        { name: "others", kind: "objects" },
        { name: "contact", kind: "user" },
        { name: "team", kind: "group" },
        { name: "tags", kind: "list" },
        { name: "settings", kind: "dictionary" },
        { name: "login", kind: "password" },
        { name: "manual", kind: "file" },
        { name: "page", kind: "url" },
        { name: "mail", kind: "email" },
        { name: "raw", kind: "json" },
        { name: "script", kind: "code" },
        { name: "note", kind: "text", searched: true, label: { en: "Notes", ja: "備考" } },
      ],
    },
  },
  { op: "create", path: "/looks", type: "Directory" },
  ...Array.from({ length: 30 }, (_, index) => ({
    op: "create",
    path: `/looks/n${index + 1}`,
    type: "Look",
    fields: {
      role: ["web", "app"][index % 2],
      address: `10.0.0.${index + 1}`,
      cores: 2 ** (index % 6),
      until: "2027-03-31",
      tags: ["public", "東京"],
      settings: { limit: 8, mode: "slow" },
      contact: "root",
      login: "hidden",
      note: "受付のサーバ。\n夜間は停止する。",
      page: "https://example.com/",
      ...(index === 0 ? {} : { peer: "/looks/n1" }),
    },
  })),
];

interface AxeResult {
  violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
}

/** What axe finds that is serious. */
async function seriousIn(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<AxeResult> } };
    return axe.run();
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map(
          ({ html, failureSummary }) =>
            `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`,
        ),
    );
}

/** A page never scrolls sideways as a whole. */
async function sidewaysIn(page: Page): Promise<string[]> {
  const [wide, seen] = await page.evaluate<number[]>(
    "[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
  );
  return (wide ?? 0) > (seen ?? 0) ? [`is ${wide} pixels wide in a window of ${seen}`] : [];
}
