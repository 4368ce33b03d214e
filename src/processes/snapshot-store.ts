import {
  decodeState,
  decodeValue,
  encodeState,
  encodeValue,
  secretsOf,
  type Input,
  type State,
  type Value,
} from "#machine";
import { decodeInput, encodeInput } from "./input.ts";

/** What seals texts with the key that lies outside the database. What it gives begins with {@link sealedMark}. */
export interface TextSealer {
  seal(text: string): string;
  open(sealed: string): string;
}

/** No JSON text begins like this. */
const sealedMark = "sealed:";

/**
 * States and values as they are stored. Those of a process that has seen a secret are sealed as a whole: the secret
 * may stand anywhere in them, also inside a command's output, where nothing marks it.
 */
export class SnapshotStore {
  readonly #sealer: TextSealer;

  constructor(sealer: TextSealer) {
    this.#sealer = sealer;
  }

  encodeState(state: State): string {
    return this.#protect(encodeState(state), state);
  }

  decodeState(stored: string): State {
    return decodeState(this.#open(stored));
  }

  /** A value of that process. */
  encodeValue(value: Value, state: State): string {
    return this.#protect(encodeValue(value), state);
  }

  decodeValue(stored: string): Value {
    return decodeValue(this.#open(stored));
  }

  /** What a process goes on with later. It may be of another process, which knows secrets that this one does not. */
  encodeInput(input: Input): string {
    const text = encodeInput(input);
    return input.kind === "event" ? this.#sealer.seal(text) : text;
  }

  decodeInput(stored: string | null): Input {
    return decodeInput(stored === null ? null : this.#open(stored));
  }

  /** Any text that may hold a secret of that process. */
  #protect(text: string, state: State): string {
    return secretsOf(state).length === 0 ? text : this.#sealer.seal(text);
  }

  #open(stored: string): string {
    return stored.startsWith(sealedMark) ? this.#sealer.open(stored) : stored;
  }
}
