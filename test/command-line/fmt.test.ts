import { spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { tsunagi, type Outcome } from "./tsunagi.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-fmt-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const untidy = "[x=1]->print( x )  # 一\n";
const tidy = "[x = 1] -> print(x) # 一\n";
const broken = "print('a')\n-> [x\n";

function put(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const read = (file: string) => readFileSync(file, "utf8");

function withInput(args: readonly string[], input: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn("bin/tsunagi", args);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    child.on("close", (status) => resolve({ status: status ?? -1, stdout, stderr }));
    child.stdin.end(input);
  });
}

describe("tsunagi fmt", () => {
  test("lays files and folders out, names what it changed, and a second time changes nothing", async () => {
    mkdirSync(join(folder, "sub"));
    mkdirSync(join(folder, "node_modules"));
    const files = [put("b.jobflow", untidy), put("sub/a.jobflow", untidy)];
    const others = [put("c.jobflow", tidy), put("d.txt", untidy), put(".e.jobflow", untidy)];
    const foreign = put("node_modules/f.jobflow", untidy);
    const before = [...others, foreign].map(read);
    expect(await tsunagi(["fmt", folder])).toEqual({
      status: 0,
      stdout: `${files.join("\n")}\n`,
      stderr: "",
    });
    expect(files.map(read)).toEqual([tidy, tidy]);
    expect([...others, foreign].map(read)).toEqual(before);
    expect(await tsunagi(["fmt", folder])).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("keeps the mode, and a link stays a link", async () => {
    const file = put("a.jobflow", untidy);
    chmodSync(file, 0o664);
    symlinkSync(file, join(folder, "link.jobflow"));
    await tsunagi(["fmt", join(folder, "link.jobflow")]);
    expect(read(file)).toBe(tidy);
    expect(statSync(file).mode & 0o777).toBe(0o664);
    expect(readdirSync(folder, { withFileTypes: true }).map((e) => e.isSymbolicLink())).toEqual([
      false,
      true,
    ]);
  });

  test("--check lists what differs, changes nothing, and ends with 1", async () => {
    const file = put("a.jobflow", untidy);
    put("b.jobflow", tidy);
    expect(await tsunagi(["fmt", "--check", folder])).toEqual({
      status: 1,
      stdout: `${file}\n`,
      stderr: "",
    });
    expect(read(file)).toBe(untidy);
    writeFileSync(file, tidy);
    expect(await tsunagi(["fmt", "--check", folder])).toMatchObject({ status: 0, stdout: "" });
  });

  test.each([[["fmt"]], [["fmt", "--check"]]])(
    "what does not parse is left alone, with its errors: %s",
    async (command) => {
      const file = put("a.jobflow", broken);
      const other = put("b.jobflow", untidy);
      const { status, stdout, stderr } = await tsunagi([...command, folder]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: `${other}\n` });
      expect(stderr).toMatch(/a\.jobflow:\d+:\d+: error: /);
      expect(read(file)).toBe(broken);
    },
  );

  test("- formats standard input to standard output", async () => {
    expect(await withInput(["fmt", "-"], untidy)).toEqual({ status: 0, stdout: tidy, stderr: "" });
    expect(await withInput(["fmt", "--check", "-"], untidy)).toMatchObject({
      status: 1,
      stdout: "",
    });
    const { status, stdout, stderr } = await withInput(["fmt", "-"], broken);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^<stdin>:\d+:\d+: error: /);
  });

  test("what is not there is said", async () => {
    const { status, stderr } = await tsunagi(["fmt", join(folder, "x.jobflow")]);
    expect(status).toBe(2);
    expect(stderr).toContain("x.jobflow cannot be read: there is no such file");
  });
});
