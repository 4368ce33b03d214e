import type { ManagerConnection, ManagerDoor, ManagerMessage } from "#contract";
import type { Link, LinkEvents, Transport } from "../transport.ts";

/** Speaks to a server in the same program, for a job manager inside of it. Nothing arrives before the sender is done. */
export function inProcessTransport(door: ManagerDoor): Transport {
  return {
    connect: (events) => new InProcessLink(door, events),
  };
}

class InProcessLink implements Link {
  readonly #door: ManagerDoor;
  readonly #events: LinkEvents;
  readonly #connection: ManagerConnection;
  #outgoing: ManagerMessage[] = [];
  #isClosed = false;

  constructor(door: ManagerDoor, events: LinkEvents) {
    this.#door = door;
    this.#events = events;
    this.#connection = {
      send: (messages) => {
        queueMicrotask(() => this.#isClosed || events.received(messages));
      },
      close: (reason) => this.#end(reason),
    };
    queueMicrotask(() => this.#isClosed || events.opened());
  }

  send(message: ManagerMessage): void {
    this.#outgoing.push(message);
    if (this.#outgoing.length === 1) queueMicrotask(() => this.#flush());
  }

  isCongested(): boolean {
    return false;
  }

  close(): void {
    this.#flush();
    if (this.#isClosed) return;
    this.#door.disconnected(this.#connection);
    this.#end("closed by the job manager");
  }

  #flush(): void {
    const messages = this.#outgoing;
    this.#outgoing = [];
    if (this.#isClosed || messages.length === 0) return;
    const [first] = messages;
    if (first?.kind === "hello") this.#door.connected(this.#connection, first);
    const others = messages.filter(({ kind }) => kind !== "hello");
    if (others.length > 0 && !this.#isClosed) this.#door.received(this.#connection, others);
  }

  #end(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    queueMicrotask(() => this.#events.closed(reason));
  }
}
