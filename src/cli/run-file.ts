/** Runs a jobflow of a file in an embedded house: the engine, the store and a job manager in this process. */
import { dirname, resolve } from "node:path";
import type { Json } from "#contract";
import { TsunagiError } from "#kernel";
import { startEmbeddedJobManager } from "#job-manager";
import { LineIndex } from "#language";
import { createLogger } from "#runtime";
import { openEmbeddedHouse, type CommandNews, type EmbeddedHouse } from "#server";
import { Interrupt } from "./interrupt.ts";
import { pathBelow, readFlowTree } from "./flow-tree.ts";
import type { TreeObject } from "./folder-tree.ts";
import { failedChildren, type EndedProcess, type SourceLine } from "./process-end.ts";
import { checkSource, hasErrors } from "./source-check.ts";
import { folderSurroundings } from "./folder-surroundings.ts";
import { readerLanguage, told } from "./reader-language.ts";
import { readSource } from "./source-file.ts";
import { Stepper, type SteppedRun } from "./stepper.ts";
import { traceLines } from "./trace-report.ts";

const local = { kind: "local" } as const;

export interface FileRun {
  parameters: Record<string, Json>;
  onLine: (text: string) => void;
  root?: string;
  data?: string;
  verbose?: boolean;
  /** Asks before each command. */
  step?: boolean;
  /** Prints what was done, at the end, on standard error. */
  trace?: boolean;
}

/** Undefined if the source does not compile; the diagnostics are then printed and the exit status is set. */
export async function runFile(file: string, run: FileRun): Promise<EndedProcess | undefined> {
  const source = readSource(file);
  const diagnostics = checkSource(
    file,
    source,
    readerLanguage(process.env),
    folderSurroundings(file, source, run),
  );
  for (const each of diagnostics) complain(each.text);
  if (hasErrors(diagnostics)) {
    process.exitCode = 2;
    return undefined;
  }
  const root = resolve(run.root ?? dirname(file));
  const path = pathBelow(root, file);
  const house = await openEmbeddedHouse({
    ...(run.data === undefined ? {} : { data: run.data }),
    onConsole: (_process, lines) => {
      for (const line of lines) run.onLine(line);
    },
    ...(run.verbose === true ? { onCommand: (news) => complain(describe(news)) } : {}),
  });
  const jobManager = startEmbeddedJobManager({
    door: house.managerDoor,
    logger: createLogger({ name: "job-manager", level: "fatal" }),
  });
  // Ctrl-C cancels what runs, which then ends as cancelled.
  const interrupt = new Interrupt();
  void interrupt.happened.then(() => house.cancelAll());
  try {
    const others = await withoutKept(house, neighbours(root, path, source));
    await loadAll(house, others);
    await house.load([{ path, type: "Jobflow", fields: { source } }]);
    const stepping = run.step === true ? stepThrough(house) : undefined;
    const ended = await house
      .run(path, run.parameters, { step: run.step === true })
      .finally(() => stepping?.end());
    if (run.trace === true) await printTraces(house, ended.process);
    const name = `/process/${ended.process}`;
    const { items } = await house.call("processes.list", local, {
      root: ended.process,
      state: "aborted",
    });
    return {
      process: name,
      fields: ended.fields,
      failed: failedChildren(items, name),
      sourceLine: sourceLines([...others, { path, type: "Jobflow", fields: { source } }]),
    };
  } finally {
    interrupt.close();
    await jobManager.stop({ drainMs: 0 });
    await house.close();
  }
}

function sourceLines(objects: readonly Pick<TreeObject, "path" | "type" | "fields">[]): SourceLine {
  const sources = new Map(objects.map(({ path, fields }) => [path, fields.source]));
  return (path, line) => {
    const source = sources.get(path);
    return typeof source === "string" ? new LineIndex(source).lineText(line) : undefined;
  };
}

