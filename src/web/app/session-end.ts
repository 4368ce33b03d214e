/** Whether an answer said that the session has ended; then the sign-in comes over the page. */
class SessionEnd {
  readonly #listeners = new Set<() => void>();
  #hasEnded = false;

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  note(): void {
    this.#set(true);
  }

  forget(): void {
    this.#set(false);
  }

  #set(hasEnded: boolean): void {
    this.#hasEnded = hasEnded;
    for (const listener of this.#listeners) listener();
  }
}

export const sessionEnd = new SessionEnd();
