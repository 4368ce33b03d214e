import type { Soon } from "#kernel";
import type { Outcome, Wait } from "#machine";
import type { Transaction } from "#database";

/**
 * What a domain implements that gives an effect to the world: `remote` for commands, `events` for requests and mail.
 *
 *   accept    in the turn's transaction: can it be done at all, and by whom? Writes what must be durable.
 *   dispatch  after the commit: now it may leave the house.
 *   complete  (of {@link EffectHost}) the outcome, given once, durable when the promise resolves.
 *
 * An effect has a number that grows over the whole installation and is never used again. What an open
 * effect needs to be found again after a crash is its wait (kept in the process's snapshot) and `detail`.
 */
export interface EffectHandler {
  /** The kinds of waits it takes: `command`, or `external:urlopen`. */
  readonly kinds: readonly string[];
  accept(transaction: Transaction, effect: NewEffect): Soon<Acceptance>;
  dispatch(effect: OpenEffect): void;
  /** The process no longer waits for it (cancelled, timed out); to be ended in the world. Its outcome, if one comes, is dropped. */
  abandon(effect: OpenEffect): void;
  /** After the commit: a process has ended, however; what it may have left open in the world is nobody's now. */
  processEnded?(process: number): void;
  /** At the start, and where this server takes over from another one: what was open when that one ended, or gave it away. */
  restore(effects: OpenEffect[]): void;
  /** Whether it is under way in this very server, so that no other one can take it over at the moment. */
  isUnderWay?(number: number): boolean;
  /** After the commit: these are another server's now. What this one has of them it may only pass on. */
  released?(numbers: ReadonlySet<number>): void;
  /** Another server says that it was not begun, and may be given to somebody else. */
  returned?(number: number): void;
}

export interface NewEffect {
  process: number;
  turn: number;
  number: number;
  wait: Wait;
  /** For whom the process acts: the id of a user. */
  principal: number;
}

export interface OpenEffect extends NewEffect {
  /** As `accept` or `update` gave it: plain JSON without secrets, such as which job manager has it. */
  detail: unknown;
}

export type Acceptance =
  | { kind: "accepted"; detail: unknown }
  /** The job fails at once, in the same turn. */
  | { kind: "failed"; outcome: Outcome };

/** What the engine gives to handlers. */
export interface EffectHost {
  /**
   * Hands in the outcome. Resolves when it is on disk, and then the sender may be told to forget it. An effect
   * that is not open any more (late, doubled, abandoned) is no error: resolves with false.
   */
  complete(effect: { process: number; number: number }, outcome: Outcome): Promise<boolean>;
  /** Stores another `detail`, in a transaction of its own; resolves when it is on disk, false if the effect is not open any more. */
  update(
    effect: { process: number; number: number },
    detail: unknown,
    /** What is written together with it, if the effect is open. */
    also?: (transaction: Transaction) => Promise<void>,
  ): Promise<boolean>;
  /** An effect of another server's process was not begun: its own server may give it to somebody else. */
  giveBack(effect: { process: number; number: number }): Promise<void>;
  /** Runs work in the engine's writer, between turns. */
  write<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Makes the engine's number counter at least this high: a job manager has seen a higher one, so the database was set back. */
  raiseNumber(atLeast: number): Promise<void>;
}
