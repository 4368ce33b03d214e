import type { Hello } from "#contract";

/**
 * What becomes of every open command when a job manager connects (DESIGN section 7). Pure.
 *
 *   the server says         the journal says            so it is
 *   ─────────────────────   ─────────────────────────   ──────────────────────────────────────────
 *   handed to this journal  running, or finished        held: its result comes
 *   handed to this journal  nothing, and is not older   unseen: can be sent, to this journal
 *   handed to this journal  nothing, and is older       lost: the journal was set back
 *   handed to another one   (of this job manager)       lost: the old journal is gone
 *   not handed to it        running, or finished        lost: the database was set back
 *   nothing                 running / finished          to be cancelled / forgotten there
 *
 * A journal is older when it has seen less than it once told. "Unseen" is the server's view: whether the number was
 * forgotten rather than never taken is known to the journal alone, which answers `unknown` then and runs nothing.
 */
export interface Settlement {
  held: number[];
  unseen: number[];
  lost: { number: number; why: string }[];
  forget: number[];
  cancel: number[];
}

export interface OpenCommand {
  number: number;
  manager: string | null;
  journal: string | null;
  /** It may have begun. */
  isHanded: boolean;
}

export function settle(
  hello: Hello,
  commands: Iterable<OpenCommand>,
  highestTaken: number,
): Settlement {
  const settlement: Settlement = { held: [], unseen: [], lost: [], forget: [], cancel: [] };
  const { name, journal } = hello;
  const unwanted = new Map(hello.open.map(({ number, state }) => [number, state]));
  for (const { number, isHanded, ...assigned } of commands) {
    const isListed = unwanted.has(number);
    const lose = (why: string) => settlement.lost.push({ number, why });
    if (assigned.journal === journal) {
      unwanted.delete(number);
      if (!isHanded) continue;
      if (isListed) settlement.held.push(number);
      else if (hello.highest >= highestTaken) settlement.unseen.push(number);
      else lose(`the journal of the job manager '${name}' was set back to an older state`);
    } else if (isListed) {
      lose(
        `the job manager '${name}' has a command of this number from before the server's database was set back`,
      );
    } else if (isHanded && assigned.manager === name) {
      lose(`the job manager '${name}' has come back with another journal`);
    }
  }
  for (const [number, state] of unwanted) {
    settlement[state === "finished" ? "forget" : "cancel"].push(number);
  }
  return settlement;
}
