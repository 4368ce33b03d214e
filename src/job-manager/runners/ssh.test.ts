import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "#kernel";
import {
  ensureSshd,
  freePort,
  startOpenSsh,
  type OpenSsh,
} from "../../../test/fixtures/openssh.ts";
import {
  commandFixture,
  isRunning,
  observe,
  resultOf,
  scriptFixture,
  sshTargetFixture,
} from "../command-fixture.ts";
import type { Runner } from "../runner.ts";
import { fingerprint } from "../ssh/host-key.ts";
import { sshRunner } from "./ssh.ts";

describe.skipIf(ensureSshd() === undefined)("over SSH, to OpenSSH", () => {
  let server: OpenSsh;
  let runner: Runner;
  beforeAll(async () => {
    server = await startOpenSsh();
    runner = sshRunner({ clock: systemClock });
  });
  afterAll(async () => {
    runner.close();
    await server.stop();
  });

  const target = (changes = {}) =>
    sshTargetFixture({ port: server.port, key: server.key, hostKey: server.hostKey, ...changes });
  const on = (changes = {}) => ({ target: target(), ...changes });

  test("a command's outputs and status are its result", async () => {
    const result = await resultOf(runner, commandFixture("echo out; echo err >&2; exit 3", on()));
    expect(result).toMatchObject({
      status: 3,
      reason: "exit",
      stdout: "out\n",
      stderr: "err\n",
      hostKey: null,
    });
  });

  test("commands to the same target share a connection", async () => {
    const two = await Promise.all(
      [1, 2].map(() => resultOf(runner, commandFixture("echo $SSH_CONNECTION", on()))),
    );
    expect(two[0]?.stdout).toMatch(/127\.0\.0\.1/);
    expect(two[1]?.stdout).toBe(two[0]?.stdout);
  });

  test("more commands at once than a connection carries all run", async () => {
    const own = await startOpenSsh({ config: ["MaxSessions 2"] });
    try {
      const to = target({ port: own.port, key: own.key, hostKey: own.hostKey });
      const results = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          resultOf(runner, commandFixture(`echo ${n}`, { target: to })),
        ),
      );
      expect(results.map(({ stdout }) => Number(stdout))).toEqual(
        Array.from({ length: 30 }, (_, n) => n),
      );
    } finally {
      await own.stop();
    }
  });

  test("the first key of a host is accepted and reported", async () => {
    const result = await resultOf(
      runner,
      commandFixture("true", { target: target({ hostKey: null }) }),
    );
    expect(result.status).toBe(0);
    expect(fingerprint(result.hostKey ?? "")).toBe(fingerprint(server.hostKey));
  });

  test("a changed host key is refused with both fingerprints, also on a connection that stands", async () => {
    const known = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from("ssh-ed25519"), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString("base64")}`;
    for (const own of [runner, sshRunner({ clock: systemClock })]) {
      const result = await resultOf(
        own,
        commandFixture("true", { target: target({ hostKey: known }) }),
      );
      expect(result).toMatchObject({ status: -1, reason: "refused" });
      expect(result.message).toContain(`127.0.0.1:${server.port}`);
      expect(result.message).toContain(fingerprint(known));
      expect(result.message).toContain(fingerprint(server.hostKey));
    }
  });

  test("a login that is refused says as whom and how", async () => {
    const result = await resultOf(
      runner,
      commandFixture("true", { target: target({ user: "nobody-here", password: "wrong" }) }),
    );
    expect(result).toMatchObject({ status: -1, reason: "refused" });
    expect(result.message).toMatch(
      /refused the login of 'nobody-here' \(tried: publickey, password/,
    );
  });

  test("a key that cannot be read is said without showing it", async () => {
    const result = await resultOf(
      runner,
      commandFixture("true", { target: target({ key: "no key at all" }) }),
    );
    expect(result).toMatchObject({
      status: -1,
      reason: "refused",
      message: expect.stringContaining("__key__"),
    });
    expect(result.message).not.toContain("no key at all");
  });

  test("a host that is not there is unreachable", async () => {
    const port = await freePort();
    expect(
      await resultOf(runner, commandFixture("true", { target: target({ port }) })),
    ).toMatchObject({
      status: -1,
      reason: "unreachable",
      message: expect.stringContaining(`port ${port}`),
    });
    const target2 = target({ host: "no-such-host.invalid" });
    expect(await resultOf(runner, commandFixture("true", { target: target2 }))).toMatchObject({
      status: -1,
      reason: "unreachable",
      message: expect.stringContaining("cannot be resolved"),
    });
  });

  test("what is no SSH server is said to be none", async () => {
    for (const greeting of ["", "HTTP/1.1 400 Bad Request\r\n\r\n"]) {
      const server = createServer((socket) => void socket.on("error", () => {}).end(greeting));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const result = await resultOf(
        runner,
        commandFixture("true", { target: target({ port, host: "127.0.0.1" }) }),
      );
      server.close();
      expect(result).toMatchObject({
        status: -1,
        reason: "unreachable",
        message: expect.stringMatching(`port ${port} of 127.0.0.1 is no SSH server.*__port__`),
      });
    }
  });

  test("directory, environment, shell and standard input are as given", async () => {
    const result = await resultOf(
      runner,
      commandFixture(
        'pwd; echo "$WHO"; cat; echo "$0"',
        on({
          directory: "/usr",
          environment: { WHO: "it's $me" },
          shell: "/bin/bash",
          stdin: { text: "given" },
        }),
      ),
    );
    expect(result.stdout).toBe("/usr\nit's $me\ngiven/bin/bash\n");
  });

  test("a time limit ends the remote process group", async () => {
    const result = await resultOf(
      runner,
      commandFixture("sleep 1000 & echo $!; sleep 1000", on({ timeoutMs: 300 })),
    );
    expect(result).toMatchObject({ status: -1, reason: "timeout" });
    // Who was killed is gone when its parent has taken note of it.
    await expect.poll(() => isRunning(Number(result.stdout.trim()))).toBe(false);
  });

  test("death by signal n is status 128 + n", async () => {
    expect(await resultOf(runner, commandFixture("kill -KILL $$", on()))).toMatchObject({
      status: 137,
      reason: "exit",
    });
  });

  test("a script is written, run and removed", async () => {
    const script =
      '#!/bin/bash\nls -l $0; ls -ld $(dirname $0); echo "[$1] $WHO"; cat; echo $0; exit 4';
    const result = await resultOf(
      runner,
      scriptFixture(
        script,
        { arguments: ["a 'b' $c"] },
        on({ environment: { WHO: "me" }, stdin: { text: "in\n" } }),
      ),
    );
    expect(result.stdout).toMatch(/^-rwx------ .*\ndrwx------ .*\n\[a 'b' \$c\] me\nin\n/);
    expect(result).toMatchObject({ status: 4, reason: "exit" });
    const file = result.stdout.trim().split("\n").at(-1) ?? "";
    expect(file).toMatch(/^\/.*check_it\.sh$/);
    expect(existsSync(file)).toBe(false);
  });

  test("a script is removed after a time limit, too", async () => {
    const result = await resultOf(
      runner,
      scriptFixture("echo $0; sleep 1000", {}, on({ timeoutMs: 300 })),
    );
    expect(result.reason).toBe("timeout");
    expect(existsSync(result.stdout.trim())).toBe(false);
  });

  test("a connection that is lost after the command was sent leaves its fate unknown", async () => {
    const own = await startOpenSsh();
    const spec = commandFixture("echo $$ ready; exec sleep 1000", {
      target: target({ port: own.port, key: own.key, hostKey: own.hostKey }),
    });
    const command = observe(runner, spec);
    await command.printed("ready");
    await own.stop();
    const result = await command.result;
    // Nobody but the test can end it now.
    process.kill(Number.parseInt(result.stdout, 10));
    expect(result).toMatchObject({
      status: -1,
      reason: "unknown",
      stdout: expect.stringMatching(/^\d+ ready\n$/),
      message: expect.stringContaining("was lost while the command ran"),
    });
  });

  test("a kept connection that has died is replaced without anybody noticing", async () => {
    const own = await startOpenSsh();
    const to = target({ port: own.port, key: own.key, hostKey: null });
    expect((await resultOf(runner, commandFixture("echo 1", { target: to }))).stdout).toBe("1\n");
    await own.stop();
    const next = await startOpenSsh({ port: own.port });
    try {
      const again = { ...to, key: next.key, hostKey: next.hostKey };
      expect((await resultOf(runner, commandFixture("echo 2", { target: again }))).stdout).toBe(
        "2\n",
      );
    } finally {
      await next.stop();
    }
  });

  test("a command that is cancelled before it could start was not started", async () => {
    const own = sshRunner({
      clock: systemClock,
      commandsPerConnection: 1,
      connectionsPerTarget: 1,
    });
    const first = observe(own, commandFixture("echo ready; sleep 1000", on()));
    await first.printed("ready");
    const second = observe(own, commandFixture("true", on()));
    second.execution.cancel("not wanted");
    expect(await second.result).toMatchObject({ status: -1, reason: "cancelled" });
    first.execution.cancel("not wanted");
    expect(await first.result).toMatchObject({ status: -1, reason: "cancelled" });
    own.close();
  });

  test("a key with a passphrase logs in", async () => {
    const path = `${server.keyPath}-locked`;
    execFileSync("cp", [server.keyPath, path]);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "open me", "-f", path]);
    const key = readFileSync(path, "utf8");
    const locked = target({ key, passphrase: "open me" });
    expect((await resultOf(runner, commandFixture("echo in", { target: locked }))).stdout).toBe(
      "in\n",
    );
    const closed = target({ key, passphrase: "wrong" });
    expect(await resultOf(runner, commandFixture("true", { target: closed }))).toMatchObject({
      reason: "refused",
      message: expect.stringContaining("__passphrase__"),
    });
  });
});
