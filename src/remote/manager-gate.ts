import {
  heartbeatIntervalMs,
  heartbeatLimitMs,
  managerFrame,
  type ManagerConnection,
  type ManagerDoor,
  type ManagerMessage,
  type ServerMessage,
} from "#contract";
import type { Clock } from "#kernel";

/** A WebSocket, as little of it as is needed; whoever has one hands it in. */
export interface ManagerSocket {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** What the owner of the socket calls. */
export interface ManagerGate {
  received(text: string): void;
  closed(): void;
}

// RFC 6455: a reason is at most 123 bytes.
const reasonMaxBytes = 123;

/**
 * One job manager's connection, where its socket is: checks what comes in, keeps the heartbeat (so that no engine that
 * is busy delays it), and passes the rest on to the door, which may stand in another thread.
 */
export function openManagerGate(
  socket: ManagerSocket,
  door: ManagerDoor,
  clock: Clock,
): ManagerGate {
  let state: "expecting hello" | "open" | "closed" = "expecting hello";
  let heardAt = clock.now();
  let takeBackBeat = clock.after(heartbeatIntervalMs, beat);

  const connection: ManagerConnection = {
    send(messages) {
      if (state !== "closed") send(messages);
    },
    close: (reason) => close(1000, reason),
  };

  function send(messages: ServerMessage[]): void {
    socket.send(JSON.stringify(messages));
  }

  function beat(): void {
    if (clock.now() - heardAt > heartbeatLimitMs) {
      close(1001, `nothing was heard for ${heartbeatLimitMs / 1000} s`);
      return;
    }
    send([{ kind: "ping" }]);
    takeBackBeat = clock.after(heartbeatIntervalMs, beat);
  }

  function close(code: number, reason: string): void {
    if (state === "closed") return;
    ended();
    socket.close(
      code,
      Buffer.from(reason)
        .subarray(0, reasonMaxBytes)
        .toString()
        .replace(/\uFFFD+$/, ""),
    );
  }

  function ended(): void {
    const wasOpen = state === "open";
    state = "closed";
    takeBackBeat();
    if (wasOpen) door.disconnected(connection);
  }

  function pass(messages: ManagerMessage[]): void {
    const others = messages.filter(({ kind }) => kind !== "pong" && kind !== "hello");
    if (state === "expecting hello") {
      const [hello] = messages;
      if (hello?.kind !== "hello") {
        close(1002, "the first message must be hello");
        return;
      }
      state = "open";
      door.connected(connection, hello);
    }
    if (others.length > 0 && state === "open") door.received(connection, others);
  }

  return {
    received(text) {
      if (state === "closed") return;
      heardAt = clock.now();
      let messages: ManagerMessage[];
      try {
        messages = managerFrame.parse(JSON.parse(text));
      } catch {
        close(1002, "that is no message of this protocol");
        return;
      }
      pass(messages);
    },
    closed() {
      if (state !== "closed") ended();
    },
  };
}
