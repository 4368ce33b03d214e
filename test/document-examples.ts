/**
 * The examples in a page of `docs/language/`. A page is a small tree of objects and what is done with it, in order:
 *
 *   ```jobflow                  an example; it is saved as /example and runs
 *   ```console                  right behind it: what `tsunagi run example.jobflow` prints. The first line may be the command
 *                               itself, `$ tsunagi run example.jobflow --param name=value`
 *   ```text                     right behind it: what `tsunagi check example.jobflow` prints; also in Japanese, with a first line
 *                               `$ LANG=ja_JP.UTF-8 tsunagi check example.jobflow`. An example with nothing but that is not run
 *   ```jobflow greet.jobflow    a file of the tree, which the examples use; likewise `yaml` and `sh`
 */
export interface DocumentExamples {
  files: { name: string; content: string }[];
  examples: Example[];
}

export interface Example {
  /** Of the example's first line in the page. */
  line: number;
  source: string;
  /** Arguments of the command line. */
  parameters: string[];
  /** Undefined: it is not run. */
  console?: string[];
  check: string[];
  language: "en" | "ja";
}

interface Fence {
  language: string;
  name: string | undefined;
  line: number;
  lines: string[];
}

export function readExamples(page: string): DocumentExamples {
  const found: DocumentExamples = { files: [], examples: [] };
  let example: Example | undefined;
  for (const { language, name, line, lines } of fences(page)) {
    if (name !== undefined) {
      found.files.push({ name, content: `${lines.join("\n")}\n` });
    } else if (language === "jobflow") {
      example = {
        line,
        source: lines.join("\n"),
        parameters: [],
        console: [],
        check: [],
        language: "en",
      };
      found.examples.push(example);
    } else if (example !== undefined && language === "console") {
      const { command, output } = splitCommand(lines);
      example.parameters = command.slice(3);
      example.console = output;
    } else if (example !== undefined && language === "text") {
      const { command, output } = splitCommand(lines);
      example.language = command[0]?.startsWith("LANG=ja") === true ? "ja" : "en";
      example.check = output;
      delete example.console;
    } else throw new Error(`line ${line}: a block of '${language}' belongs to no example`);
  }
  return found;
}

function splitCommand(lines: string[]): { command: string[]; output: string[] } {
  const [first = "", ...others] = lines;
  if (!first.startsWith("$ ")) return { command: [], output: lines };
  return { command: first.slice(2).split(" "), output: others };
}

function* fences(page: string): Generator<Fence> {
  let open: Fence | undefined;
  for (const [index, line] of page.split("\n").entries()) {
    const fence = /^```(\w*)(?: (\S+))?$/.exec(line);
    if (fence === null) open?.lines.push(line);
    else if (open === undefined)
      open = { language: fence[1] ?? "", name: fence[2], line: index + 2, lines: [] };
    else {
      yield open;
      open = undefined;
    }
  }
}
