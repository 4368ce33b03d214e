import type { Command } from "commander";
import { declare } from "../declare.ts";
import { readSource } from "../source-file.ts";

interface CheckOptions {
  root?: string;
  json?: boolean;
}

export function command(): Command {
  return declare("check", "Check jobflows without running them", ["check examples/seeds/*.jobflow"])
    .argument("<file...>", "files with jobflows")
    .option("--root <dir>", "the folder that is / (else the file's own)")
    .option("--json", "print one diagnostic a line as JSON")
    .action(async (files: string[], options: CheckOptions) => {
      const { checkSource, hasErrors } = await import("../source-check.ts");
      const { folderSurroundings } = await import("../folder-surroundings.ts");
      const { readerLanguage } = await import("../reader-language.ts");
      const language = options.json === true ? "en" : readerLanguage(process.env);
      const all = files.flatMap((file) => {
        const source = readSource(file);
        return checkSource(file, source, language, folderSurroundings(file, source, options));
      });
      for (const each of all) {
        process.stdout.write(`${options.json === true ? JSON.stringify(each) : each.text}\n`);
      }
      if (hasErrors(all)) process.exitCode = 2;
    });
}
