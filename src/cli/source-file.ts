import { readFileSync } from "node:fs";
import { TsunagiError } from "#kernel";

/** The text of a file with a jobflow. */
export function readSource(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
    throw new TsunagiError("FILE_UNREADABLE", `${file} cannot be read: ${why}`, { cause });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TsunagiError("FILE_UNREADABLE", `${file} is not in UTF-8`, {
      hint: `Convert it, for example with \`iconv -f SHIFT_JIS -t UTF-8 ${file}\`.`,
      cause,
    });
  }
}
