/**
 * The examples in a page of `docs/language/`. A page is a small tree of objects and what is done with it, in order:
 *
 *   ```jobflow                  an example; it is saved as /example and runs
 *   ```console                  right behind it: what `tsunagi run example.jobflow` prints. The first line may be the command
 *                               itself, `$ tsunagi run example.jobflow --param name=value`
 *   ```text                     right behind it: what `tsunagi check example.jobflow` prints. An example with nothing but that
 *                               is not run
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
      example = { line, source: lines.join("\n"), parameters: [], console: [], check: [] };
      found.examples.push(example);
    } else if (example !== undefined && language === "console") {
      const [first = ""] = lines;
      const isCommand = first.startsWith("$ ");
      example.parameters = isCommand ? first.split(" ").slice(4) : [];
      example.console = isCommand ? lines.slice(1) : lines;
    } else if (example !== undefined && language === "text") {
      example.check = lines;
      delete example.console;
    } else throw new Error(`line ${line}: a block of '${language}' belongs to no example`);
  }
  return found;
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
