import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startEmbeddedJobManager, type JobManager } from "#job-manager";
import { createLogger } from "#runtime";
import { openEmbeddedHouse, type EmbeddedHouse } from "#server";
import {
  startSwitch,
  switchLogin,
  type SwitchFixture,
} from "../src/job-manager/session/switch-fixture.ts";

/** Sessions and copies from the flow to the device, with everything in between. */
let device: SwitchFixture;
let house: EmbeddedHouse;
let jobManager: JobManager;
let files: string;
const lines: string[] = [];
const news: string[] = [];

beforeAll(async () => {
  device = await startSwitch();
});
afterAll(() => device.stop());

beforeEach(async () => {
  files = mkdtempSync(join(tmpdir(), "tsunagi-session-"));
  lines.length = 0;
  news.length = 0;
  device.typed.length = 0;
  house = await openEmbeddedHouse({
    onConsole: (_process, written) => void lines.push(...written),
    onCommand: (each) => {
      if (each.kind === "started") news.push(`${each.target}: ${each.text}`);
    },
  });
  jobManager = startEmbeddedJobManager({
    door: house.managerDoor,
    logger: createLogger({ name: "test", level: "fatal" }),
    files,
  });
  const { user, password } = switchLogin;
  await house.load([
    {
      path: "/sw1",
      type: "Server",
      fields: { host: "127.0.0.1", port: device.port, user, password },
    },
    { path: "/enable", type: "Account", fields: { password: "high" } },
  ]);
});
afterEach(async () => {
  await jobManager.stop({ drainMs: 0 });
  await house.close();
  rmSync(files, { recursive: true });
});

async function run(source: string) {
  await house.load([{ path: "/flow", type: "Jobflow", fields: { source } }]);
  const { fields } = await house.run("/flow", {});
  return fields;
}

const closed = () => expect.poll(() => device.open(), { timeout: 10_000 }).toBe(0);

describe("a session", () => {
  test("talks with a device; passwords show nowhere", async () => {
    const fields = await run(
      "{ session s, __node__ = /sw1 | [s << 'enable'] -> <s> -> [s << /enable.password] -> <s>" +
        " -> [s << 'show run'] -> <s> -> print(length(split($RESULT, '\\n'))) }",
    );
    expect(fields).toMatchObject({ state: "done" });
    expect(lines).toEqual(["10"]);
    expect(device.typed).toEqual(["enable", "high", "show run"]);
    expect(news).toContain("/sw1: session with /sw1: ********");
    await closed();
  });

  test.each([
    ["fails", "abort('x')"],
    ["is left", "return()"],
    ["takes too long", "<s>"],
  ])("is closed when its block %s", async (_how, job) => {
    await run(
      `{ timeout 3 | { session s, __node__ = /sw1 | [s << 'hang'] -> ${job} } } =>> print($REASON)`,
    );
    await closed();
    expect(device.typed).toEqual(["hang"]);
  });

  test("is closed when its process is cancelled", async () => {
    const flow = run("{ session s, __node__ = /sw1 | [s << 'x'] -> sleep(3600) }");
    await expect.poll(() => device.typed, { timeout: 10_000 }).toEqual(["x"]);
    await house.cancelAll();
    expect(await flow).toMatchObject({ state: "cancelled" });
    await closed();
  });

  test("is of no use to a child", async () => {
    await run("{ session s, __node__ = /sw1 | { fork | [s << 'x'] } =>> print($REASON) }");
    expect(lines).toEqual(["evaluation"]);
    expect(device.typed).toEqual([]);
  });

  test("that was lost fails at its next use, and the flow decides", async () => {
    const flow = run(
      "{ session s, __node__ = /sw1 | <s> -> sleep(0.2) -> [s << 'x'] } =>> print($REASON, $ERROR)",
    );
    await expect.poll(() => device.open(), { timeout: 10_000 }).toBe(1);
    device.cut();
    expect(await flow).toMatchObject({ state: "done" });
    expect(lines.join()).toMatch(/^unreachable /);
    expect(device.typed).toEqual([]);
  });

  test("may be one of several things that are waited for", async () => {
    await run(
      "{ session s, __node__ = /sw1 | [s << 'hang'] -> { choice | <s> -> print('prompt') after 1: print('late') } }",
    );
    expect(lines).toEqual(["late"]);
    await closed();
  });
});

describe("put and get", () => {
  test("copy contents and files, on the job manager's host, too", async () => {
    writeFileSync(join(files, "a.bin"), Buffer.from([0, 255]));
    const fields = await run(
      `put(target = '${files}/b', content = 'x\\n') -> get('${files}/b') -> print($RESULT == 'x\\n')
       -> put('a.bin', '${files}/c') -> get('${files}/c') -> print(type($RESULT), length($RESULT))
       -> get('${files}/b', 'logs/d')
       -> put('../e', '${files}/e') =>> print($REASON) -> get('/etc/no-such-file') =>> print($ERROR)`,
    );
    expect(fields).toMatchObject({ state: "done" });
    expect(lines).toEqual([
      "true",
      "binary 2",
      "refused",
      "there is no file /etc/no-such-file (the job manager's host)",
    ]);
    expect(readFileSync(join(files, "logs/d"), "utf8")).toBe("x\n");
    expect(existsSync(join(files, "e"))).toBe(false);
    expect(news).toContain("local: put: a.bin");
  });
});
