import { TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import type { ChangeListener, ChangeRecord } from "#objects";
import { listWaiters } from "./waiters.ts";

/** Refuses that a channel goes while processes wait for its messages: they would wait for ever. */
export class AwaitedChannels implements ChangeListener {
  async changed(transaction: Transaction, { entries }: ChangeRecord): Promise<void> {
    for (const { id, before, after } of entries) {
      if (before?.type !== "Channel" || after?.type === "Channel") continue;
      const waiters = await listWaiters(transaction, "channel", id);
      const [first] = waiters;
      if (first === undefined) continue;
      const more = waiters.length > 1 ? ` and ${waiters.length - 1} more` : "";
      const what = after === null ? "be deleted" : `become a ${after.type}`;
      throw new TsunagiError(
        "OBJECT_PROTECTED",
        `${before.path} cannot ${what}: /process/${first.process}${more} waits for its messages`,
        {
          details: {
            path: before.path,
            processes: waiters.map(({ process }) => `/process/${process}`),
          },
          hint: "cancel what waits for it first",
        },
      );
    }
  }
}
