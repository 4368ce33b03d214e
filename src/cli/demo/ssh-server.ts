/**
 * The SSH server that plays the host of the demo, on a private port of this machine, with keys of its own.
 * OpenSSH's where it is installed and lets this user in, else one that is built on ssh2.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { delimiter, join } from "node:path";
import ssh2 from "ssh2";
import { startBuiltInSshServer } from "./built-in-ssh-server.ts";
import { freePort } from "./free-port.ts";
import { makeSshKey, type SshKeyPair } from "./ssh-key.ts";

export interface SshServer {
  /** What it is, in words for the reader of the demo. */
  kind: string;
  host: string;
  port: number;
  user: string;
  /** The private key that opens it, in OpenSSH's format. */
  key: string;
  stop(): Promise<void>;
}

export interface SshKeys {
  host: SshKeyPair;
  client: SshKeyPair;
}

/** Starts one, with its files in that folder. */
export async function startSshServer(folder: string): Promise<SshServer> {
  const keys = { host: makeSshKey(), client: makeSshKey() };
  const { username: user } = userInfo();
  const open = await startOpenSsh(folder, keys, user);
  const server = open ?? {
    ...(await startBuiltInSshServer(keys)),
    kind: "the demo's own SSH server (no usable OpenSSH here)",
  };
  return { ...server, host: "127.0.0.1", user, key: keys.client.private };
}

type Started = Pick<SshServer, "kind" | "port" | "stop">;

/** Undefined where there is no sshd, or where it does not let this user in (a locked account, no shell). */
async function startOpenSsh(
  folder: string,
  keys: SshKeys,
  user: string,
): Promise<Started | undefined> {
  const program = findSshd();
  if (program === undefined || !prepareForRoot()) return undefined;
  const port = await freePort();
  const child = spawn(program, ["-D", "-e", "-f", writeConfiguration(folder, keys, port)], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async () => {
    child.kill();
    await ended;
  };
  const isUsable = await Promise.race([
    letsIn({ port, user, key: keys.client.private }),
    ended.then(() => false),
  ]);
  if (isUsable) return { kind: `OpenSSH (${program})`, port, stop };
  await stop();
  return undefined;
}

/** sshd insists on being called by its full path. */
function findSshd(): string | undefined {
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/sbin",
    "/usr/local/sbin",
    "/sbin",
  ];
  return folders
    .map((folder) => join(folder, "sshd"))
    .find((file) => file.startsWith("/") && existsSync(file));
}

/** As root, sshd separates privileges in a directory that its start script makes otherwise. */
function prepareForRoot(): boolean {
  if (process.getuid?.() !== 0 || existsSync("/run/sshd")) return true;
  try {
    mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    return true;
  } catch {
    // A read-only system: the demo's own server does as well.
    return false;
  }
}

function writeConfiguration(folder: string, keys: SshKeys, port: number): string {
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const lines = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey "${write("host_key", keys.host.private)}"`,
    `AuthorizedKeysFile "${write("authorized_keys", `${keys.client.public}\n`)}"`,
    "PidFile none",
    "UsePAM no",
    // The folder lies below the world-writable /tmp.
    "StrictModes no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin prohibit-password",
    "PrintMotd no",
    "PrintLastLog no",
  ];
  return write("sshd_config", `${lines.join("\n")}\n`);
}

/** Logs in and runs `true`, again and again until sshd listens; gives up when it answers with a refusal. */
async function letsIn(target: { port: number; user: string; key: string }): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const outcome = await tryLogin(target);
    if (outcome !== "not listening") return outcome === "in";
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function tryLogin({ port, user, key }: { port: number; user: string; key: string }) {
  return new Promise<"in" | "refused" | "not listening">((resolve) => {
    const client = new ssh2.Client();
    const end = (outcome: "in" | "refused" | "not listening") => {
      resolve(outcome);
      client.end();
    };
    client
      .on("ready", () =>
        client.exec("true", (error, stream) => {
          if (error !== undefined) return end("refused");
          stream.on("exit", (code: number | null) => end(code === 0 ? "in" : "refused")).resume();
        }),
      )
      .on("error", (error: NodeJS.ErrnoException) =>
        end(error.code === "ECONNREFUSED" ? "not listening" : "refused"),
      )
      .connect({ host: "127.0.0.1", port, username: user, privateKey: key, readyTimeout: 5000 });
  });
}
