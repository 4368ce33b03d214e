import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { attachmentKills } from "./attachment-kills.ts";
import { ServerProcess } from "./server-process.ts";

let data: string;
let server: ServerProcess;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "tsunagi-attachment-kills-"));
  server = new ServerProcess(data);
  await server.start();
});

afterAll(async () => {
  await server.stop(join(data, "job-manager"));
  rmSync(data, { recursive: true, force: true });
});

attachmentKills(() => ({ server, data }));
