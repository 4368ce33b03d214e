import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { attachmentKills } from "../crash/attachment-kills.ts";
import { ServerProcess } from "../crash/server-process.ts";
import { createDatabase, startPostgres, type PostgresServer } from "../fixtures/postgres.ts";

let data: string;
let postgres: PostgresServer;
let server: ServerProcess;

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "tsunagi-attachment-kills-"));
  postgres = await startPostgres({ isDurable: true });
  server = new ServerProcess(data, await createDatabase(postgres.url, "tsunagi"));
  await server.start();
});

afterAll(async () => {
  await server.stop(join(data, "job-manager"));
  await postgres.stop();
  rmSync(data, { recursive: true, force: true });
});

attachmentKills(() => ({ server, data }));
