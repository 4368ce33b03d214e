/**
 * The demo: an alert arrives, a jobflow acts on a server over SSH, the result is on record. Nothing is
 * pretended: server, job manager, SSH server and web service are real processes on private ports, and all of
 * them end with the demo.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConsoleLine, Json } from "#contract";
import { TsunagiError } from "#kernel";
import { createLocalToken, type ServerOptions } from "#server";
import { Client } from "../client.ts";
import { importFolder } from "../commands/import.ts";
import { consoleLines } from "../console-lines.ts";
import { Interrupt } from "../interrupt.ts";
import { serveWithJobManager, type Serving } from "../serving.ts";
import { startSshServer, type SshServer } from "./ssh-server.ts";
import { startWebService, type WebService } from "./web-service-process.ts";

const examples = fileURLToPath(new URL("../../../examples/web-recovery", import.meta.url));
const waiting = "waiting for alerts";
// Far more than the recovery takes; a demo that hangs says nothing.
const patienceMs = 60_000;

export async function playDemo(options: { once: boolean }): Promise<void> {
  const cleanup = new AsyncDisposableStack();
  // The story is told on this terminal; what the server logs would stand in between.
  process.env["TSUNAGI_LOG"] ??= "error";
  const interrupt = new Interrupt();
  try {
    const story = tellStory(cleanup);
    const ended = await Promise.race([story, interrupt.happened]);
    if (ended === undefined || options.once) return;
    const { url, password } = ended;
    say(
      "",
      `Open ${url}/ in a browser: user root, password ${password}`,
      "Ctrl-C ends everything.",
    );
    await interrupt.happened;
  } finally {
    await cleanup.disposeAsync();
    interrupt.close();
  }
}

/** What the reader needs to look around by himself. */
interface Scene {
  url: string;
  password: string;
}

async function tellStory(cleanup: AsyncDisposableStack): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "tsunagi-demo-"));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  say(
    "Tsunagi demo: an alert arrives, a jobflow acts on a server over SSH, the result is on record",
    "",
  );

  const data = join(folder, "data");
  const serving = await serveAnywhere(data);
  cleanup.defer(() => serving.stopAll());
  const { url, generatedPassword } = serving.server;
  tell("server", `${url}, SQLite in ${data}, a job manager beside it`);

  const { token } = await createLocalToken({ data, name: "demo" });
  const client = new Client({ server: url, token });
  tell("objects", `${await importFolder(client, examples)} from examples/web-recovery`);

  const sshFolder = join(folder, "ssh");
  mkdirSync(sshFolder, { mode: 0o700 });
  const ssh = await startSshServer(sshFolder);
  cleanup.defer(() => ssh.stop());
  tell("ssh", `${ssh.kind} on ${ssh.host}:${ssh.port} plays the host web01`);

  const service = await startWebService(join(folder, "web01"));
  cleanup.defer(() => service.stop());
  await register(client, ssh, service);
  const process = await client.start("/monitor", {});
  const lines = readLines(client, process);
  await lines.untilWaiting(() => undefined);
  tell("jobflow", `${process} runs /monitor and waits for a message on /alerts`);

  await service.kill();
  tell("outage", `${service.url} was killed: ${await service.answer()}`);
  const alert = {
    host: "web01",
    trigger: "HTTP service is down",
    severity: "high",
    status: "PROBLEM",
  };
  await client.post("/alerts", alert);
  tell("alert", `POST ${url}/alerts ${JSON.stringify(alert)}`);

  say("", `The console of ${process}, as it happens:`);
  await lines.untilWaiting((line) => say(`  ${line.at.slice(11, 23)}  ${line.text}`));
  await tellRecord(client, service);
  return { url, password: generatedPassword ?? "" };
}

/** On the port that everybody expects, or where it is taken on a free one. */
async function serveAnywhere(data: string): Promise<Serving> {
  const options: ServerOptions = { data, host: "127.0.0.1", port: 8080 };
  try {
    return await serveWithJobManager(options);
  } catch (error) {
    if (!(error instanceof TsunagiError) || error.code !== "PORT_IN_USE") throw error;
    return await serveWithJobManager({ ...options, port: 0 });
  }
}

/** Gives the objects of the example the places that this demo made up. */
async function register(client: Client, ssh: SshServer, service: WebService): Promise<void> {
  await client.patch("/accounts/ops", { user: ssh.user, key: ssh.key });
  await client.patch("/servers/web01", {
    host: ssh.host,
    port: ssh.port,
    conntype: "ssh",
    pid_file: service.pidFile,
    start_command: service.startCommand,
    url: service.url,
    status: "up",
  });
}

/** Reads on in a console, each time to the line that says that the monitor waits again. */
function readLines(client: Client, process: string) {
  const lines = consoleLines(client, process, { follow: true });
  const read = async (onLine: (line: ConsoleLine) => void): Promise<void> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw await endedEarly(client, process);
      onLine(value);
      if (value.text === waiting) return;
    }
  };
  return {
    untilWaiting: (onLine: (line: ConsoleLine) => void) => withPatience(read(onLine), process),
  };
}

async function endedEarly(client: Client, process: string): Promise<TsunagiError> {
  const { error, state } = (await client.get(process)).fields;
  return new TsunagiError("INTERNAL", `${process} ended as ${show(state)}: ${show(error)}`);
}

async function withPatience(work: Promise<void>, process: string): Promise<void> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      reject(
        new TsunagiError(
          "INTERNAL",
          `${process} did not come back to waiting in ${patienceMs / 1000} s`,
        ),
      ),
    patienceMs,
  );
  try {
    await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

async function tellRecord(client: Client, service: WebService): Promise<void> {
  const { fields, revision } = await client.get("/servers/web01");
  const [change] = await client.history("/servers/web01");
  say("", `The record in /servers/web01, revision ${revision}:`);
  for (const name of ["status", "checked_at"]) say(`  ${name.padEnd(10)}  ${show(fields[name])}`);
  if (change !== undefined) say(`  changed by  ${change.author}, ${change.cause}`);
  say("", `${service.url} answers ${await service.answer()} again.`);
  if (fields["status"] !== "up") {
    throw new TsunagiError("INTERNAL", `the record says ${show(fields["status"])} and not up`);
  }
}

const show = (value: Json | undefined) =>
  typeof value === "string" ? value : JSON.stringify(value ?? null);

function tell(what: string, text: string): void {
  say(`  ${what.padEnd(8)}  ${text}`);
}

function say(...lines: string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}
