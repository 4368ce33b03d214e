/** A small SSH server for the demo: lets one key in and runs commands with /bin/sh, as the user who started it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import ssh2, { type Connection, type PublicKeyAuthContext, type ServerChannel } from "ssh2";
import type { SshKeys } from "./ssh-server.ts";

export interface BuiltInSshServer {
  port: number;
  stop(): Promise<void>;
}

export function startBuiltInSshServer(keys: SshKeys): Promise<BuiltInSshServer> {
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [keys.host.private] }, (connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
    // A client that goes away in the middle of something is no concern of the others.
    connection.on("error", () => undefined);
    serve(connection, keys.client.public);
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const connection of connections) connection.end();
    });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      resolve({ port: (server.address() as AddressInfo).port, stop });
    });
  });
}

function serve(connection: Connection, allowedKey: string): void {
  connection.on("authentication", (context) => {
    if (context.method === "publickey" && isAllowed(context, allowedKey)) context.accept();
    else context.reject(["publickey"]);
  });
  connection.on("session", (accept) => {
    const session = accept();
    session.on("env", (acceptEnv) => acceptEnv?.());
    session.on("exec", (acceptExec, _reject, { command }) => execute(acceptExec(), command));
  });
}

function isAllowed(context: PublicKeyAuthContext, allowedKey: string): boolean {
  const allowed = ssh2.utils.parseKey(allowedKey);
  if (allowed instanceof Error || !allowed.getPublicSSH().equals(context.key.data)) return false;
  // Without a signature the client only asks whether the key would do.
  if (context.signature === undefined || context.blob === undefined) return true;
  return allowed.verify(context.blob, context.signature, context.hashAlgo);
}

function execute(channel: ServerChannel, command: string): void {
  const child = spawn("/bin/sh", ["-c", command], { cwd: loginDirectory() });
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  // A command that does not read its input, or a client that went away.
  child.stdin.on("error", () => undefined);
  child.on("error", () => channel.exit(126));
  child.on("close", (code, signal) => {
    if (signal === null) channel.exit(code ?? 255);
    else channel.exit(signal.replace(/^SIG/, ""), false, "");
    channel.end();
  });
}

/** Where a login begins; a user without a home begins at the root. */
function loginDirectory(): string {
  return existsSync(homedir()) ? homedir() : "/";
}
