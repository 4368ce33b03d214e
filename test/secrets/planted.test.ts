import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Client } from "../../src/cli/client.ts";
import { readPid } from "../../src/cli/job-manager-pid.ts";
import { writtenForms } from "./written-forms.ts";

/**
 * Secrets are planted wherever a flow can put them, in a real server with a real job manager that log all they can; then
 * every byte that is kept is searched for them, in all forms in which a text is commonly written, and so is every answer.
 *
 * May be found: nothing. What the language leaves to the flow is not planted: the output of a command is plain text in
 * `$RESULT` (LANGUAGE section 9), so a flow that writes an echoed password into a field has made it public.
 */
const program = new URL("../../bin/tsunagi", import.meta.url).pathname;

/** Long enough to be found by its halves, with characters that each form writes differently. */
const planted = {
  first: 'Erste-9f3a "ü/+&\\ Hälfte|Zweite-71cc ÿ~?=',
  second: 'Neuere-b8d2 "ö/+&\\ Hälfte|Letzte-40ee ÿ~?=',
  other: 'Andere-c6c6 "ä/+&\\ Hälfte|Ende-0d0d ÿ~?=',
};

let folder: string;
let child: ChildProcess;
let client: Client;
let outside: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-planted-"));
  const log = openSync(join(folder, "server-log"), "w");
  const output = join(folder, "server-output");
  const out = openSync(output, "w");
  child = spawn(program, ["serve", "--data", dataDirectory(), "--port", "0"], {
    stdio: ["ignore", out, log],
    env: { ...process.env, TSUNAGI_LOG: "trace", TSUNAGI_ADMIN_PASSWORD: "correct horse battery" },
  });
  closeSync(log);
  closeSync(out);
  const serves = () => expect(readFileSync(output, "utf8")).toMatch(/http:/);
  await vi.waitFor(serves, { timeout: 60_000 });
  const server = /https?:\/\/[^\s,]+/.exec(readFileSync(output, "utf8"))?.[0] ?? "";
  const create = ["token", "create", "test", "--data", dataDirectory()];
  const token = execFileSync(program, create, { encoding: "utf8" }).trim();
  client = new Client({ server, token });
  outside = createServer((request, response) => {
    response.end(`you said ${String(request.headers["x-secret"])}`);
  });
  await new Promise<void>((resolve) => void outside.listen(0, "127.0.0.1", resolve));
}, 120_000);

afterAll(async () => {
  const manager = readPid(join(dataDirectory(), "job-manager"));
  await kill();
  if (manager !== undefined) process.kill(manager, "SIGKILL");
  outside.close();
  rmSync(folder, { recursive: true, force: true });
});

test("no secret is found in what is stored, logged or answered", { timeout: 240_000 }, async () => {
  await plant();
  const flows = Object.entries(flowsOf((outside.address() as AddressInfo).port));
  const started: string[] = [];
  for (const [name, source] of flows) {
    await client.put(`/${name}`, { type: "Jobflow", fields: { source } });
    started.push(await client.start(`/${name}`, {}));
  }
  for (const [index, process] of started.entries()) {
    const name = flows[index]?.[0] ?? "";
    // A process whose command runs is in the state `running`; all others wait, or have ended.
    const settled = name === "runs" ? /running/ : /waiting|done|aborted/;
    const isSettled = async () => expect(`${name} ${await stateOf(process)}`).toMatch(settled);
    await vi.waitFor(isSettled, { timeout: 60_000, interval: 50 });
  }

  const answers = await allAnswers(started);
  // The files as they are while it runs, and as a crash leaves them.
  const finds = [...searchText("an answer", answers), ...searchFiles("running")];
  await kill();
  finds.push(...searchFiles("killed"));
  expect(finds).toEqual([]);

  // The search finds what is there: else it would be worth nothing.
  expect(answers).toContain("visible-host");
  expect(answers).toContain("waits with its secrets");
  expect(allFiles().some((file) => readFileSync(file).includes("visible-host"))).toBe(true);
  expect(searchText("a sample", Buffer.from(`x${planted.first}`).toString("base64"))).not.toEqual(
    [],
  );
});

/** Objects with secrets, changed so that older ones are in the history. */
async function plant(): Promise<void> {
  const fields = { user: "visible-host", password: planted.first };
  await client.put("/account", { type: "Account", fields });
  await client.patch("/account", { password: planted.second });
  await client.patch("/account", { password: planted.first });
  await client.put("/gone", { type: "Account", fields: { password: planted.second } });
  await client.delete("/gone");
  await client.put("/never", { type: "Channel", fields: {} });
  await client.put("/note", { type: "Text", fields: {} });
  await client.put("/other", { type: "Account", fields: { password: planted.other } });
}

