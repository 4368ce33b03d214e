import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionSpec, SshTarget } from "#contract";
import { systemClock } from "#kernel";
import { ensureProgram } from "../../../test/fixtures/debian-package.ts";
import { ensureSshd, startOpenSsh, type OpenSsh } from "../../../test/fixtures/openssh.ts";
import {
  commandFixture,
  observe,
  resultOf,
  scriptFixture,
  sshTargetFixture,
} from "../command-fixture.ts";
import type { Runner } from "../runner.ts";
import { fingerprint } from "../ssh/host-key.ts";
import { sshPool } from "../ssh/pool.ts";
import { sessionRunner } from "./session.ts";
import { sshRunner } from "./ssh.ts";
import { transferRunner } from "./transfer.ts";

/** Ways to log in, and what comes after the login, with OpenSSH. */
const isRoot = process.getuid?.() === 0;
const sudo = isRoot
  ? ensureProgram("sudo", "sudo", () => ["/usr/bin/sudo"].find((path) => existsSync(path)))
  : undefined;

describe.skipIf(ensureSshd() === undefined)("a login", () => {
  let server: OpenSsh;
  let directory: string;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "tsunagi-login-"));
    server = await startOpenSsh({
      config: [
        "ListenAddress ::1",
        "Subsystem sftp internal-sftp",
        "PubkeyAcceptedAlgorithms +ssh-rsa",
      ],
    });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  const target = (changes: Partial<SshTarget> = {}) =>
    sshTargetFixture({ port: server.port, key: server.key, hostKey: server.hostKey, ...changes });

  async function whoami(to: SshTarget): Promise<string> {
    const runner = sshRunner({ clock: systemClock });
    const { stdout, message } = await resultOf(runner, commandFixture("echo in", { target: to }));
    runner.close();
    return message ?? stdout.trim();
  }

  /** Makes a key, lets it in, and gives its private half. */
  function keyOf(...options: string[]): string {
    const path = join(directory, options.join("").replaceAll(/\W/g, ""));
    execFileSync("ssh-keygen", ["-q", "-C", "", "-f", path, ...options]);
    server.letIn(readFileSync(`${path}.pub`, "utf8"));
    return readFileSync(path, "utf8");
  }

  test.each([
    ["PEM", "BEGIN RSA PRIVATE KEY", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
    ["PEM of an elliptic curve", "BEGIN EC PRIVATE KEY", ["-t", "ecdsa", "-m", "PEM"]],
    ["OpenSSH", "BEGIN OPENSSH PRIVATE KEY", ["-t", "ed25519"]],
  ])("with a key in the form %s, with and without a passphrase", async (_form, head, options) => {
    const plain = keyOf(...options, "-N", "");
    expect(plain).toContain(head);
    expect(await whoami(target({ key: plain }))).toBe("in");
    const locked = keyOf(...options, "-N", 'it\'s "quoted" 日本');
    expect(await whoami(target({ key: locked, passphrase: 'it\'s "quoted" 日本' }))).toBe("in");
    expect(await whoami(target({ key: locked }))).toContain("__passphrase__");
  });

  test("by an agent, where neither key nor password is given", async () => {
    const socket = join(directory, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    const before = process.env["SSH_AUTH_SOCK"];
    try {
      await expect.poll(() => added(socket, server.keyPath), { timeout: 10_000 }).toBe(true);
      process.env["SSH_AUTH_SOCK"] = socket;
      expect(await whoami(target({ key: null }))).toBe("in");
    } finally {
      if (before === undefined) delete process.env["SSH_AUTH_SOCK"];
      else process.env["SSH_AUTH_SOCK"] = before;
      await end(agent);
    }
  });

  test("by IPv6", async () => {
    expect(await whoami(target({ host: "::1" }))).toBe("in");
  });

  describe("through other hosts", () => {
    let first: OpenSsh;
    let second: OpenSsh;
    beforeAll(async () => {
      [first, second] = await Promise.all([startOpenSsh(), startOpenSsh()]);
    });
    afterAll(async () => {
      await first.stop();
      await second.stop();
    });
    const jump = (host: OpenSsh, changes = {}) => ({
      host: "127.0.0.1",
      port: host.port,
      user: null,
      password: null,
      key: host.key,
      passphrase: null,
      hostKey: null,
      ...changes,
    });

    test("goes the whole way, and tells the keys of all that were not known", async () => {
      const runner = sshRunner({ clock: systemClock });
      const jumps = [jump(first), jump(second, { hostKey: second.hostKey })];
      const to = target({ hostKey: null, jumps });
      const text = "echo $SSH_CONNECTION";
      const result = await resultOf(runner, commandFixture(text, { target: to }));
      expect(result).toMatchObject({ status: 0 });
      expect(fingerprint(result.hostKey ?? "")).toBe(fingerprint(server.hostKey));
      expect(result.jumpHostKeys).toHaveLength(1);
      expect(fingerprint(result.jumpHostKeys?.[0] ?? "")).toBe(fingerprint(first.hostKey));
      // The same port on this side: the connection was kept, as any other is.
      const again = await resultOf(runner, commandFixture(text, { target: to }));
      expect(again.stdout).toBe(result.stdout);
      runner.close();
    });

    test("says on which of them it failed", async () => {
      const wrong = target({ jumps: [jump(first), jump(second, { key: "no key" })] });
      expect(await whoami(wrong)).toMatch(/^on the way to 127.*private key.*cannot be read/);
      const closed = target({ jumps: [jump(first)], port: 1 });
      expect(await whoami(closed)).toMatch(
        /^127\.0\.0\.1:\d+ cannot connect to 127\.0\.0\.1:1, for which it is the way/,
      );
      const changed = target({ jumps: [jump(first, { hostKey: second.hostKey })] });
      expect(await whoami(changed)).toMatch(/the host key of 127.* has changed/);
    });

    test("copies files, too", async () => {
      const pool = sshPool({ clock: systemClock });
      const runner = transferRunner({ pool, clock: systemClock, directory });
      const path = join(directory, "copied");
      const near = { kind: "content", text: "x" } as const;
      const spec = { kind: "transfer", direction: "put", path, near, timeoutMs: null } as const;
      const to = target({ jumps: [jump(first)] });
      expect(await resultOf(runner, { ...spec, target: to, live: false })).toMatchObject({
        status: 0,
      });
      expect(readFileSync(path, "utf8")).toBe("x");
      pool.close();
    });
  });
});

