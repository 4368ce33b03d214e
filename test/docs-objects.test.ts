/**
 * `docs/objects.md` is typed in: the files of its first part are written, every command there is run against a server in
 * the order of the page, and what it prints must be what the page says.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerProcess } from "./crash/server-process.ts";

let folder: string;
let server: ServerProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-docs-objects-"));
  server = new ServerProcess(join(folder, "data"));
  await server.start();
});
afterAll(async () => {
  await server.stop(join(folder, "data", "job-manager"));
  rmSync(folder, { recursive: true, force: true });
});

interface Typed {
  command: string;
  output: string;
}

const page = readFileSync("docs/objects.md", "utf8");
const part = page.slice(page.indexOf("## Model your systems"), page.indexOf("## History and undo"));

function filesIn(text: string): { name: string; content: string }[] {
  return [...text.matchAll(/^```json (\S+)\n([^]*?)^```$/gm)].map(
    ([, name = "", content = ""]) => ({
      name,
      content,
    }),
  );
}

function commandsIn(text: string): Typed[] {
  return [...text.matchAll(/^```console\n([^]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block
      .split(/^\$ /m)
      .filter((typed) => typed !== "")
      .map((typed) => {
        const end = typed.indexOf("\n");
        return { command: typed.slice(0, end), output: typed.slice(end + 1) };
      }),
  );
}

/** As in a shell, in the folder with the files; both outputs together, as a terminal shows them. */
function type(command: string): Promise<string> {
  const env = {
    ...process.env,
    LANG: "C",
    PATH: `${resolve("bin")}:${process.env["PATH"]}`,
    TSUNAGI_SERVER: server.url,
    TSUNAGI_TOKEN: server.token,
  };
  return new Promise((done) => {
    execFile("/bin/sh", ["-c", command], { cwd: folder, env }, (_error, stdout, stderr) =>
      done(stdout + stderr),
    );
  });
}

test("every command of the page prints what the page says", { timeout: 300_000 }, async () => {
  for (const { name, content } of filesIn(part)) writeFileSync(join(folder, name), content);
  const commands = commandsIn(part);
  expect(commands.length).toBeGreaterThan(20);
  for (const { command, output } of commands) {
    expect(await type(command), command).toBe(output);
  }
});
