import { fromErrorRecord, toErrorRecord, TsunagiError, type ErrorRecord } from "#kernel";

/** What goes over a line: calls with their answers, and notes that need none. */
type Message =
  | { kind: "call"; id: number; name: string; argument: unknown }
  | { kind: "result"; id: number; value: unknown }
  | { kind: "error"; id: number; error: ErrorRecord }
  | { kind: "note"; name: string; argument: unknown };

/** The part of a message port or worker that a line needs. */
export interface Port {
  postMessage(value: unknown): void;
  on(event: "message", listener: (value: Message[]) => void): unknown;
}

/** What the other side may ask for, by name. */
export interface LineHandlers {
  call: (name: string, argument: unknown) => Promise<unknown>;
  note: (name: string, argument: unknown) => void;
}

/**
 * Calls between two threads. All that is said within one turn of the event loop travels as one array: posting each
 * message by itself costs more than most of them are worth.
 */
export class MessageLine {
  readonly #port: Port;
  readonly #handlers: LineHandlers;
  readonly #pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: unknown) => void }
  >();
  #outbox: Message[] = [];
  #lastId = 0;
  #closedBecause: TsunagiError | undefined;

  constructor(port: Port, handlers: LineHandlers) {
    this.#port = port;
    this.#handlers = handlers;
    port.on("message", (messages) => {
      for (const message of messages) this.#take(message);
    });
  }

  call(name: string, argument: unknown): Promise<unknown> {
    if (this.#closedBecause !== undefined) return Promise.reject(this.#closedBecause);
    return new Promise((resolve, reject) => {
      this.#lastId += 1;
      this.#pending.set(this.#lastId, { resolve, reject });
      this.#say({ kind: "call", id: this.#lastId, name, argument });
    });
  }

  note(name: string, argument: unknown): void {
    this.#say({ kind: "note", name, argument });
  }

  /** The other side is gone: whoever waits for an answer is told. */
  close(reason: TsunagiError): void {
    this.#closedBecause = reason;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #say(message: Message): void {
    if (this.#outbox.length === 0) setImmediate(() => this.#flush());
    this.#outbox.push(message);
  }

  #flush(): void {
    const messages = this.#outbox;
    this.#outbox = [];
    this.#port.postMessage(messages);
  }

  #take(message: Message): void {
    switch (message.kind) {
      case "call":
        void this.#answer(message.id, message.name, message.argument);
        return;
      case "note":
        this.#handlers.note(message.name, message.argument);
        return;
      case "result":
        this.#pending.get(message.id)?.resolve(message.value);
        this.#pending.delete(message.id);
        return;
      case "error":
        this.#pending.get(message.id)?.reject(fromErrorRecord(message.error));
        this.#pending.delete(message.id);
        return;
    }
  }

  async #answer(id: number, name: string, argument: unknown): Promise<void> {
    try {
      const value = await this.#handlers.call(name, argument);
      this.#say({ kind: "result", id, value });
    } catch (error) {
      this.#say({ kind: "error", id, error: toErrorRecord(error) });
    }
  }
}
