import { randomUUID } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { TsunagiError } from "#kernel";

/**
 * Gives a file other content: whoever reads it sees all of the old or all of the new, also after a crash. It keeps its
 * mode; a link stays a link.
 */
export function replaceFile(file: string, text: string): void {
  let made: string | undefined;
  try {
    const target = realpathSync(file);
    const { mode } = statSync(target);
    made = join(dirname(target), `.${randomUUID()}.tmp`);
    const descriptor = openSync(made, "wx", mode);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    // The mode of a new file is cut by the umask.
    chmodSync(made, mode);
    renameSync(made, target);
  } catch (cause) {
    if (made !== undefined) rmSync(made, { force: true });
    throw new TsunagiError(
      "FILE_UNWRITABLE",
      `${file} cannot be written: ${(cause as Error).message}`,
      {
        hint: "It is as it was. Look at the rights of the file's folder, and at the space on its disk.",
        cause,
      },
    );
  }
}
