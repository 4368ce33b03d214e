/**
 * Waits for the first Ctrl-C or TERM, so that what runs can be ended in order. A second one ends this process
 * at once, for who does not want to wait. Keeps the process running until then or until it is closed.
 */
export class Interrupt {
  /** Resolves at the first signal. */
  readonly happened: Promise<void>;
  readonly #resolve: () => void;
  // A listener alone does not keep Node.js running.
  readonly #stay = setInterval(() => undefined, 2 ** 30);
  #count = 0;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.happened = promise;
    this.#resolve = resolve;
    process.on("SIGINT", this.#take).on("SIGTERM", this.#take);
  }

  close(): void {
    clearInterval(this.#stay);
    process.off("SIGINT", this.#take).off("SIGTERM", this.#take);
  }

  readonly #take = (signal: NodeJS.Signals): void => {
    this.#count += 1;
    if (this.#count > 1) process.exit(signal === "SIGINT" ? 130 : 143);
    this.#resolve();
  };
}