/** By name: flows that do with a secret what flows do, and end, or wait with it. */
function flowsOf(port: number): Record<string, string> {
  const p = "[p = /account.password, q = /other.password]";
  return {
    callee: "|a = null, b = null| print(a, b) -> </never> -> print(a, b)",
    waits: `${p} -> [built = "a $p b", list = [p, {k: q}], half = p[0:15], rest = p[20:], code = encode(p, 'base64'), hex = encode(q, 'hex'), parts = split(p, '|'), back = reverse(p)]
-> print('waits with its secrets') -> print(p, built, list, half, rest, code, hex, parts, back) -> </never> -> print(built, list, half, rest, code, hex, parts, back)`,
    context: `${p} -> { __password__ = p, __passphrase__ = q, __env__ = {SECRET: p}, __conntype__ = 'local' | </never> -> ['true'] }`,
    commands: `${p} -> { __env__ = {SECRET: p} | ['printf %s "$' + 'SECRET" | wc -c'] -> print($RESULT) -> ["echo \${sh(p)}"] -> print($RESULT) -> [answer = $RESULT]
=> ['cat': stdin = q] -> print($RESULT) => ["echo \${sh(q)} >&2; exit 3"] =>> print($ERROR) -> </never> }`,
    runs: `${p} -> { __env__ = {SECRET: q} | ["sleep 600 # \${sh(p)}": stdin = q] }`,
    outputs: `${p} -> ["echo \${sh(p)}; echo \${encode(q, 'base64')}; echo \${encode(p, 'url')}"] -> [kept = $RESULT] -> print(kept) -> </never> -> print(kept)`,
    retries: `${p} -> ["false \${sh(p)}": retry = 3, interval = 600]`,
    aborts: `${p} -> abort("wrong: $p")`,
    fails: `${p} -> [x = format_time(now(), zone = q)]`,
    told: `${p} -> [x = integer(p)] =>> [/note.text << $ERROR] -> print($ERROR)`,
    fork: `${p} -> { pfor v in [p, q] | print(v) -> </never> -> print(v) }`,
    branches: `${p} -> { fork | [a = p] -> </never> -> print(a)  [b = q] -> </never> -> print(b) }`,
    returns: `${p} -> return({secret: p, list: [q]})`,
    closure: `${p} -> [f = {|a| print(p, a) -> </never> -> print(a, p)}] -> [f: q]`,
    calls: `${p} -> [./callee: p, b = q]`,
    spawns: `${p} -> spawn(./callee, p, b = q)`,
    choice: `${p} -> { choice | </never> -> print(p) after 3600: print(q) }`,
    locks: `${p} -> { lock /note | </never> -> print(p, q) }`,
    requests: `${p} -> [body = {a: q}] -> urlopen('http://127.0.0.1:${port}/x', method = 'POST', headers = {'X-Secret': encode(p, 'url')}, data = body) => [kept = $RESULT] -> print(kept) -> </never> -> print(kept, body)`,
    query: `${p} -> urlopen('http://127.0.0.1:1/x?token=' + encode(p, 'url')) => print($ERROR) -> </never>`,
    refused: `${p} -> [/note.text << p] =>> [/never << q] =>> print($ERROR) -> [/account.rename: p] =>> print($ERROR)`,
    asserts: `${p} -> assert(p == q, "not $p but $q")`,
    stored: `${p} -> [/account.password << p + 'x'] -> [/account.password << p]`,
  };
}

async function stateOf(process: string): Promise<string> {
  return (await client.get(process)).fields["state"] as string;
}

/** Everything that the API tells about the processes and objects. */
async function allAnswers(started: readonly string[]): Promise<string> {
  const answers: unknown[] = [await client.status()];
  const processes = new Set(started);
  for (const process of started)
    for await (const { path } of client.family(process)) processes.add(path);
  for (const process of processes) {
    answers.push(
      await client.get(process),
      await client.console(process, 0),
      await client.trace(process, 0),
      await client.variables(process).catch(String),
    );
  }
  for (const path of ["/account", "/other", "/note", "/gone", "/waits"])
    answers.push(await client.get(path).catch(String), await client.history(path).catch(String));
  for (const q of ["'visible'", "'Erste'", "'71cc'", "user = 'visible-host'"])
    for await (const found of client.find({ q }, 100)) answers.push(found);
  answers.push(await (await fetch(client.url("/.api/v1/openapi.json"))).text());
  return JSON.stringify(answers);
}

function searchFiles(when: string): string[] {
  return allFiles().flatMap((file) =>
    search(`${relative(folder, file)} (${when})`, readFileSync(file)),
  );
}

function searchText(where: string, text: string): string[] {
  return search(where, Buffer.from(text));
}

/** Whole secrets and their halves. */
function search(where: string, bytes: Buffer): string[] {
  return Object.entries(planted).flatMap(([name, secret]) =>
    [secret, ...secret.split("|")].flatMap((part) =>
      writtenForms(part)
        .filter((form) => bytes.includes(form.bytes))
        .map((form) => {
          const at = bytes.indexOf(form.bytes);
          const around = bytes.subarray(Math.max(0, at - 60), at + 80).toString("latin1");
          return `${where}: ${name}, ${form.name}: …${around}…`;
        }),
    ),
  );
}

/** The database with its journal, the job manager's journal, both keys, all logs. */
function allFiles(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function dataDirectory(): string {
  return join(folder, "data");
}

async function kill(): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
