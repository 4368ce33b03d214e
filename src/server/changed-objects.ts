import type { Transaction } from "#database";
import { parentPath } from "#kernel";
import type { ChangeListener, ChangeRecord } from "#objects";

/** Remembers which objects a transaction changed, so that who watches them is told after the commit. */
export class ChangedObjects implements ChangeListener {
  #paths = new Set<string>();

  async changed(_transaction: Transaction, change: ChangeRecord): Promise<void> {
    for (const { before, after } of change.entries) {
      for (const state of [before, after]) {
        if (state === null) continue;
        this.#paths.add(state.path);
        // A directory shows its children.
        this.#paths.add(parentPath(state.path));
      }
    }
  }

  /** The topics to be told. Those of a change that was taken back are told for nothing. */
  takeTopics(): string[] {
    const topics = [...this.#paths].map((path) => `objects${path}`);
    this.#paths.clear();
    return topics;
  }
}
