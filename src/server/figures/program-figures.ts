import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { counter, gauge, type Figure } from "#kernel";
import { version } from "#runtime";
import { databaseBytes } from "./census.ts";

const startedAt = Date.now() - process.uptime() * 1000;

/** What the operating system knows of the program, and of its files where the database is one. */
export async function programFigures(data: string, isFile: boolean): Promise<Figure[]> {
  const { user, system } = process.cpuUsage();
  const figures = [
    gauge("tsunagi_info", "The release.", [
      { labels: { version, node: process.versions.node }, value: 1 },
    ]),
    counter("process_cpu_seconds_total", "Time of processors.", (user + system) / 1e6),
    gauge("process_resident_memory_bytes", "Memory of the program.", process.memoryUsage.rss()),
    gauge("process_start_time_seconds", "When it was started.", startedAt / 1000),
    gauge("tsunagi_disk_free_bytes", "Room on the disk of the data directory.", await free(data)),
  ];
  if (!isFile) return figures;
  const sizes = Object.entries({
    database: "tsunagi.sqlite",
    log: "tsunagi.sqlite-wal",
  }).map(([file, name]) => ({ labels: { file }, value: sizeOf(join(data, name)) }));
  return [...figures, gauge(databaseBytes.name, databaseBytes.help, sizes)];
}

async function free(data: string): Promise<number> {
  const { bavail, bsize } = await statfs(data);
  return bavail * bsize;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
