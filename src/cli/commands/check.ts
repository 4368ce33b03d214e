import type { Command } from "commander";
import { declare } from "../declare.ts";
import { readSource } from "../source-file.ts";

interface CheckOptions {
  json?: boolean;
}

export function command(): Command {
  return declare("check", "Check jobflows without running them", ["check examples/seeds/*.jobflow"])
    .argument("<file...>", "files with jobflows")
    .option("--json", "print one diagnostic a line as JSON")
    .action(async (files: string[], options: CheckOptions) => {
      const { checkSource, hasErrors } = await import("../source-check.ts");
      const all = files.flatMap((file) => checkSource(file, readSource(file)));
      for (const each of all) {
        process.stdout.write(`${options.json === true ? JSON.stringify(each) : each.text}\n`);
      }
      if (hasErrors(all)) process.exitCode = 2;
    });
}
