import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { ServerProcess } from "../crash/server-process.ts";
import { tsunagi } from "./tsunagi.ts";

/** A server for the tests of the file that calls this, with a folder for what they write, and the commands as an operator gives them to it. */
export function commandedServer() {
  const folder = mkdtempSync(join(tmpdir(), "tsunagi-commands-"));
  const server = new ServerProcess(join(folder, "data"));
  beforeAll(() => server.start());
  afterAll(async () => {
    await server.stop(join(folder, "data", "job-manager"));
    rmSync(folder, { recursive: true, force: true });
  });

  /** What tells a command which server it works against. */
  const environment = () => ({ TSUNAGI_SERVER: server.url, TSUNAGI_TOKEN: server.token });

  const call = (...args: string[]) => tsunagi(args, environment());

  /** What a command prints that succeeds and has nothing to complain about. */
  async function output(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await call(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  }

  return { folder, server, environment, call, output };
}
