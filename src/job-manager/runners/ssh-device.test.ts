import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import ssh2, { type AuthContext, type Connection, type Session } from "ssh2";
import { systemClock } from "#kernel";
import { commandFixture, observe, resultOf, sshTargetFixture } from "../command-fixture.ts";
import type { Runner } from "../runner.ts";
import { sshRunner } from "./ssh.ts";

/** A device that speaks SSH but has no shell: it knows the login `ops` with `secret`, and shows what it was sent. */
const { Server, utils } = ssh2;
let server: InstanceType<typeof Server>;
let runner: Runner;
let method: "password" | "keyboard-interactive" = "password";
const clients = new Set<Connection>();

beforeAll(async () => {
  const { private: hostKey } = utils.generateKeyPairSync("ed25519");
  server = new Server({ hostKeys: [hostKey], ident: "Device_1.0" }, (client) => {
    clients.add(client);
    client.on("error", () => {});
    client.on("authentication", (context) => authenticate(context));
    client.on("session", (accept) => serve(accept()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  runner = sshRunner({ clock: systemClock });
});

afterAll(() => {
  runner.close();
  for (const client of clients) client.end();
  server.close();
});

function authenticate(context: AuthContext): void {
  const accept = (password: string | undefined) =>
    context.username === "ops" && password === "secret"
      ? context.accept()
      : context.reject([method]);
  if (context.method !== method) context.reject([method]);
  else if (context.method === "password") accept(context.password);
  else if (context.method === "keyboard-interactive") {
    context.prompt([{ prompt: "Password: ", echo: false }], ([answer]) => accept(answer));
  }
}

function serve(session: Session): void {
  session.on("exec", (accept, reject, { command }) => {
    if (command === "forbidden") return reject();
    const channel = accept();
    channel.write(`you said: ${command}`);
    if (command === "no status") channel.close();
    else if (command !== "hang") {
      channel.exit(0);
      channel.end();
    }
  });
}

const target = (password: string) =>
  sshTargetFixture({ port: (server.address() as AddressInfo).port, user: "ops", password });

test("a password logs in, directly and where it is asked for", async () => {
  for (const each of ["password", "keyboard-interactive"] as const) {
    method = each;
    const own = sshRunner({ clock: systemClock });
    expect(
      await resultOf(own, commandFixture("show version", { target: target("secret") })),
    ).toMatchObject({
      status: 0,
      stdout: "you said: show version",
    });
    expect(await resultOf(own, commandFixture("x", { target: target("wrong") }))).toMatchObject({
      status: -1,
      reason: "refused",
      message: expect.stringContaining("refused the login of 'ops' (tried: password"),
    });
    own.close();
  }
});

test("a device that refuses to run the command is refused", async () => {
  expect(
    await resultOf(runner, commandFixture("forbidden", { target: target("secret") })),
  ).toMatchObject({
    status: -1,
    reason: "refused",
    message: expect.stringContaining("refuses to run commands"),
  });
});

test("a device that gives no status leaves the fate unknown", async () => {
  expect(
    await resultOf(runner, commandFixture("no status", { target: target("secret") })),
  ).toMatchObject({
    status: -1,
    reason: "unknown",
    stdout: "you said: no status",
  });
});

test("what cannot be ended there is let go of, unknown, and said", async () => {
  const timers: (() => void)[] = [];
  const clock = {
    now: () => 0,
    after: (_delayMs: number, callback: () => void) => {
      timers.push(callback);
      return () => {};
    },
  };
  const command = observe(
    runner,
    commandFixture("hang", { target: target("secret"), timeoutMs: 60_000 }),
    clock,
  );
  await command.printed("you said: hang");
  // Its time is over; TERM; KILL; let go.
  for (let step = 0; step < 3; step += 1) timers.at(-1)?.();
  const result = await command.result;
  expect(result).toMatchObject({ status: -1, reason: "unknown" });
  expect(result.message).toMatch(
    /time limit of 60 s; it could not be ended on \[?127\.0\.0\.1\]?:\d+ and may still run/,
  );
});
