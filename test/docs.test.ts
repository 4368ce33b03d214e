import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { errorKinds } from "../src/kernel/error-kinds.ts";

const read = (file: string) => readFileSync(file, "utf8");

test("the error reference holds exactly the registry", async () => {
  const rows = Object.entries(errorKinds).map(
    ([code, { status, exitCode, retryable, title }]) =>
      `| \`${code}\` | ${status} | ${exitCode} | ${retryable ? "yes" : ""} | ${title.en} | ${title.ja} |`,
  );
  const text = `# Errors

Every failure that Tsunagi reports has a code that never changes its meaning. The command line prints it as
\`error[CODE]: message\` and ends with the exit status; the API answers with the HTTP status and a problem
document (RFC 9457). *Again* says whether trying again can help.

People are told in their language: the command line by \`LC_ALL\`, \`LC_MESSAGES\` or \`LANG\` (English, or Japanese where it
begins with \`ja\`), the API by \`Accept-Language\`. What is stored or logged, what \`--json\` prints and what a jobflow sees as
\`$ERROR\` is always English; programs compare codes.

| code | HTTP | exit | again | English | 日本語 |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
  // Written anew with \`vitest -u\` when the registry grows.
  await expect(text).toMatchFileSnapshot("../docs/reference/errors.md");
});

test("each dependency has its line of reason, and no line is left over", () => {
  const listed = [...read("docs/decisions/dependencies.md").matchAll(/^\| `([^`]+)` \|/gm)].map(
    ([, name]) => name,
  );
  const { dependencies, devDependencies, optionalDependencies } = packageJson;
  const installed = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(new Set(listed)).toEqual(new Set(installed));
});

describe("the documents", () => {
  test("show the two lines that do everything", () => {
    for (const line of ["npm ci && npm run demo", "npm ci && npm test"]) {
      expect(read("README.md")).toContain(line);
    }
  });

  test("name every room and every front door", () => {
    const text = read("ARCHITECTURE.md");
    const doors = Object.keys(packageJson.imports);
    expect(
      [...doors.map((door) => `\`${door.slice(1)}/\``), "`cli/`", "`web/`"].filter(
        (room) => !text.includes(room),
      ),
    ).toEqual([]);
  });

  test("link only to files that are there", async () => {
    const { existsSync, globSync } = await import("node:fs");
    const { dirname, join } = await import("node:path");
    const broken: string[] = [];
    for (const file of [
      "README.md",
      "ARCHITECTURE.md",
      "CONTRIBUTING.md",
      "CHANGELOG.md",
      ...globSync("{docs,examples}/**/*.md"),
    ]) {
      for (const [, target = ""] of read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        if (!existsSync(join(dirname(file), target))) broken.push(`${file}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });
});
