import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tsunagi } from "./tsunagi.ts";

/** What the command line says to who reads Japanese; programs that read `--json` get English, whoever calls them. */
const japanese = { LC_ALL: "ja_JP.UTF-8" };
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tsunagi-japanese-"));
  for (const [name, text] of Object.entries(flows)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

const flows = {
  "sum.jobflow": "|n| [x = n + 'a'] -> print(x)",
  "caller.jobflow": "print('始めます') -> [./sum: 1]",
  "unknown.jobflow": "|service| print(servce, service)",
  "wait.jobflow": "['exit 3']",
  "wait.test.yaml":
    "- name: 失敗する\n  answers:\n    - command: exit 3\n      output: ''\n  expect:\n    outcome: { state: aborted }\n",
};

const call = async (...args: string[]) => {
  const { status, stdout, stderr } = await tsunagi(
    args.map((each) => each.replace("DIR", folder)),
    { ...japanese, TSUNAGI_SERVER: "http://127.0.0.1:1234", TSUNAGI_TOKEN: "" },
  );
  return { status, stdout, stderr: stderr.replaceAll(folder, "DIR") };
};

test.each([
  [["rnu"], 2, "エラー[USAGE]: コマンド'rnu'はありません。runの間違いではありませんか?"],
  [
    ["ps", "--limt", "3"],
    2,
    "エラー[USAGE]: オプション'--limt'はありません。--limitの間違いではありませんか?",
  ],
  [
    ["ps", "--limit", "0"],
    2,
    "エラー[USAGE]: オプション'-n, --limit <number>'の値'0'が正しくありません。件数には1から1000までの数を指定します。",
  ],
  [["log"], 2, "エラー[USAGE]: 引数'process'が必要です"],
  [["log", "1", "2"], 2, "エラー[USAGE]: 'log'の引数が多すぎます。1個のところに2個あります: 1, 2"],
  [
    ["log", "x"],
    2,
    "エラー[USAGE]: 'x'はプロセスではありません\nヒント: プロセスは番号かパスで指定します(例: 17、/process/17)。",
  ],
  [
    ["run", "DIR/none.jobflow"],
    2,
    "エラー[FILE_UNREADABLE]: DIR/none.jobflowを読めません: そのようなファイルはありません",
  ],
  [
    ["run", "--param", "x", "DIR/sum.jobflow"],
    2,
    "エラー[USAGE]: --param 'x'に名前と'='がありません\nヒント: --param NAME=VALUEの形で指定してください(例: --param host=web01)。",
  ],
  [
    ["run", "DIR/unknown.jobflow"],
    2,
    "DIR/unknown.jobflow:1:17: エラー: 変数'servce'はありません ('service'の間違いではありませんか?)",
  ],
  [
    ["run", "DIR/caller.jobflow"],
    1,
    "/sumの1行目で異常終了しました: +は'integer'と'string'には使えません\n" +
      "  1 | |n| [x = n + 'a'] -> print(x)\n" +
      "/callerの1行目で異常終了しました: +は'integer'と'string'には使えません\n" +
      "  1 | print('始めます') -> [./sum: 1]",
  ],
  [
    ["undo", "x"],
    2,
    "エラー[USAGE]: 'x'は変更の番号ではありません\nヒント: 番号は`tsunagi history PATH`で確認できます。",
  ],
  [
    ["ps"],
    69,
    "エラー[SERVER_UNREACHABLE]: http://127.0.0.1:1234/のサーバが応答しません: 127.0.0.1:1234への接続が拒否されました\n" +
      "ヒント: `tsunagi serve`で起動するか、--serverまたはTSUNAGI_SERVERで別のサーバを指定してください。",
  ],
  [
    ["jobmanager"],
    2,
    "エラー[USAGE]: ジョブマネージャにはトークンが必要です\nヒント: --token、--token-fileまたはTSUNAGI_TOKENで指定してください。",
  ],
])("tsunagi %j", async (args, status, expected) => {
  expect(await call(...args)).toMatchObject({ status, stderr: `${expected}\n` });
});

test("a test that fails says in Japanese what does not hold", async () => {
  const { status, stdout } = await call("test", "DIR/wait.test.yaml");
  expect(status).toBe(1);
  expect(stdout).toContain(":1: 失敗: 失敗する\n    終わり方が違います(- 期待、+ 実際):\n");
  expect(stdout).toContain("成功0件、失敗1件\n");
});

test("programs that read --json get English", async () => {
  const { stdout } = await call("run", "--json", "DIR/caller.jobflow");
  expect(JSON.parse(stdout)).toMatchObject({
    error: "aborted at line 1 in /sum: unsupported operand type(s) for +: 'integer' and 'string'",
  });
  const checked = await call("check", "--json", "DIR/unknown.jobflow");
  expect(checked.stdout).toContain("there is no variable 'servce'");
  const { stderr } = await call("ps", "--json");
  expect(JSON.parse(stderr)).toMatchObject({
    code: "SERVER_UNREACHABLE",
    title: "The server cannot be reached",
  });
});
