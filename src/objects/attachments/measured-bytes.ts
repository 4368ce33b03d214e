import { createHash } from "node:crypto";
import { TsunagiError } from "#kernel";

/** Counts and hashes what passes, and refuses what goes beyond a limit. */
export class MeasuredBytes {
  readonly #hash = createHash("sha256");
  readonly #sizeMax: number;
  #size = 0;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get size(): number {
    return this.#size;
  }

  /** BODY_TOO_LARGE if there is more than the limit with it. */
  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > this.#sizeMax) throw tooLarge(this.#sizeMax);
    this.#hash.update(bytes);
  }

  /** The hash of all, in hex; at the end. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}

export function tooLarge(sizeMax: number, size?: number): TsunagiError {
  const got = size === undefined ? "" : ` (${size} bytes)`;
  return new TsunagiError(
    "BODY_TOO_LARGE",
    `the file is too large${got}: at most ${sizeMax} bytes are taken here`,
    {
      details: { sizeMax, ...(size === undefined ? {} : { size }) },
      hint: "keep it where it is, and store a path or an address of it instead",
    },
  );
}

/** Content that should be there and is not. */
export function contentGone(content: string): TsunagiError {
  return new TsunagiError("ATTACHMENT_NOT_FOUND", `the content ${content} is not in the store`, {
    details: { content },
    hint: "restore the directory 'attachments' of the data directory from the backup that belongs to the database",
  });
}
