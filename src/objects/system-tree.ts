import type { Json } from "./json.ts";

/** What every installation has: its directories and the types that the house itself works with. */

export const typesPath = "/system/types";

export const systemDirectories: readonly string[] = [
  "/system",
  typesPath,
  "/system/known-hosts",
  "/system/realms",
];

/** Where the installation's own settings are, an object of the type Settings. */
export const settingsPath = "/system/settings";

export interface ShippedField {
  name: string;
  kind: string;
  label: { en: string; ja: string };
  [option: string]: Json;
}

const field = (
  name: string,
  kind: string,
  en: string,
  ja: string,
  options: { [option: string]: Json } = {},
): ShippedField => ({ name, kind, label: { en, ja }, ...options });

const source = (language: string): ShippedField =>
  field("source", "code", "Source", "ソース", { language });
const description = field("description", "text", "Description", "説明");
const host = field("host", "string", "Host", "ホスト");
const port = field("port", "integer", "Port", "ポート", { min: 1, max: 65_535, default: 22 });
const logIn: readonly ShippedField[] = [
  field("user", "string", "User", "ユーザ"),
  field("password", "password", "Password", "パスワード"),
  field("key", "password", "Private key", "秘密鍵"),
  field("passphrase", "password", "Passphrase of the key", "鍵のパスフレーズ"),
];

/** The shipped types but for Type itself. An installation may add fields to them; these come back when they are taken away. */
export const shippedTypes: Readonly<Record<string, readonly ShippedField[]>> = {
  Directory: [description],
  Jobflow: [
    source("jobflow"),
    description,
    field("context", "choice", "Context", "コンテキスト", {
      choices: ["inherit", "own"],
      default: "inherit",
    }),
    field("runs_as", "choice", "Runs as", "実行者", {
      choices: ["caller", "owner"],
      default: "caller",
      right: "manage",
    }),
    field("processes_max", "integer", "Processes at once", "同時に実行するプロセスの上限", {
      min: 1,
      help: { en: "Empty: any number", ja: "空欄なら制限なし" },
    }),
    field("when_full", "choice", "When there are as many", "上限に達しているとき", {
      choices: ["queue", "refuse", "replace"],
      default: "queue",
    }),
  ],
  Script: [
    source("shell"),
    field("interpreter", "string", "Interpreter", "インタプリタ"),
    description,
  ],
  Channel: [
    description,
    field("limit", "integer", "Messages kept at most", "保持するメッセージの上限", {
      min: 0,
      default: 10_000,
    }),
    field("when_full", "choice", "When there are as many", "上限に達しているとき", {
      choices: ["refuse", "drop_oldest"],
      default: "refuse",
    }),
  ],
  Server: [
    host,
    port,
    field("account", "object", "Account", "アカウント", { types: ["Account"] }),
    ...logIn,
    field("conntype", "choice", "Connection", "接続方法", {
      choices: ["ssh", "local"],
      default: "ssh",
    }),
    field("realm", "string", "Realm", "レルム"),
    field("jump", "object", "Reached through", "踏み台", { types: ["Server"] }),
    field("prompt", "string", "End of its prompt", "プロンプトの末尾"),
    field("more", "string", "Question of its pager", "ページャの問い"),
    description,
    field("host_key", "string", "Host key", "ホスト鍵"),
  ],
  Account: [...logIn],
  Text: [field("text", "text", "Text", "テキスト")],
  User: [
    field("full_name", "string", "Full name", "氏名"),
    field("email", "email", "Mail address", "メールアドレス"),
    field("language", "string", "Language", "言語"),
    field("administrator", "boolean", "Administrator", "管理者", { default: false }),
    field("disabled", "boolean", "Disabled", "無効", { default: false }),
    field("groups", "list", "Groups", "グループ"),
  ],
  Group: [description, field("members", "list", "Members", "メンバー")],
  JobManager: [
    field("realm", "string", "Realm", "レルム"),
    field("version", "string", "Version", "バージョン"),
    field("connected", "boolean", "Connected", "接続中"),
    field("connected_at", "datetime", "Connected at", "接続日時"),
    field("disconnected_at", "datetime", "Disconnected at", "切断日時"),
  ],
  Process: [
    field("state", "choice", "State", "状態", {
      choices: ["new", "ready", "running", "waiting", "suspended", "done", "aborted", "cancelled"],
    }),
    field("jobflow", "string", "Jobflow", "ジョブフロー"),
    field("startedBy", "string", "Started by", "実行者"),
    field("startedAt", "datetime", "Started at", "開始日時"),
    field("endedAt", "datetime", "Ended at", "終了日時"),
    field("status", "integer", "Status", "ステータス"),
    field("reason", "string", "Reason", "理由"),
    field("error", "text", "Error", "エラー"),
    field("result", "json", "Result", "結果"),
    field("waitsFor", "string", "Waits for", "待機対象"),
    field("waitsSince", "datetime", "Waits since", "待機開始日時"),
    field("step", "boolean", "Step mode", "ステップ実行"),
    field("held", "json", "Held before", "停止位置"),
    field("suspended", "json", "Suspended", "一時停止"),
    field("rerunOf", "string", "Runs again", "再実行の元"),
    field("rerunBy", "string", "Run again by", "再実行"),
    field("parent", "string", "Parent process", "親プロセス"),
    field("trace", "json", "Where it ended", "終了位置"),
  ],
  Settings: [
    field("processes_max", "integer", "Live processes at most", "実行中のプロセスの上限", {
      min: 1,
      default: 2_000_000,
    }),
    field(
      "keep_days",
      "integer",
      "Days for which ended processes, consoles and traces are kept",
      "終了したプロセス、コンソール、トレースを保持する日数",
      { min: 1, max: 36_500, default: 90 },
    ),
    field(
      "keep_processes",
      "integer",
      "Ended processes kept at most",
      "終了したプロセスの保持数の上限",
      {
        min: 0,
        default: 10_000_000,
      },
    ),
  ],
  KnownHost: [
    host,
    port,
    field("key", "string", "Host key", "ホスト鍵"),
    field("seen_at", "datetime", "First seen at", "最初の接続日時"),
  ],
  Realm: [
    description,
    field("wait", "integer", "Seconds to wait for a job manager", "ジョブマネージャを待つ秒数", {
      min: 0,
      default: 120,
    }),
    field(
      "lost_after",
      "integer",
      "Seconds until a command is lost",
      "コマンドを失敗とみなす秒数",
      {
        min: 0,
        default: 600,
      },
    ),
  ],
};

/** Whether an object belongs to the house itself, and may be neither moved nor deleted. */
export function isSystemPath(path: string): boolean {
  return systemPaths.has(path);
}

const systemPaths = new Set([
  "/",
  settingsPath,
  ...systemDirectories,
  ...["Type", ...Object.keys(shippedTypes)].map((name) => `${typesPath}/${name}`),
]);
