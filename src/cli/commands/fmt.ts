import type { Command } from "commander";
import { declare } from "../declare.ts";

interface FmtOptions {
  check?: boolean;
}

export function command(): Command {
  return declare("fmt", "Lay jobflows out in the one canonical form", [
    "fmt examples my.jobflow",
    "fmt --check .",
    "fmt - < my.jobflow",
  ])
    .argument(
      "<file|dir...>",
      "jobflows, and folders with *.jobflow; - formats standard input to standard output",
    )
    .option(
      "--check",
      "change nothing; list the files that differ, and end with 1 if there are any",
    )
    .addHelpText(
      "after",
      "\nPrints the names of the files it changed. What does not parse is left alone, with its errors, and the\nexit status is 2.",
    )
    .action(async (named: string[], options: FmtOptions) => {
      const { formatFiles, formatInput } = await import("../format-files.ts");
      const isCheck = options.check ?? false;
      process.exitCode =
        named.length === 1 && named[0] === "-"
          ? await formatInput({ isCheck })
          : formatFiles(named, { isCheck });
    });
}
