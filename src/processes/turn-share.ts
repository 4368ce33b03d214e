import {
  advanceBy,
  type Environment,
  type Input,
  type Interruption,
  type Pause,
  type State,
} from "#machine";

// What one turn may take before others have theirs: about ten milliseconds of machine time, and as much of the database's.
const instructionsPerTurnMax = 100_000;
const inputsPerTurnMax = 1000;

/** A turn's share of the engine's time. */
export class TurnShare {
  readonly #state: State;
  readonly #environment: Environment;
  #instructions = instructionsPerTurnMax;
  #inputs = inputsPerTurnMax;

  constructor(state: State, environment: Environment) {
    this.#state = state;
    this.#environment = environment;
  }

  get isUsedUp(): boolean {
    return this.#instructions <= 0 || this.#inputs <= 0;
  }

  /** Runs the machine for as long as the share lasts. */
  advance(input: Input): Pause | Interruption {
    this.#inputs -= 1;
    // An event begins the machine's own count anew.
    const before = input.kind === "event" ? 0 : this.#state.instructions;
    const count = this.isUsedUp ? 0 : this.#instructions;
    const pause = advanceBy(this.#state, input, this.#environment, count);
    this.#instructions -= Math.max(0, this.#state.instructions - before);
    return pause;
  }
}