describe.skipIf(sudo === undefined || ensureSshd() === undefined)("a user with a password", () => {
  const user = `tsunagi-${process.pid}`;
  const password = "p'ss \"w$rd 日本";
  const sudoers = `/etc/sudoers.d/${user}`;
  let server: OpenSsh;
  let runner: Runner;

  beforeAll(async () => {
    execFileSync("useradd", ["--create-home", "--shell", "/bin/bash", user]);
    execFileSync("chpasswd", { input: `${user}:${password}\n` });
    writeFileSync(sudoers, `${user} ALL=(ALL) ALL\n`, { mode: 0o440 });
    server = await startOpenSsh({
      config: ["UsePAM yes", "KbdInteractiveAuthentication yes"],
    });
    runner = sshRunner({ clock: systemClock });
  }, 60_000);
  afterAll(async () => {
    runner.close();
    await server.stop();
    rmSync(sudoers, { force: true });
    execFileSync("userdel", ["--remove", "--force", user], { stdio: "ignore" });
  }, 60_000);

  const target = () =>
    sshTargetFixture({ port: server.port, user, password, hostKey: server.hostKey });

  test("logs in where it is asked for (keyboard-interactive)", async () => {
    expect(await resultOf(runner, commandFixture("id -un", { target: target() }))).toMatchObject({
      stdout: `${user}\n`,
    });
  });

  test("works as root by sudo, in its directory and environment, and with its own standard input", async () => {
    const changes = {
      target: target(),
      sudo: { password },
      directory: "/usr",
      environment: { A: "b c" },
      stdin: { text: "input" },
    };
    const text = 'id -un; pwd; echo "$A"; cat';
    expect(await resultOf(runner, commandFixture(text, changes))).toMatchObject({
      status: 0,
      stdout: "root\n/usr\nb c\ninput",
      stderr: "",
    });
    // Once sudo remembers, it asks for nothing; the password must not reach the command.
    const again = { target: target(), sudo: { password } };
    expect(await resultOf(runner, commandFixture("id -un; cat", again))).toMatchObject({
      stdout: "root\n",
    });
    expect(await resultOf(runner, scriptFixture("id -un", {}, again))).toMatchObject({
      stdout: "root\n",
    });
  });

  test("is told by sudo what is wrong with the password, or that one is needed", async () => {
    const wrong = commandFixture("id", { target: target(), sudo: { password: "wrong" } });
    execFileSync("rm", ["-rf", `/run/sudo/ts/${user}`]);
    expect(await resultOf(runner, wrong)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/incorrect password|no password was provided|try again/),
    });
    const none = commandFixture("id", { target: target(), sudo: { password: null } });
    expect(await resultOf(runner, none)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("a password is required"),
    });
  });

  test("ends what runs as root, too, when its time is over", async () => {
    const spec = commandFixture("echo $$; exec sleep 1000", {
      target: target(),
      sudo: { password },
      timeoutMs: 3000,
    });
    const command = observe(runner, spec);
    const result = await command.result;
    expect(result).toMatchObject({ status: -1, reason: "timeout" });
    expect(() => process.kill(Number(result.stdout), 0)).toThrow(/ESRCH/);
  });

  test("becomes another user by su, in a session", async () => {
    const pool = sshPool({ clock: systemClock });
    const sessions = sessionRunner({ pool, clock: systemClock });
    const step = (work: SessionSpec["work"]): Promise<{ stdout: string; message: string | null }> =>
      resultOf<SessionSpec>(sessions, {
        kind: "session",
        session: 1,
        process: 1,
        work,
        prompt: null,
        more: null,
        timeoutMs: 30_000,
        live: false,
      });
    const environment = {};
    await step({
      kind: "open",
      target: target(),
      directory: null,
      environment,
      shell: null,
      encoding: null,
    });
    // Its own password is the one that is known here; su asks as it does for any other user's.
    await step({ kind: "send", text: `su ${user}` });
    await step({ kind: "read" });
    await step({ kind: "send", text: password });
    expect(await step({ kind: "read" })).toMatchObject({ message: null });
    await step({ kind: "send", text: "ps -o comm= -p $PPID" });
    expect((await step({ kind: "read" })).stdout).toBe("su");
    sessions.close();
    pool.close();
  });
});

function added(socket: string, key: string): boolean {
  try {
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    execFileSync("ssh-add", ["-q", key], { env, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.on("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
