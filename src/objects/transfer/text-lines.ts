import { TsunagiError } from "#kernel";

/** The text of a stream of bytes, without a byte order mark; throws FORMAT_INVALID where it is not UTF-8. */
export async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const chunk of chunks) yield decode(() => decoder.decode(chunk, { stream: true }));
  yield decode(() => decoder.decode());
}

/** Longer lines are no rows of anybody. */
const lineLengthMax = 16 * 1024 * 1024;

/** The lines of a stream of bytes, with their numbers from 1. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ line: number; text: string }> {
  let rest = "";
  let line = 1;
  for await (const text of decodeUtf8(chunks)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > lineLengthMax) throw tooLong(line + lines.length);
    for (const each of lines) yield { line: line++, text: each.replace(/\r$/, "") };
  }
  if (rest !== "") yield { line, text: rest };
}

function decode(work: () => string): string {
  try {
    return work();
  } catch (cause) {
    throw new TsunagiError("FORMAT_INVALID", "the file is not UTF-8", {
      hint: "Save it as UTF-8; spreadsheets call it 'CSV UTF-8'.",
      cause,
    });
  }
}

function tooLong(line: number): TsunagiError {
  return new TsunagiError(
    "FORMAT_INVALID",
    `line ${line} of the file is longer than ${lineLengthMax} characters`,
  );
}
