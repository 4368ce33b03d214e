import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bench, Measured, Scene } from "./main.ts";

/** Until what a start leaves behind is cleaned up. */
const settleMs = 5_000;

/** The memory of a server with SQLite, without its job manager, that nobody asks anything. */
export const bench: Bench = {
  summary: "memory of an idle server",
  async prepare({ cleanup, note }: Scene) {
    const data = mkdtempSync(join(tmpdir(), "tsunagi-idle-"));
    cleanup.defer(() => rmSync(data, { recursive: true, force: true }));
    note("of the operating system's count, some 55 MB are the program file of Node.js itself");
    return async () => {
      const { resident, own } = await measure(data);
      return [figure("server/idle-resident", resident), figure("server/idle-anonymous", own)];
    };
  },
};

function figure(name: string, value: number): Measured {
  return { name, unit: "MB", value, peers: {} };
}

async function measure(data: string): Promise<{ resident: number; own: number }> {
  const server = spawn(
    "bin/tsunagi",
    ["serve", "--data", data, "--port", "0", "--no-job-manager"],
    {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, TSUNAGI_LOG: "error", TSUNAGI_ADMIN_PASSWORD: "idle" },
    },
  );
  await once(createInterface({ input: server.stdout }), "line");
  await sleep(settleMs);
  const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1024;
  const found = { resident: megabytes("VmRSS"), own: megabytes("RssAnon") };
  server.kill();
  await once(server, "exit");
  return found;
}
