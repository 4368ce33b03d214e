import type { ManagerMessage, ServerMessage } from "#contract";

/** A way to a server; one file each in `transports/`. */
export interface Transport {
  /** Begins to connect. `closed` comes once for every connection, also for one that never opened. */
  connect(events: LinkEvents): Link;
}

export interface LinkEvents {
  opened(): void;
  received(messages: readonly ServerMessage[]): void;
  /** What was sent has gone out: a congested link is not so any more. */
  drained(): void;
  closed(reason: string): void;
}

export interface Link {
  /** Messages sent in one event-loop turn share a frame. */
  send(message: ManagerMessage): void;
  /** So much waits to go out that nothing should be added that can wait. */
  isCongested(): boolean;
  close(): void;
}