/** Asks about whatever is held, while the flow runs. */
function stepThrough(house: EmbeddedHouse): { end: () => void } {
  const stepper = new Stepper(process.stdin, (text) => process.stderr.write(text));
  const run: SteppedRun = {
    held: async () =>
      (await house.call("processes.list", local, { state: "suspended", limit: 100 })).items,
    decide: (name, turn, decision) =>
      house.call("processes.decide", local, { id: numberOf(name), turn, decision }),
    variables: (name) => house.call("processes.variables", local, { id: numberOf(name) }),
  };
  let isAsking = false;
  let isNew = false;
  const look = async (): Promise<void> => {
    isNew = true;
    if (isAsking) return;
    isAsking = true;
    while (isNew) {
      isNew = false;
      await stepper.ask(run);
    }
    isAsking = false;
  };
  const stopWatching = house.watch("processes", () => {
    look().catch((error: unknown) => {
      complain(told(`stepping failed: ${error instanceof Error ? error.message : String(error)}`));
      void house.cancelAll();
    });
  });
  return {
    end: () => {
      stopWatching();
      stepper.close();
    },
  };
}

/** Of the process and all that stem from it. */
async function printTraces(house: EmbeddedHouse, root: number): Promise<void> {
  const { items } = await house.call("processes.list", local, { root, limit: 1000 });
  for (const { path } of items.toReversed()) {
    const { jobs, leftOut } = await house.call("processes.trace", local, { id: numberOf(path) });
    if (items.length > 1) complain(`${path}:`);
    for (const line of traceLines(jobs, leftOut)) complain(line);
  }
}

function numberOf(process: string): number {
  return Number(process.slice("/process/".length));
}

/** What is broken is said; the run may do without it. Source that does not compile is there, but cannot be called. */
function neighbours(root: string, path: string, source: string): TreeObject[] {
  const { objects, faults } = readFlowTree(root, path, source);
  for (const fault of faults)
    complain(told(`warning: ${fault.file} is left out: ${fault.message}`));
  const others = objects.filter((object) => object.path !== path);
  for (const object of others) sayIfNotRunnable(object);
  return others;
}

/** All at once; where one of them does not fit, each by itself, so that the file at fault can be named. */
async function loadAll(house: EmbeddedHouse, objects: readonly TreeObject[]): Promise<void> {
  try {
    await house.load(objects);
  } catch (error) {
    if (!(error instanceof TsunagiError)) throw error;
    for (const object of objects) {
      await house.load([object]).catch((fault: unknown) => {
        if (!(fault instanceof TsunagiError)) throw fault;
        complain(told(`warning: ${object.file} is left out: ${fault.message}`));
      });
    }
  }
}

/** With `--data`, what flows wrote into objects stays; sources and types are always those of the files. */
async function withoutKept(
  house: EmbeddedHouse,
  objects: readonly TreeObject[],
): Promise<TreeObject[]> {
  const wanted: TreeObject[] = [];
  for (const object of objects) {
    if (isSource(object) || !(await exists(house, object.path))) wanted.push(object);
  }
  return wanted;
}

const isSource = ({ type }: TreeObject) => ["Jobflow", "Script", "Type"].includes(type);

async function exists(house: EmbeddedHouse, path: string): Promise<boolean> {
  try {
    await house.call("objects.get", { kind: "local" }, { path });
    return true;
  } catch (error) {
    if (error instanceof TsunagiError && error.code === "OBJECT_NOT_FOUND") return false;
    throw error;
  }
}

function sayIfNotRunnable({ type, fields, file }: TreeObject): void {
  if (type !== "Jobflow" || typeof fields.source !== "string") return;
  const diagnostics = checkSource(file, fields.source);
  if (!hasErrors(diagnostics)) return;
  complain(told(`warning: ${file} cannot be called, because it does not compile:`));
  for (const each of diagnostics) complain(`  ${each.text}`);
}

function describe(news: CommandNews): string {
  switch (news.kind) {
    case "started":
      return `[/process/${news.process}] ${news.target}$ ${news.text}`;
    case "output":
      return news.text.replace(/\n$/, "");
    case "ended":
      return `[/process/${news.process}] status ${news.status}${news.error ? `: ${news.error}` : ""}`;
  }
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}
