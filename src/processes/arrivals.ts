import type { Transaction } from "#database";
import type { Input, Outcome } from "#machine";
import { decodeInput, encodeInput } from "./input.ts";
import type { TextSealer } from "./snapshot-store.ts";

/**
 * What one server has for a process of another one: a row, written in the transaction in which it came about, and taken in the
 * transaction in which the process's own server acts on it. So it is neither lost nor taken twice. Which server that is does not
 * matter to the row: it names the shard.
 */
export type Arrival =
  /** What a waiting process waited for has come. */
  | { kind: "wake"; turn: number; input: Input }
  /** The outcome of an effect. */
  | { kind: "outcome"; number: number; outcome: Outcome }
  /** An effect was not begun, and may be given to somebody else. */
  | { kind: "returned"; number: number }
  /** It is ready for its first turn. */
  | { kind: "ready" }
  | { kind: "cancel"; why?: string }
  /** A person asks for something; there is to be an answer. */
  | { kind: "call"; request: unknown };

export interface ArrivalRow {
  id: number;
  process: number;
}

export class Arrivals {
  readonly #sealer: TextSealer;

  constructor(sealer: TextSealer) {
    this.#sealer = sealer;
  }

  /** Gives its number. What is in it is sealed: it may hold what a process has read of a secret. */
  send(
    tx: Transaction,
    { shard, process }: { shard: number; process: number },
    arrival: Arrival,
  ): Promise<number> {
    return tx.insert("insert into arrival (shard, process, turn, body) values (?, ?, ?, ?)", [
      shard,
      process,
      arrival.kind === "wake" ? arrival.turn : null,
      this.#sealer.seal(encode(arrival)),
    ]);
  }

  /** What there is for a server's processes, oldest first. */
  list(tx: Transaction, server: number, limit: number): Promise<ArrivalRow[]> {
    return tx.all(
      `select a.id, a.process from arrival a join shard s on s.id = a.shard
        where s.server = ? order by a.id limit ?`,
      [server, limit],
    );
  }

  /** One that is still there. */
  async find(tx: Transaction, id: number): Promise<Arrival | undefined> {
    const row = await tx.get<{ body: string }>("select body from arrival where id = ?", [id]);
    return row && decode(this.#sealer.open(row.body));
  }

  /** Takes one, if it is still there. */
  async take(tx: Transaction, id: number): Promise<Arrival | undefined> {
    const arrival = await this.find(tx, id);
    if (arrival !== undefined) await this.withdraw(tx, id);
    return arrival;
  }

  /** Takes what a process waited for at that turn, if it has come: it came before anything that is only now to happen. */
  async takeWake(tx: Transaction, process: number, turn: number): Promise<Input | undefined> {
    const row = await tx.get<{ id: number }>(
      "select id from arrival where process = ? and turn = ? order by id limit 1",
      [process, turn],
    );
    const arrival = row && (await this.take(tx, row.id));
    return arrival?.kind === "wake" ? arrival.input : undefined;
  }

  /** Takes one back; false if it was taken already. */
  async withdraw(tx: Transaction, id: number): Promise<boolean> {
    return (await tx.run("delete from arrival where id = ?", [id])).changes > 0;
  }

  async answer(tx: Transaction, id: number, answer: unknown, now: number): Promise<void> {
    await tx.run("insert into arrival_answer (arrival, body, answered_at) values (?, ?, ?)", [
      id,
      this.#sealer.seal(JSON.stringify(answer)),
      now,
    ]);
  }

  /** The answer to a call, if there is one. */
  async findAnswer(tx: Transaction, id: number): Promise<{ answer: unknown } | undefined> {
    const row = await tx.get<{ body: string }>(
      "select body from arrival_answer where arrival = ?",
      [id],
    );
    return row && { answer: JSON.parse(this.#sealer.open(row.body)) as unknown };
  }

  /** Of calls whose caller is gone, too. */
  async forgetAnswers(
    tx: Transaction,
    { id, before }: { id: number; before: number },
  ): Promise<void> {
    await tx.run("delete from arrival_answer where arrival = ? or answered_at < ?", [id, before]);
  }
}

function encode(arrival: Arrival): string {
  switch (arrival.kind) {
    case "wake":
      return JSON.stringify({ ...arrival, input: encodeInput(arrival.input) });
    case "outcome": {
      const input = encodeInput({ kind: "event", index: 0, outcome: arrival.outcome });
      return JSON.stringify({ kind: "outcome", number: arrival.number, input });
    }
    case "returned":
    case "ready":
    case "cancel":
    case "call":
      return JSON.stringify(arrival);
  }
}

function decode(text: string): Arrival {
  const stored = JSON.parse(text) as Arrival & { input?: unknown };
  if (typeof stored.input !== "string") return stored;
  const input = decodeInput(stored.input);
  if (stored.kind !== "outcome") return { ...stored, input } as Arrival;
  if (input.kind !== "event") throw new TypeError("an outcome that is stored is an event");
  return { kind: "outcome", number: stored.number, outcome: input.outcome };
}
