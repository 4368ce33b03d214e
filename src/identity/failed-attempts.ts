import { TsunagiError, type Clock } from "#kernel";

/** Five mistakes a quarter of an hour: enough for a person, useless for a machine that guesses. */
const attemptsMax = 5;
const windowMs = 15 * 60_000;
/** So that made-up names cannot fill the memory; the oldest are forgotten. */
const keysMax = 10_000;

/** Counts failed sign-ins per name and address, in memory. */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #attempts = new Map<string, { count: number; since: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts an attempt as failed before its password is looked at, so that guesses at the same time count, too. */
  begin(name: string, address: string): void {
    const key = JSON.stringify([name, address]);
    const now = this.#clock.now();
    const known = this.#attempts.get(key);
    const current =
      known !== undefined && now - known.since < windowMs ? known : { count: 0, since: now };
    if (current.count >= attemptsMax) {
      const seconds = Math.ceil((current.since + windowMs - now) / 1000);
      throw new TsunagiError(
        "SIGN_IN_LIMITED",
        `too many failed sign-ins as '${name}' from ${address}`,
        {
          details: { retryAfterSeconds: seconds },
          hint: `try again in ${Math.ceil(seconds / 60)} minutes`,
        },
      );
    }
    this.#attempts.delete(key);
    this.#attempts.set(key, { count: current.count + 1, since: current.since });
    if (this.#attempts.size > keysMax) {
      const [oldest] = this.#attempts.keys();
      if (oldest !== undefined) this.#attempts.delete(oldest);
    }
  }

  succeed(name: string, address: string): void {
    this.#attempts.delete(JSON.stringify([name, address]));
  }
}
