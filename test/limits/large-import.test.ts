import { execFile } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

/** A hundred thousand rows in one change: a change holds what it made until it ends, and the file is never held. */
const rows = 100_000;
const noteLength = 900;
const memoryMb = 350;

let folder: string;
let file: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-large-"));
  file = join(folder, "nodes.csv");
  const out = createWriteStream(file);
  out.write("path,type,host,cores,note,previous\n");
  const note = "x".repeat(noteLength);
  for (let n = 0; n < rows; n += 1) {
    const cores = n % 10 === 9 ? "many" : n % 64;
    // Every other one refers to a row that is still to come.
    const other = n % 2 === 0 ? n + 2 : n - 1;
    const previous = other >= rows || n % 100 > 1 ? "" : `/nodes/d${other % 100}/n${other}`;
    const line = `/nodes/d${n % 100}/n${n},Node,host${n},${cores},${note},${previous}\n`;
    if (!out.write(line)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an import of 100 MB with every tenth row wrong does the others, and needs little memory", async () => {
  expect(statSync(file).size).toBeGreaterThan(90_000_000);
  const { stdout } = await promisify(execFile)(process.execPath, [
    `--max-old-space-size=${memoryMb}`,
    "test/limits/large-import-process.ts",
    file,
  ]);
  expect(JSON.parse(stdout)).toMatchObject({
    counts: { rows, created: rows * 0.9, faults: rows / 10 },
    first: { at: "line 11, column 4", field: "cores", code: "VALUE_INVALID" },
  });
}, 600_000);
