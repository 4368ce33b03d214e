import { Buffer } from "node:buffer";
import type { ManagerMessage } from "#contract";

export type OutputListener = (chunk: OutputChunk) => void;

export interface OutputChunk {
  process: number;
  /** Of the command's effect. */
  number: number;
  stream: "stdout" | "stderr";
  text: string;
}

interface Stream {
  sequence: number;
  decoders: { stdout: TextDecoder; stderr: TextDecoder };
}

/** Turns the chunks of running commands into text and tells those who watch. */
export class LiveOutput {
  readonly #listeners = new Set<OutputListener>();
  readonly #streams = new Map<number, Stream>();

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  listen(listener: OutputListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  receive(
    { process, number }: { process: number; number: number },
    encoding: string | null,
    chunk: Extract<ManagerMessage, { kind: "output" }>,
  ): void {
    let stream = this.#streams.get(number);
    if (stream === undefined) {
      const label = encoding ?? "utf-8";
      stream = {
        sequence: 0,
        decoders: { stdout: new TextDecoder(label), stderr: new TextDecoder(label) },
      };
      this.#streams.set(number, stream);
    }
    // A chunk that came twice is shown once.
    if (chunk.sequence <= stream.sequence) return;
    stream.sequence = chunk.sequence;
    const bytes = Buffer.from(
      chunk.base64 ?? chunk.text ?? "",
      chunk.base64 === undefined ? "utf8" : "base64",
    );
    const text = stream.decoders[chunk.stream].decode(bytes, { stream: true });
    if (text === "") return;
    for (const listener of this.#listeners)
      listener({ process, number, stream: chunk.stream, text });
  }

  end(number: number): void {
    this.#streams.delete(number);
  }
}
