import { isDictionary, type Outcome, type Value } from "#machine";

/** An answer to a line, on its way: what the flow gets and after how long; undefined: never. */
export interface LineAnswer {
  seconds: number;
  outcome: Outcome;
}

interface Given {
  host: string | null;
  /** To the lines that were sent and not read yet. */
  answers: (LineAnswer | undefined)[];
}

/** The sessions that flows have open in a rehearsal: a line is answered when it is sent, and its answer is read later. */
export class GivenSessions {
  readonly #sessions = new Map<number, Given>();

  /** Gives the session as a flow holds it. */
  open(number: number, host: string | null): Value {
    this.#sessions.set(number, { host, answers: [] });
    return new Map([["session", number]]);
  }

  hostOf(handle: Value): string | null {
    return this.#find(handle)?.host ?? null;
  }

  sent(handle: Value, answer: LineAnswer | undefined): void {
    this.#find(handle)?.answers.push(answer);
  }

  /** What `<s>` gives: before a line was sent it is the greeting, which is empty here. */
  read(handle: Value): LineAnswer | undefined {
    const given = this.#find(handle);
    if (given === undefined || given.answers.length === 0) return { seconds: 0, outcome: said("") };
    return given.answers.shift();
  }

  close(handle: Value): void {
    const session = sessionOf(handle);
    if (session !== undefined) this.#sessions.delete(session);
  }

  #find(handle: Value): Given | undefined {
    return this.#sessions.get(sessionOf(handle) ?? 0);
  }
}

export function said(result: Value): Outcome {
  return { status: 0, result, error: null, reason: null };
}

function sessionOf(handle: Value): number | undefined {
  const session = isDictionary(handle) ? handle.get("session") : undefined;
  return typeof session === "number" ? session : undefined;
}
