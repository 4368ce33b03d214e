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
// Elements that are copied in it: a single instruction may do much.
const workPerTurnMax = 8_000_000;

/** A turn's share of the engine's time. */
export class TurnShare {
  readonly #state: State;
  readonly #environment: Environment;
  #instructions = instructionsPerTurnMax;
  #inputs = inputsPerTurnMax;
  #work = workPerTurnMax;

  constructor(state: State, environment: Environment) {
    this.#state = state;
    this.#environment = environment;
  }

  get isUsedUp(): boolean {
    return this.#instructions <= 0 || this.#inputs <= 0 || this.#work <= 0;
  }

  /** What is done with so many characters. */
  spend(characters: number): void {
    this.#work -= characters;
  }

  /** Runs the machine for as long as the share lasts. */
  advance(input: Input): Pause | Interruption {
    this.#inputs -= 1;
    // An event begins the machine's own count anew.
    const isAwaited = input.kind === "event" || input.kind === "deadline";
    const before = isAwaited ? 0 : this.#state.instructions;
    const workBefore = isAwaited ? 0 : this.#state.work;
    const count = this.isUsedUp ? 0 : this.#instructions;
    const pause = advanceBy(this.#state, input, this.#environment, count);
    this.#instructions -= this.#state.instructions - before;
    this.#work -= this.#state.work - workBefore;
    return pause;
  }
}
