/** `tsunagi fmt`: brings jobflows into the canonical layout. Gives the exit status: 0, 1 differs, 2 does not parse. */
import { TsunagiError } from "#kernel";
import { format, formatDiagnostics, parse } from "#language";
import { readerLanguage } from "./reader-language.ts";
import { filesBelow } from "./files-below.ts";
import { replaceFile } from "./replace-file.ts";
import { readSource } from "./source-file.ts";
import { readInput } from "./standard-input.ts";

export interface FormatOptions {
  /** Only says what would be changed. */
  isCheck: boolean;
}

export function formatFiles(named: readonly string[], { isCheck }: FormatOptions): 0 | 1 | 2 {
  if (named.includes("-")) {
    throw new TsunagiError("USAGE", "- stands for standard input and cannot be given with files");
  }
  let status: 0 | 1 | 2 = 0;
  for (const file of filesBelow(named, ".jobflow")) {
    const source = readSource(file);
    if (complainOfErrors(source, file)) {
      status = 2;
      continue;
    }
    const formatted = format(source);
    if (formatted === source) continue;
    if (!isCheck) replaceFile(file, formatted);
    else if (status === 0) status = 1;
    process.stdout.write(`${file}\n`);
  }
  return status;
}

export async function formatInput({ isCheck }: FormatOptions): Promise<0 | 1 | 2> {
  const source = await readInput("a file, a folder or a jobflow on standard input");
  if (complainOfErrors(source, "<stdin>")) return 2;
  const formatted = format(source);
  if (!isCheck) process.stdout.write(formatted);
  return isCheck && formatted !== source ? 1 : 0;
}

/** Whether it does not parse; what is wrong is then on standard error. */
function complainOfErrors(source: string, file: string): boolean {
  const errors = parse(source).diagnostics.filter(({ severity }) => severity === "error");
  for (const line of formatDiagnostics(errors, source, file, readerLanguage(process.env)))
    process.stderr.write(`${line}\n`);
  return errors.length > 0;
}
