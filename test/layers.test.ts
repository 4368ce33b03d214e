import { globSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import packageJson from "../package.json" with { type: "json" };

/** What each room may import. This table is the architecture (DESIGN section 4); change it deliberately. */
const mayImport: Record<string, readonly string[]> = {
  kernel: [],
  machine: ["kernel"],
  language: ["kernel", "machine"],
  contract: ["kernel"],
  runtime: ["kernel"],
  database: ["kernel", "runtime"],
  identity: ["kernel", "database"],
  objects: ["kernel", "runtime", "database", "identity"],
  processes: ["kernel", "machine", "language", "database", "identity", "objects"],
  rehearsal: ["kernel", "machine", "language", "database", "identity", "objects", "processes"],
  remote: ["kernel", "machine", "contract", "database", "identity", "objects", "processes"],
  events: ["kernel", "machine", "contract", "database", "identity", "objects", "processes"],
  server: [
    "kernel",
    "machine",
    "language",
    "contract",
    "runtime",
    "database",
    "identity",
    "objects",
    "processes",
    "remote",
    "events",
  ],
  "job-manager": ["kernel", "contract", "runtime"],
  cli: ["kernel", "contract", "runtime", "language", "rehearsal", "server", "job-manager"],
  web: ["kernel", "contract", "language"],
};

/** These also run in the browser: nothing of Node.js, and no Buffer. */
const portable = new Set(["kernel", "machine", "language", "contract", "web"]);

/** SQLite is known to the database, to the lock of a data directory, and to the job manager's journal. */
const maySpeakSqlite = [/^src\/database\//, /^src\/runtime\//, /^src\/job-manager\/journal/];

interface Import {
  file: string;
  room: string;
  specifier: string;
}

/** Every `import … from`, `export … from`, bare `import "…"` and `import("…")` below src/, tests left out. */
function imports(): Import[] {
  const found: Import[] = [];
  for (const file of sourceFiles()) {
    const text = readFileSync(file, "utf8");
    const specifiers = [
      ...text.matchAll(/^\s*(?:import|export)\b[^;'"]*?\bfrom\s*["']([^"']+)["']/gm),
      ...text.matchAll(/^\s*import\s*["']([^"']+)["']/gm),
      ...text.matchAll(/\bimport\(\s*["']([^"']+)["']/g),
    ];
    for (const [, specifier = ""] of specifiers)
      found.push({ file, room: roomOf(file), specifier });
  }
  return found;
}

function sourceFiles(): string[] {
  return globSync("src/**/*.{ts,tsx}").filter((file) => !/\.test\.tsx?$/.test(file));
}

const roomOf = (file: string) => file.split("/")[1] ?? "";

function violationsOf(rule: (i: Import) => string | undefined): string[] {
  return imports().flatMap((each) => {
    const fault = rule(each);
    return fault === undefined ? [] : [`${each.file} ${fault}`];
  });
}

describe("the rooms", () => {
  test("are all in the table, and the table holds no others", () => {
    const rooms = [...new Set(sourceFiles().map(roomOf))];
    expect(rooms.filter((room) => !(room in mayImport))).toEqual([]);
  });

  test("import only the rooms below them, through their front doors", () => {
    expect(
      violationsOf(({ room, specifier }) => {
        if (!specifier.startsWith("#")) return undefined;
        if (!(specifier in packageJson.imports))
          return `imports ${specifier}, which is no front door`;
        const allowed = mayImport[room]?.includes(specifier.slice(1)) ?? false;
        return allowed ? undefined : `may not import ${specifier}`;
      }),
    ).toEqual([]);
  });

  test("are left by no relative import", () => {
    expect(
      violationsOf(({ file, room, specifier }) => {
        if (!specifier.startsWith(".")) return undefined;
        const target = relative(`src/${room}`, resolve(dirname(file), specifier));
        return target.startsWith("..") ? `reaches out of ${room}/ with ${specifier}` : undefined;
      }),
    ).toEqual([]);
  });

  test("that also run in the browser use nothing of Node.js", () => {
    const imported = violationsOf(({ room, specifier }) =>
      portable.has(room) && specifier.startsWith("node:")
        ? `must run in the browser but imports ${specifier}`
        : undefined,
    );
    const named = sourceFiles()
      .filter((file) => portable.has(roomOf(file)))
      .filter((file) => /\bBuffer\.|\bprocess\.(?:env|argv|cwd)\b/.test(withoutComments(file)));
    expect([...imported, ...named]).toEqual([]);
  });

  test("know SQLite only where the database, the lock and the journal are", () => {
    expect(
      violationsOf(({ file, specifier }) =>
        (specifier === "node:sqlite" && !maySpeakSqlite.some((place) => place.test(file))) ||
        (specifier === "pg" && !file.startsWith("src/database/"))
          ? "may not know which database there is; ask #database"
          : undefined,
      ),
    ).toEqual([]);
  });

  test("have a front door each, but for the two that nobody imports", () => {
    const doors = Object.keys(packageJson.imports).map((door) => door.slice(1));
    expect(doors.toSorted()).toEqual(
      Object.keys(mayImport)
        .filter((room) => room !== "cli" && room !== "web")
        .toSorted(),
    );
  });
});

test("files are named after what they hold", () => {
  const vague =
    /(?:^|\/)(?:utils?|lib|common|helpers?|interfaces|types|general|misc)(?:\/|\.tsx?$)/;
  expect(
    globSync("{src,test,bench,scripts}/**/*.{ts,tsx}").filter((file) => vague.test(file)),
  ).toEqual([]);
});

function withoutComments(file: string): string {
  return readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
}
