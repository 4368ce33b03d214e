/** What the disk and the database could do at most: with each step a write of its own, and nothing else. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const runForMs = 300;
const block = Buffer.alloc(512, "x");

export function measureLimits(): { "bare fsync": number; "bare update": number } {
  const directory = mkdtempSync(join(tmpdir(), "tsunagi-bench-"));
  try {
    return { "bare fsync": syncsPerSecond(directory), "bare update": updatesPerSecond(directory) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Appends and fdatasyncs. */
function syncsPerSecond(directory: string): number {
  const file = openSync(join(directory, "log"), "w");
  const rate = perSecond(() => {
    writeSync(file, block);
    fdatasyncSync(file);
  });
  closeSync(file);
  return rate;
}

/** `begin; update; commit` of one row among a thousand. */
function updatesPerSecond(directory: string): number {
  const database = new DatabaseSync(join(directory, "limit.sqlite"));
  database.exec("pragma journal_mode = wal; pragma synchronous = full");
  database.exec("create table process (id integer primary key, turn integer, state text)");
  const insert = database.prepare("insert into process (id, turn, state) values (?, 0, '')");
  database.exec("begin");
  for (let id = 0; id < 1000; id += 1) insert.run(id);
  database.exec("commit");
  const update = database.prepare("update process set turn = ?, state = ? where id = ?");
  const state = "x".repeat(600);
  let turn = 0;
  const rate = perSecond(() => {
    turn += 1;
    database.exec("begin");
    update.run(turn, state, turn % 1000);
    database.exec("commit");
  });
  database.close();
  return rate;
}

function perSecond(work: () => void): number {
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < runForMs) {
    work();
    count += 1;
  }
  return (count * 1000) / (performance.now() - begun);
}
