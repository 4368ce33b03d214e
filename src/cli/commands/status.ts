import type { Command } from "commander";
import type { Json, StatusDocument } from "#contract";
import { connect, withConnection, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import type { Language } from "#kernel";
import { readerLanguage, told } from "../reader-language.ts";
import { formatTable } from "../table.ts";

interface StatusOptions extends ConnectionOptions {
  json?: boolean;
}

export function command(): Command {
  return withConnection(
    declare("status", "Show how a server stands, part by part", ["status", "status --json"]),
  )
    .option("--json", "print the document as JSON")
    .addHelpText(
      "after",
      "\nEnds with 0, also where it is degraded, and with 1 where a part has failed. Names and numbers are shown to administrators.",
    )
    .action(async ({ json, ...connection }: StatusOptions) => {
      const status = await connect(connection).status();
      const text = json === true ? JSON.stringify(status) : statusText(status);
      process.stdout.write(`${text}\n`);
      if (status.status === "failed") process.exitCode = 1;
    });
}

function statusText({ status, version, uptime, parts }: StatusDocument): string {
  const word = (name: string): string => words[readerLanguage(process.env)][name] ?? name;
  const rows = Object.entries(parts).map(([name, { status: level, message, details }]) => [
    word(name),
    word(level),
    [message === undefined ? "" : told(message), detailText(details)].filter(Boolean).join("; "),
  ]);
  const head = [word("server"), word(status), `Tsunagi ${version}, ${word("up")} ${time(uptime)}`];
  return formatTable([word("PART"), word("STATUS"), ""], [head, ...rows]);
}

const words: Record<Language, Record<string, string>> = {
  en: { jobManagers: "job managers" },
  ja: {
    PART: "部分",
    STATUS: "状態",
    server: "サーバ",
    engine: "エンジン",
    database: "データベース",
    jobManagers: "ジョブマネージャ",
    timers: "タイマー",
    disk: "ディスク",
    backup: "バックアップ",
    ok: "正常",
    degraded: "注意",
    failed: "異常",
    up: "稼働",
  },
};

function detailText(details: Record<string, Json> | undefined): string {
  return Object.entries(details ?? {})
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => `${name} ${shown(name, value)}`)
    .join("; ");
}

function shown(name: string, value: Json): string {
  if (name.endsWith("Bytes") && typeof value === "number") {
    return `${(value / 1024 ** 3).toFixed(1)} GB`;
  }
  if (Array.isArray(value)) return value.map((each) => shown("", each)).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function time(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const rest = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return days === 0 ? rest : `${days} d ${rest}`;
}
