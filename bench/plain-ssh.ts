/** The peer of the alert bench: `ssh host true`, OpenSSH's client against an sshd on a private port. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSshServer } from "../src/cli/demo/ssh-server.ts";

/** Gives a function that runs it so many times, one after another, and gives the milliseconds of each; undefined where there is no OpenSSH. */
export async function preparePlainSsh(
  cleanup: AsyncDisposableStack,
  note: (text: string) => void,
): Promise<((times: number) => Promise<number[]>) | undefined> {
  if (spawnSync("ssh", ["-V"]).status !== 0) {
    note("the peer plain-ssh is absent: there is no OpenSSH client here");
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), "tsunagi-bench-ssh-"));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = await startSshServer(folder);
  cleanup.defer(() => server.stop());
  if (!server.kind.startsWith("OpenSSH")) {
    note("the peer plain-ssh is absent: there is no OpenSSH server that lets this user in");
    return undefined;
  }
  const keyFile = join(folder, "client_key");
  writeFileSync(keyFile, server.key, { mode: 0o600 });
  const options = [
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
    "BatchMode=yes",
  ];
  const args = [
    "-F",
    "none",
    "-i",
    keyFile,
    "-p",
    String(server.port),
    ...options.flatMap((each) => ["-o", each]),
    `${server.user}@${server.host}`,
    "true",
  ];
  return async (times) => {
    const measured: number[] = [];
    for (let n = 0; n < times; n += 1) measured.push(await timeOf("ssh", args));
    return measured;
  };
}

async function timeOf(program: string, args: string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [status] = (await once(child, "exit")) as [number | null];
  if (status !== 0) throw new Error(`'${program} … true' ended with status ${status}`);
  return performance.now() - begun;
}
