import type { Command } from "commander";
import { declare } from "../declare.ts";

interface TestOptions {
  json?: boolean;
  coverage?: boolean;
}

export function command(): Command {
  return declare("test", "Run the tests of jobflows, without touching a server", [
    "test examples/basics/hello.jobflow",
    "test --coverage examples/web-recovery",
  ])
    .argument(
      "[file|dir...]",
      "x.test.yaml, or the x.jobflow beside it, and folders with such files",
      ["."],
    )
    .option("--coverage", "say which jobs never ran, and which connectors never saw a failure")
    .option("--json", "print one JSON document")
    .addHelpText(
      "after",
      "\nEnds with 0 when all passed, 1 when one failed, 2 when a test file or a jobflow is broken.\nHow tests are written: docs/testing-jobflows.md",
    )
    .action(async (named: string[], options: TestOptions) => {
      const { testFiles } = await import("../rehearse-files.ts");
      process.exitCode = await testFiles(named, {
        isJson: options.json ?? false,
        hasCoverage: options.coverage ?? false,
      });
    });
}
