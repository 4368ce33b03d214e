import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { adminPassword, ServerProcess } from "./crash/server-process.ts";
import { readExposition } from "./exposition.ts";

/**
 * The page about running an installation is true: its commands print what it shows, but for numbers and times; its figures are
 * the ones that a server has; its unit files call commands with flags that there are.
 */
const page = readFileSync("docs/operations.md", "utf8");
const blocks = [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
  ([, language = "", name = "", text = ""]) => ({ language, name, text }),
);

let folder: string;
let server: ServerProcess;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-operations-"));
  for (const each of ["bin", "backups"]) mkdirSync(join(folder, each));
  symlinkSync(resolve("bin/tsunagi"), join(folder, "bin", "tsunagi"));
  server = new ServerProcess(join(folder, "data"));
  await server.start();
});
afterAll(async () => {
  await server.stop(join(folder, "data", "job-manager"));
  rmSync(folder, { recursive: true, force: true });
});

/** The page's places are folders of the test. */
const placed = (text: string): string =>
  text
    .replaceAll("/var/lib/tsunagi", join(folder, "data"))
    .replaceAll("/backups", join(folder, "backups"));
const unplaced = (text: string): string =>
  text
    .replaceAll(join(folder, "data"), "/var/lib/tsunagi")
    .replaceAll(join(folder, "backups"), "/backups");

/** What differs from one machine and moment to the next. */
const plain = (text: string): string =>
  text
    .replaceAll(/\d+(?:[.:TZ]\d+)*Z?/g, "N")
    .replaceAll(/\S*N\S*/g, "N")
    .replaceAll(/ +/g, " ");

const commands = blocks
  .filter(({ language }) => language === "console")
  .flatMap(({ name, text }) =>
    text
      .split(/^\$ /m)
      .filter((each) => each !== "")
      .map((each) => {
        const [line = "", ...output] = each.split("\n");
        return { line, output: output.join("\n"), isStopped: name === "stopped" };
      }),
  );

test.each(commands)(
  "$line",
  async ({ line, output, isStopped }) => {
    if (isStopped) await server.kill();
    else {
      const isConnected = async (): Promise<string | undefined> =>
        (await server.client.status()).parts["jobManagers"]?.status;
      await expect.poll(isConnected, { timeout: 60_000 }).toBe("ok");
    }
    const done = await shell(placed(line), {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      TSUNAGI_SERVER: server.url,
      TSUNAGI_TOKEN: isStopped ? "" : server.token,
    });
    expect(done.stderr).toBe("");
    if (output !== "") expect(plain(unplaced(done.stdout))).toBe(plain(output));
    if (isStopped) await server.start();
  },
  120_000,
);

test("shows every figure, and none that there is not", async () => {
  const answer = await fetch(`${server.url}/.metrics`, {
    headers: { authorization: `Bearer ${server.token}` },
  });
  const text = await answer.text();
  expect(readExposition(text).length).toBeGreaterThan(0);
  const served = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const table = [...page.matchAll(/^\| (`(?:tsunagi|process)_.*?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(new Set(table)).toEqual(served);
});

test("its rules for alerts look at figures that there are", () => {
  const { groups } = parse(blocks.find(({ name }) => name === "alerts")?.text ?? "") as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(5);
  for (const { alert, expr } of rules) {
    for (const [name] of expr.matchAll(/tsunagi_\w+/g)) {
      expect(page, alert).toContain(`\`${name.replace(/_bucket$/, "")}\``);
    }
  }
});

describe("the unit files", () => {
  test.each(["tsunagi", "tsunagi-jobmanager"])("%s.service", async (name) => {
    const unit = readFileSync(`packaging/${name}.service`, "utf8");
    const [, command = "", flags = ""] = /^ExecStart=\S+\/tsunagi (\w+) (.*)$/m.exec(unit) ?? [];
    const { stdout } = await shell(`bin/tsunagi ${command} --help`, {});
    for (const [flag] of flags.matchAll(/--[\w-]+/g)) expect(stdout).toContain(flag);
  });

  test("a server and a job manager that are started as they say find each other", async () => {
    const data = join(folder, "units");
    const unit = (name: string): string =>
      readFileSync(`packaging/${name}.service`, "utf8")
        .match(/^ExecStart=(.*)$/m)?.[1]
        ?.replace("/opt/tsunagi/", "")
        .replaceAll("/var/lib/tsunagi", data)
        .replace("--port 8080", "--port 0") ?? "";
    const environment = { TSUNAGI_LOG: "error", TSUNAGI_ADMIN_PASSWORD: adminPassword };
    const stop = new AbortController();
    const runs = [shell(`exec ${unit("tsunagi")}`, environment, stop.signal)];
    const serverFile = join(data, "server.json");
    await expect.poll(() => existsSync(serverFile), { timeout: 60_000 }).toBe(true);
    const { url } = JSON.parse(readFileSync(serverFile, "utf8")) as { url: string };
    const managers = async (): Promise<unknown> => {
      const status = (await (await fetch(`${url}/.status`)).json()) as {
        parts: Record<string, { status: string }>;
      };
      return status.parts["jobManagers"]?.status;
    };
    expect(await managers()).toBe("degraded");
    runs.push(shell(`exec ${unit("tsunagi-jobmanager")}`, environment, stop.signal));
    await expect.poll(managers, { timeout: 60_000 }).toBe("ok");
    stop.abort();
    await Promise.all(runs);
  }, 120_000);
});

function shell(
  line: string,
  environment: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<{ stdout: string; stderr: string }> {
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, ...environment };
  return new Promise((done) => {
    const options = { env, ...(signal === undefined ? {} : { signal }) };
    execFile("/bin/sh", ["-c", line], options, (_error, stdout, stderr) =>
      done({ stdout, stderr }),
    );
  });
}
