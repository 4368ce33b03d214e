import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startBuiltInSshServer } from "./built-in-ssh-server.ts";
import { makeSshKey } from "./ssh-key.ts";
import { startSshServer } from "./ssh-server.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-ssh-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Target {
  port: number;
  user: string;
  key: string;
}

function execute({ port, user, key }: Target, command: string, stdin = "") {
  return new Promise<{ status: number; output: string }>((resolve, reject) => {
    const client = new ssh2.Client();
    client.on("error", reject);
    client.on("ready", () =>
      client.exec(command, (error, stream) => {
        if (error !== undefined) return reject(error);
        let output = "";
        stream.on("data", (data: Buffer) => (output += data.toString()));
        stream.stderr.on("data", (data: Buffer) => (output += data.toString()));
        let status = -1;
        stream.on("exit", (code: number) => (status = code));
        stream.on("close", () => {
          client.end();
          resolve({ status, output });
        });
        stream.end(stdin);
      }),
    );
    client.connect({ host: "127.0.0.1", port, username: user, privateKey: key });
  });
}

test("whichever server plays the host, it runs commands for the key that it was given", async () => {
  const server = await startSshServer(folder);
  try {
    expect(await execute(server, "echo out; exit 3")).toEqual({ status: 3, output: "out\n" });
    const stranger = { ...server, key: makeSshKey().private };
    await expect(execute(stranger, "true")).rejects.toThrow("authentication methods failed");
  } finally {
    await server.stop();
  }
});

test("the built-in server passes input, both outputs and the status, and lets no other key in", async () => {
  const keys = { host: makeSshKey(), client: makeSshKey() };
  const server = await startBuiltInSshServer(keys);
  const target = { port: server.port, user: "anyone", key: keys.client.private };
  try {
    expect(await execute(target, "cat; echo error >&2; exit 7", "input ")).toEqual({
      status: 7,
      output: expect.stringMatching(/input (?=.*error)|error.*input /s),
    });
    await expect(execute({ ...target, key: makeSshKey().private }, "true")).rejects.toThrow(
      "authentication methods failed",
    );
  } finally {
    await server.stop();
  }
});
