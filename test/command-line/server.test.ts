import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandedServer } from "./commanded-server.ts";
import { tsunagi } from "./tsunagi.ts";

/** The commands that work against a server, as an operator calls them one after another. */
const { folder, server, environment, call, output } = commandedServer();

async function put(
  path: string,
  type: string,
  fields: Record<string, unknown> = {},
): Promise<void> {
  await output("object", "put", path, JSON.stringify({ type, fields }));
}

describe("find", () => {
  test("finds objects by a search, as a table, CSV, JSON or a number", async () => {
    await put("/system/types/Host", "Type", {
      fields: [
        { name: "label", kind: "string", searched: true },
        { name: "cores", kind: "integer", indexed: true },
      ],
    });
    await put("/h1", "Host", { label: "=1+1 東京", cores: 4 });
    await put("/h2", "Host", { label: "大阪", cores: 8 });
    const select = ["--select", "name,cores,label", "--sort", "-cores"];
    expect(await output("find", "type = Host and cores >= 4", ...select)).toBe(
      "NAME  CORES  LABEL\nh2    8      大阪\nh1    4      =1+1 東京\n",
    );
    // What a spreadsheet would take for a formula stays a text.
    expect(await output("find", "'京'", "--type", "Host", ...select, "--csv")).toBe(
      `name,cores,label\r\nh1,4,"'=1+1 東京"\r\n`,
    );
    expect(JSON.parse(await output("find", "type = Host and cores = 8", "--json"))).toMatchObject({
      path: "/h2",
      fields: { cores: 8 },
    });
    expect(await output("find", "type = Host", "--count")).toBe("2\n");
  });

  test("says where a search is wrong", async () => {
    const { status, stderr } = await call("find", "coers = 1", "--type", "Host");
    expect(status).toBe(2);
    expect(stderr).toBe(
      "error[SEARCH_INVALID]: Host has no field 'coers' (at character 1)\nhint: did you mean cores?\n",
    );
  });
});

describe("object", () => {
  test("makes, reads, lists and removes", async () => {
    expect(
      await output("object", "put", "/覚書", '{"type": "Text", "fields": {"text": "あ"}}'),
    ).toBe("/覚書 revision 1\n");
    expect(JSON.parse(await output("object", "get", "/覚書"))).toMatchObject({
      path: "/覚書",
      type: "Text",
      fields: { text: "あ" },
    });
    expect(await output("object", "ls", "/")).toMatch(/^覚書 +Text /m);
    await output("object", "rm", "/覚書");
    const { status, stderr } = await call("object", "get", "/覚書");
    expect(status).toBe(66);
    expect(stderr).toMatch(/^error\[OBJECT_NOT_FOUND\]: no object at \/覚書\n/);
  });

  test("refuses source that does not compile, with its place, and takes it as a draft", async () => {
    const source = ["object", "put", "/broken", "--type", "Jobflow", "print("];
    const { status, stderr } = await call(...source);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error\[SYNTAX_ERROR\]: \/broken:1:7: /);
    await output(...source, "--draft");
    expect((await call("run", "/broken")).status).toBe(2);
  });
});

test("a folder is imported, and its flows run on the server", async () => {
  expect(await output("import", "examples/web-recovery")).toMatch(
    / created, .* 0 wrong, as change \d+\n$/,
  );
  expect(await output("import", "examples/web-recovery")).toContain("0 created, 0 updated");
  expect(await output("run", "/report", "--param", "status=up")).toBe(
    "report: /servers/web01 is up\n",
  );
  const { status, stderr } = await call("run", "/report", "--param", "sttaus=up");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error\[ARGUMENTS_INVALID\]: .*sttaus/);
});

test("a flow that ends abnormally, and one that exits, give their status", async () => {
  await put("/fails", "Jobflow", { source: "print('a') -> abort('no')" });
  await put("/exits", "Jobflow", { source: "exit(3)" });
  expect(await call("run", "/fails")).toEqual({
    status: 1,
    stdout: "a\n",
    stderr: "aborted at line 1 in /fails: no\n",
  });
  expect(await call("run", "/exits")).toEqual({ status: 3, stdout: "", stderr: "" });
});

test("a message goes to a channel, and the log follows the flow that waits for it", async () => {
  await put("/letters", "Channel");
  await put("/reader", "Jobflow", {
    source: "print('waiting') -> <./letters> -> print($RESULT.text)",
  });
  const process = await server.client.start("/reader", {});
  const follower = spawn("bin/tsunagi", ["log", "-f", process], {
    env: { ...globalThis.process.env, ...environment() },
  });
  let text = "";
  const exited = once(follower, "exit");
  const waiting = new Promise<void>((resolve) =>
    follower.stdout.on("data", (data: Buffer) => {
      text += data.toString();
      if (text.includes("waiting")) resolve();
    }),
  );
  await waiting;
  expect(await output("ps")).toMatch(new RegExp(`^${process} +waiting +/reader .*/letters`, "m"));
  await output("send", "/letters", '{"text": "hello"}');
  expect(await exited).toEqual([0, null]);
  expect(text).toBe("waiting\nhello\n");
  expect(await output("log", process)).toBe("waiting\nhello\n");
  expect(await output("ps")).not.toContain(`${process} `);
  expect(await output("ps", "--all")).toMatch(new RegExp(`^${process} +done `, "m"));
});

