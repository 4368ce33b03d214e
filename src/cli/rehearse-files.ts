/**
 * `tsunagi test`: rehearses the jobflows that have an `x.test.yaml` beside them, and reports. Gives the exit status:
 * 0 all passed, 1 one failed, 2 a test file or a jobflow is broken.
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parentPath, resolvePath, TsunagiError, type Language } from "#kernel";
import { Coverage, parseTestFile, rehearse, type Problem, type TestCase } from "#rehearsal";
import type { Surroundings } from "#language";
import { filesBelow } from "./files-below.ts";
import { pathBelow, readFlowTree } from "./flow-tree.ts";
import { folderSurroundings } from "./folder-surroundings.ts";
import type { TreeObject } from "./folder-tree.ts";
import { readerLanguage } from "./reader-language.ts";
import { coverageLines, faultLine, problemLines, summaryLine } from "./rehearsal-report.ts";
import { checkSource, hasErrors } from "./source-check.ts";
import { readSource } from "./source-file.ts";

export interface TestRun {
  isJson: boolean;
  hasCoverage: boolean;
}

export interface CaseResult {
  name: string;
  line: number;
  passed: boolean;
  problems: readonly Problem[];
}

export interface FileResult {
  file: string;
  /** What is wrong with the test file or its jobflow: `file:line:column: error: message`. */
  faults: readonly string[];
  /** What most likely is a mistake in its jobflow. */
  warnings?: readonly string[];
  cases: readonly CaseResult[];
}

export async function testFiles(named: readonly string[], run: TestRun): Promise<0 | 1 | 2> {
  const coverage = run.hasCoverage ? new Coverage() : undefined;
  const results: FileResult[] = [];
  for (const file of testFilesOf(named)) {
    const result = await testFile(file, coverage, run.isJson ? "en" : readerLanguage(process.env));
    results.push(result);
    if (!run.isJson) report(result);
  }
  const cases = results.flatMap((each) => each.cases);
  const passed = cases.filter((each) => each.passed).length;
  const failed = cases.length - passed;
  if (run.isJson) {
    const covered = coverage === undefined ? {} : { coverage: coverage.flows() };
    print([JSON.stringify({ passed, failed, files: results, ...covered })]);
  } else {
    print([...coverageLines(coverage?.flows() ?? []), summaryLine(passed, failed)]);
  }
  if (results.some(({ faults }) => faults.length > 0)) return 2;
  return failed > 0 ? 1 : 0;
}

const ending = ".test.yaml";

function testFilesOf(named: readonly string[]): string[] {
  const files = filesBelow(named, ending).map((file) =>
    file.endsWith(".jobflow") ? file.slice(0, -".jobflow".length) + ending : file,
  );
  const [other] = files.filter((file) => !file.endsWith(ending));
  if (other !== undefined) {
    throw new TsunagiError("USAGE", `${other} is neither a test file nor a jobflow`, {
      hint: `Tests of x.jobflow stand in x${ending} beside it.`,
    });
  }
  if (files.length === 0) {
    throw new TsunagiError("USAGE", `there is no test in ${named.join(", ")}`, {
      hint: `Tests of x.jobflow stand in x${ending} beside it; docs/testing-jobflows.md shows how they are written.`,
    });
  }
  return [...new Set(files)];
}

async function testFile(
  file: string,
  coverage: Coverage | undefined,
  language: Language,
): Promise<FileResult> {
  const { cases, faults } = parseTestFile(readSource(file));
  if (faults.length > 0) {
    return { file, faults: faults.map((fault) => faultLine(file, fault, language)), cases: [] };
  }
  const jobflow = file.slice(0, -ending.length) + ".jobflow";
  if (!existsSync(jobflow)) {
    const message = `there is no ${jobflow}, whose tests these would be`;
    return {
      file,
      faults: [faultLine(file, { line: 1, column: 1, message }, language)],
      cases: [],
    };
  }
  const source = readSource(jobflow);
  const diagnostics = checkSource(
    jobflow,
    source,
    language,
    surroundingsOf(file, jobflow, source, cases),
  );
  if (hasErrors(diagnostics)) {
    return { file, faults: diagnostics.map(({ text }) => text), cases: [] };
  }
  const results: CaseResult[] = [];
  for (const test of cases) {
    const problems = await attempt(() => rehearseCase({ file, jobflow, source, test, coverage }));
    results.push({ name: test.name, line: test.line, passed: problems.length === 0, problems });
  }
  return { file, faults: [], warnings: diagnostics.map(({ text }) => text), cases: results };
}

/** The folder of the first case, and whatever any of them makes in it. */
function surroundingsOf(
  file: string,
  jobflow: string,
  source: string,
  cases: readonly TestCase[],
): Surroundings | undefined {
  const root = resolve(dirname(file), cases[0]?.root ?? ".");
  try {
    const flow = pathBelow(root, jobflow);
    const others = cases.flatMap((test) => pathsOf(test, flow));
    return folderSurroundings(jobflow, source, { root, others });
  } catch (error) {
    // A case whose root does not hold the flow says so itself.
    if (error instanceof TsunagiError) return undefined;
    throw error;
  }
}

/** A case that cannot be run at all, such as one with a path that is none, has failed; the others go on. */
async function attempt(run: () => Promise<Problem[]>): Promise<Problem[]> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof TsunagiError)) throw error;
    return [{ message: error.message, lines: [] }];
  }
}

async function rehearseCase(given: {
  file: string;
  jobflow: string;
  source: string;
  test: TestCase;
  coverage: Coverage | undefined;
}): Promise<Problem[]> {
  const { file, jobflow, source, test, coverage } = given;
  const root = resolve(dirname(file), test.root ?? ".");
  const flow = pathBelow(root, jobflow);
  const { objects, faults } = readFlowTree(root, flow, source, pathsOf(test, flow));
  const broken = [...faults.map((each) => `${each.file}: ${each.message}`), ...uncompiled(objects)];
  const [first] = broken;
  if (first !== undefined) return [{ message: "an object of the folder is broken", lines: broken }];
  const others = objects.filter(({ path }) => path !== flow);
  const tree = [...others, { path: flow, type: "Jobflow", fields: { source }, file: jobflow }];
  const covered = tree.flatMap(({ path, type, fields, file: from }) =>
    type === "Jobflow" && typeof fields.source === "string"
      ? { path, file: shown(resolve(from)), source: fields.source }
      : [],
  );
  return rehearse({ test, flow, tree, observer: coverage?.observe(covered) });
}

/** The objects that the case itself names. */
function pathsOf(test: TestCase, flow: string): string[] {
  const directory = parentPath(flow);
  const named = [
    ...test.objects.map(({ path }) => path),
    ...test.messages.map(({ channel }) => channel),
    ...Object.keys(test.expect.objects ?? {}),
  ];
  return named.map((path) => resolvePath(path, directory));
}

function uncompiled(objects: readonly TreeObject[]): string[] {
  return objects.flatMap(({ type, fields, file }) => {
    if (type !== "Jobflow" || typeof fields.source !== "string") return [];
    const diagnostics = checkSource(file, fields.source);
    return hasErrors(diagnostics) ? diagnostics.map(({ text }) => text) : [];
  });
}

/** A file as people name it: from where they are. */
function shown(file: string): string {
  const here = `${process.cwd()}/`;
  return file.startsWith(here) ? file.slice(here.length) : file;
}

function report({ file, faults, warnings = [], cases }: FileResult): void {
  print([
    ...faults,
    ...warnings,
    ...cases.filter(({ passed }) => !passed).flatMap((each) => problemLines(file, each)),
  ]);
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
