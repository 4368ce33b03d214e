import {
  decodeState,
  decodeValue,
  encodeState,
  encodeValue,
  secretsOf,
  type State,
  type Value,
} from "#machine";

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

  /** Any text that may hold a secret of that process. */
  #protect(text: string, state: State): string {
    return secretsOf(state).length === 0 ? text : this.#sealer.seal(text);
  }

  #open(stored: string): string {
    return stored.startsWith(sealedMark) ? this.#sealer.open(stored) : stored;
  }
}
