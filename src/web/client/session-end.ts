/**
 * Whether the session has ended under a page that was in use: then the sign-in comes over the page, and what was refused
 * for it is asked again afterwards, so that nobody has to do anything twice.
 */
class SessionEnd {
  readonly #listeners = new Set<() => void>();
  #wasSignedIn = false;
  #again: PromiseWithResolvers<void> | undefined;

  get hasEnded(): boolean {
    return this.#again !== undefined;
  }

  onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Somebody is signed in: from now on a refusal is an end, and no beginning. */
  begin(): void {
    this.#wasSignedIn = true;
  }

  /** Waits until somebody has signed in again; undefined if nobody was signed in before. */
  signedInAgain(): Promise<void> | undefined {
    if (!this.#wasSignedIn) return undefined;
    if (this.#again === undefined) {
      this.#again = Promise.withResolvers();
      this.#tell();
    }
    return this.#again.promise;
  }

  /** Somebody has signed in again. */
  forget(): void {
    this.#again?.resolve();
    this.#again = undefined;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const sessionEnd = new SessionEnd();
