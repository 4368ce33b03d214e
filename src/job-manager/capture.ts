import { isUtf8 } from "node:buffer";
import { outputMaxBytes } from "#contract";

/**
 * Keeps the beginning of one output of a command, as text, and counts the rest.
 *
 * Characters that are cut by the border of a chunk come out whole, bytes that are none as U+FFFD. The first
 * {@link outputMaxBytes} bytes are kept; a character that the limit cuts in two counts as not kept.
 */
export class Capture {
  readonly #encoding: string;
  readonly #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #cutBytes = 0;

  constructor(encoding: string | null) {
    this.#encoding = encoding ?? "utf-8";
  }

  /** Takes a chunk and gives the part of it that was kept. */
  add(chunk: Uint8Array): Uint8Array {
    const room = outputMaxBytes - this.#keptBytes;
    const kept = chunk.length <= room ? chunk : chunk.subarray(0, room);
    this.#keptBytes += kept.length;
    this.#cutBytes += chunk.length - kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
    return kept;
  }

  get cutBytes(): number {
    return this.#cutBytes;
  }

  /** What was kept; nothing may be added afterwards. */
  end(): string {
    const [first] = this.#chunks;
    // Most commands say nothing to one of their outputs.
    if (first === undefined) return "";
    const bytes = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    if (this.#cutBytes === 0) return decoderOf(this.#encoding).decode(bytes);
    // What the limit cut in two is no broken character.
    return newDecoder(this.#encoding).decode(bytes, { stream: true });
  }
}

// To make one costs more than to run a short command.
const decoders = new Map<string, TextDecoder>();

function decoderOf(encoding: string): TextDecoder {
  const known = decoders.get(encoding);
  if (known !== undefined) return known;
  const decoder = newDecoder(encoding);
  decoders.set(encoding, decoder);
  return decoder;
}

function newDecoder(encoding: string): TextDecoder {
  return new TextDecoder(encoding, { ignoreBOM: true });
}

/** A chunk as it crosses the wire: text if it is UTF-8 as it stands, else base64; byte-exact either way. */
export function asWireBytes(bytes: Uint8Array): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? { text: buffer.toString("utf8") } : { base64: buffer.toString("base64") };
}

/** The inverse of {@link asWireBytes}. */
export function fromWireBytes(wire: {
  text?: string | undefined;
  base64?: string | undefined;
}): Buffer {
  return wire.base64 === undefined
    ? Buffer.from(wire.text ?? "", "utf8")
    : Buffer.from(wire.base64, "base64");
}
