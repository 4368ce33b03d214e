import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * The page about tests is true: its files are written into one folder, and its command lines print what it shows. A test
 * file that is no flow's own, such as `first.test.yaml`, takes the place of restart's until the next command line.
 */
const page = readFileSync("docs/testing-jobflows.md", "utf8");
const blocks = [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = "", name, text = ""]) => ({ language, name, text }),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-page-"));
  for (const { name, text } of blocks) {
    if (name === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const own = ["restart.test.yaml", "listen.test.yaml"];

const commands = blocks.flatMap(({ language, text }, index) => {
  if (language !== "console") return [];
  const [line = "", ...output] = text.split("\n");
  const before = blocks[index - 1]?.name ?? "";
  const testFile = before.endsWith(".test.yaml") && !own.includes(before) ? before : undefined;
  return { line, output: output.join("\n"), testFile };
});

test.each(commands)("$line prints what the page shows", async ({ line, output, testFile }) => {
  const place = join(folder, "restart.test.yaml");
  const kept = readFileSync(place, "utf8");
  if (testFile !== undefined) copyFileSync(join(folder, testFile), place);
  try {
    const [program, ...args] = line.slice(2).split(" ");
    expect(program).toBe("tsunagi");
    const printed = await new Promise<string>((done) => {
      execFile(resolve("bin/tsunagi"), args, { cwd: folder }, (_error, stdout, stderr) =>
        done(stdout + stderr),
      );
    });
    expect(printed).toBe(output);
  } finally {
    writeFileSync(place, kept);
  }
});

test("the page shows the command line", () => {
  expect(commands.length).toBeGreaterThan(3);
});
