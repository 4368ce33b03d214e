import type { ConsoleDocument, ConsoleLine } from "#contract";

/**
 * The lines of a console as far as they were read. Reads on from the last line whenever it is told that there
 * may be more, one request at a time; so no line is missed or comes twice, whatever hints come or do not.
 */

export interface ConsoleView {
  lines: readonly ConsoleLine[];
  hasEnded: boolean;
  /** Why the last attempt to read failed. */
  error: Error | null;
}

export class ConsoleReader {
  readonly #read: (after: number) => Promise<ConsoleDocument>;
  readonly #listeners = new Set<() => void>();
  #view: ConsoleView = { lines: [], hasEnded: false, error: null };
  #isReading = false;
  #isAskedAgain = false;

  constructor(read: (after: number) => Promise<ConsoleDocument>) {
    this.#read = read;
  }

  get view(): ConsoleView {
    return this.#view;
  }

  onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads everything that is there by now. */
  async readOn(): Promise<void> {
    this.#isAskedAgain = true;
    if (this.#isReading || this.#view.hasEnded) return;
    this.#isReading = true;
    try {
      while (this.#isAskedAgain) {
        this.#isAskedAgain = false;
        await this.#readPage();
      }
    } catch (error) {
      this.#show({ ...this.#view, error: error as Error });
    } finally {
      this.#isReading = false;
    }
  }

  async #readPage(): Promise<void> {
    const { lines } = this.#view;
    const page = await this.#read(lines.at(-1)?.number ?? 0);
    // A page that brought lines may not have been the last one.
    if (page.lines.length > 0) this.#isAskedAgain = true;
    this.#show({
      lines: page.lines.length === 0 ? lines : [...lines, ...page.lines],
      hasEnded: page.ended && page.lines.length === 0,
      error: null,
    });
  }

  #show(view: ConsoleView): void {
    this.#view = view;
    for (const listener of this.#listeners) listener();
  }
}
