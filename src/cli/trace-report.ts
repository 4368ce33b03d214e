/** The trace of a process as people read it: a line a job, calls with what they did below them. */
import type { JobDocument } from "#contract";
import { told } from "./reader-language.ts";
import { formatTable } from "./table.ts";

export function traceLines(jobs: readonly JobDocument[], leftOut: number): string[] {
  const lines = jobs.length === 0 ? [] : formatTable(header, jobs.map(row)).split("\n");
  if (leftOut > 0)
    lines.push(told(`(about ${leftOut} more jobs, of turns that did too many to keep all)`));
  return lines;
}

/** One job as a line, for who follows. */
export function traceLine(job: JobDocument): string {
  return row(job)
    .filter((cell) => cell !== "")
    .join("  ");
}

const header = ["BEGAN", "TOOK", "OUTCOME", "PLACE", "JOB"];

function row(job: JobDocument): string[] {
  const place = `${job.path}:${job.line}${job.column === null ? "" : `:${job.column}`}`;
  const indent = "  ".repeat(Math.min(job.depth, 20));
  return [job.began, took(job), job.outcome ?? "…", place, `${indent}${what(job)}`];
}

function what(job: JobDocument): string {
  const where = [
    job.host === null ? "" : ` on ${job.host}`,
    job.user === null ? "" : ` as ${job.user}`,
    job.callee === null ? "" : ` → ${job.callee}`,
    job.processes.length === 0 ? "" : ` → ${job.processes.join(" ")}`,
    job.decision === null ? "" : ` (${job.decision.decision}: ${job.decision.by})`,
  ].join("");
  const why = job.error || (job.reason === null ? "" : `status ${job.status}`);
  const failure = why === "" ? "" : `  — ${job.reason ?? "error"}: ${oneLine(told(why))}`;
  return `${oneLine(job.text ?? job.kind)}${where}${failure}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function took({ began, ended }: JobDocument): string {
  if (ended === null) return "…";
  const ms = Date.parse(ended) - Date.parse(began);
  if (ms < 1000) return `${ms}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)}s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes}m${Math.floor((ms % 60_000) / 1000)}s`
    : `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}