test("what is meant for a channel does not start a jobflow, nor the other way round", async () => {
  await put("/box", "Channel");
  await put("/flow", "Jobflow", { source: "print('started')" });
  expect((await call("run", "/box")).stderr).toMatch(/\/box is no Jobflow\nhint: .*tsunagi send/);
  expect((await call("send", "/flow", "{}")).stderr).toMatch(
    /\/flow is no Channel\nhint: .*tsunagi run/,
  );
  expect(await output("ps", "--all")).not.toContain("/flow");
});

test("a process is cancelled by its number", async () => {
  await put("/sleeper", "Jobflow", { source: "sleep(3600)" });
  const process = await server.client.start("/sleeper", {});
  await output("cancel", process.slice("/process/".length));
  expect(await output("ps", "--all")).toMatch(new RegExp(`^${process} +cancelled `, "m"));
  expect((await call("cancel", process)).stderr).toMatch(/^error\[PROCESS_ENDED\]/);
});

test("a command finds neither the server's secrets nor the job manager's token in its environment", async () => {
  await put("/environment", "Jobflow", { source: "['env'] -> print($RESULT)" });
  const printed = await output("run", "/environment");
  expect(printed).toContain("PATH=");
  expect(printed).not.toMatch(/TSUNAGI_TOKEN|TSUNAGI_ADMIN_PASSWORD|DATABASE_URL/);
});

test("who has no right token is told how to get one", async () => {
  const { status, stderr } = await call("ps", "--token", "nonsense");
  expect(status).toBe(77);
  expect(stderr).toMatch(/^error\[TOKEN_INVALID\]: .+\nhint: .*tsunagi token create/);
});

test("a second server on the same data directory, or the same port, says what is in the way", async () => {
  const data = await call("serve", "--data", join(folder, "data"), "--port", "0");
  expect(data.status).toBe(75);
  expect(data.stderr).toMatch(/^error\[DATABASE_IN_USE\]: .+\nhint: .*--data/m);
  const port = new URL(server.url).port;
  const other = await call("serve", "--data", join(folder, "other"), "--port", port);
  expect(other.status).toBe(69);
  expect(other.stderr).toMatch(
    new RegExp(`^error\\[PORT_IN_USE\\]: .*${port}.*\nhint: .*--port`, "m"),
  );
});

test("a run on the server has the lines of children, and of what was spawned, and ends with the last of them", async () => {
  await put("/late", "Jobflow", { source: "sleep(1) -> print('late')" });
  await put("/family", "Jobflow", {
    source: "print('first') -> { fork | print('child') } -> spawn(./late) -> print('last')",
  });
  expect(await output("run", "/family")).toBe("first\nlast\nchild\nlate\n");
});

test("a token is listed without its text, and useless once it is revoked", async () => {
  const data = ["--data", join(folder, "data")];
  const token = (await output("token", "create", "night watch", ...data)).trim();
  expect((await call("ps", "--token", token)).status).toBe(0);
  const listed = await output("token", "ls", ...data);
  expect(listed).toMatch(/^night watch +user +\d{4}-.* -$/m);
  expect(listed).not.toContain(token);
  expect(await output("token", "revoke", "night watch", ...data)).toBe("1 token revoked\n");
  expect((await call("ps", "--token", token)).stderr).toMatch(/^error\[TOKEN_INVALID\]/);
  expect((await call("token", "revoke", "night watch", ...data)).status).toBe(66);
});

test("a token for job managers opens nothing else", async () => {
  const data = ["--data", join(folder, "data")];
  const token = (await output("token", "create", "tokyo", "--job-manager", ...data)).trim();
  expect((await call("ps", "--token", token)).stderr).toMatch(
    /^error\[TOKEN_INVALID\]: .*job-manager/,
  );
});

test("what a server refuses is said in Japanese to who reads it", async () => {
  const refused = async (...args: string[]) =>
    (await tsunagi(args, { ...environment(), LC_ALL: "ja_JP.UTF-8" })).stderr;
  expect(await refused("object", "get", "/none")).toContain(
    "エラー[OBJECT_NOT_FOUND]: /noneにオブジェクトはありません\n",
  );
  const source = "|service| print(servce, service)";
  expect(await refused("object", "put", "/flow", "--type", "Jobflow", source)).toContain(
    "エラー[SYNTAX_ERROR]: /flow:1:17: エラー: 変数'servce'はありません('service'の間違いではありませんか?)\n" +
      "ヒント: ソースを直すか、?draft=trueを付けて実行できない下書きとして保存してください。\n",
  );
  expect(await refused("find", "type =")).toContain(
    "エラー[SEARCH_INVALID]: 値が必要ですが、ここで終わっています(7文字目)\n",
  );
});
