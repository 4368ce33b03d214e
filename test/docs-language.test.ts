import { loadLanguage } from "#kernel";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { startEmbeddedJobManager } from "#job-manager";
import { diagnose } from "#language";
import { builtins } from "#machine";
import { createLogger } from "#runtime";
import { openEmbeddedHouse, type EmbeddedHouse } from "#server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notBuilt } from "../src/language/analysis/checks/not-built.ts";
import { everyMistake } from "../src/language/syntax/golden/every-mistake.ts";
import { surroundings } from "../src/language/syntax/golden/surroundings.ts";
import { readFolderTree } from "../src/cli/folder-tree.ts";
import { parseParameters } from "../src/cli/parameters.ts";
import { endLines } from "../src/cli/process-end.ts";
import { checkSource } from "../src/cli/source-check.ts";
import { builtinReference } from "../scripts/write-reference.ts";
import { readExamples, type DocumentExamples, type Example } from "./document-examples.ts";

await loadLanguage("ja");

const pages = globSync("docs/language/*.md")
  .toSorted()
  .map((file) => ({ file, ...readExamples(readFileSync(file, "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

describe.each(pages)("$file", ({ files, examples }) => {
  let page: Page;
  beforeAll(async () => {
    page = await Page.open(files);
  });
  afterAll(() => page.close());

  test.each(examples.map((example) => ({ ...example, title: firstLine(example) })))(
    "line $line: $title",
    async (example) => {
      const diagnostics = checkSource("example.jobflow", example.source, example.language);
      expect(diagnostics.map(({ text }) => text)).toEqual(example.check);
      if (example.console !== undefined) expect(await page.run(example)).toEqual(example.console);
    },
  );

  test.each(files.filter(({ name }) => name.endsWith(".jobflow")))(
    "$name is clean",
    ({ name, content }) => {
      expect(checkSource(basename(name), content).map(({ text }) => text)).toEqual([]);
    },
  );
});

test("the list of built-ins is the machine's", () => {
  // Written anew with scripts/write-reference.ts.
  expect(readFileSync("docs/language/built-ins.md", "utf8")).toBe(builtinReference());
});

test("the page of errors names the code of every diagnostic", () => {
  const said = everyMistake.flatMap((source) =>
    diagnose(source, surroundings).diagnostics.map(({ code }) => code),
  );
  const codes = new Set(said.map((code) => (code.startsWith("syntax.") ? "syntax.…" : code)));
  const table = readFileSync("docs/language/errors-and-limits.md", "utf8")
    .split("\n")
    .filter((line) => /^\| `[a-z]+\./.test(line))
    .map((line) => line.split(" | ")[0] ?? "");
  const named = table.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code));
  expect(new Set(named)).toEqual(codes);
});

test("the cheat sheets name every built-in that is built, and show the same examples", () => {
  const [english = "", japanese = ""] = ["", ".ja"].map((language) =>
    readFileSync(`docs/language/cheat-sheet${language}.md`, "utf8"),
  );
  const words = new Set(english.match(/\w+/g));
  // `int` is `integer` in short.
  const names = builtins
    .map(({ name }) => name)
    .filter((name) => name !== "int" && !notBuilt.has(name));
  expect(names.filter((name) => !words.has(name))).toEqual([]);
  const code = (page: string) =>
    readExamples(page).examples.map(({ source }) => withoutComments(source));
  expect(code(japanese)).toEqual(code(english));
});

function withoutComments(source: string): string {
  return source.replaceAll(/ *# .*/g, "");
}

function firstLine({ source }: Example): string {
  return source.split("\n").find((line) => line !== "" && !line.startsWith("#")) ?? "";
}

/** A whole house for the examples of one page, which run one after the other. */
class Page {
  readonly #house: EmbeddedHouse;
  readonly #lines: string[];
  readonly #stop: () => Promise<unknown>;

  private constructor(house: EmbeddedHouse, lines: string[], stop: () => Promise<unknown>) {
    this.#house = house;
    this.#lines = lines;
    this.#stop = stop;
  }

  static async open(files: DocumentExamples["files"]): Promise<Page> {
    const lines: string[] = [];
    const house = await openEmbeddedHouse({
      onConsole: (_process, written) => void lines.push(...written),
    });
    const jobManager = startEmbeddedJobManager({
      door: house.managerDoor,
      logger: createLogger({ name: "docs", level: "fatal" }),
    });
    await house.load(readTree(files));
    return new Page(house, lines, () => jobManager.stop({ drainMs: 0 }));
  }

  /** What `tsunagi run` would print. */
  async run({ source, parameters }: Example): Promise<string[]> {
    this.#lines.length = 0;
    const given = parameters.filter((word) => word !== "--param");
    await this.#house.load([{ path: "/example", type: "Jobflow", fields: { source } }]);
    const { fields } = await this.#house.run("/example", parseParameters(given, []));
    return [...this.#lines, ...endLines(fields)];
  }

  async close(): Promise<void> {
    await this.#stop();
    await this.#house.close();
  }
}

function readTree(files: DocumentExamples["files"]) {
  const folder = mkdtempSync(join(tmpdir(), "tsunagi-docs-"));
  try {
    for (const { name, content } of files) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const { objects, faults } = readFolderTree(folder);
    expect(faults).toEqual([]);
    return objects;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
