import type { ManagerDoor } from "#contract";
import type { Clock } from "#kernel";
import { openManagerGate } from "#remote";
import type { JobManagerDoor } from "./job-manager-door.ts";

/** Lets job managers in with their tokens; their gate, with the heartbeat, stands in this thread. */
export function jobManagerAdmission(options: {
  /** Rejects with TOKEN_INVALID. */
  check: (token: string) => Promise<void>;
  door: ManagerDoor;
  clock: Clock;
}): JobManagerDoor {
  return {
    async open(connection) {
      await options.check(connection.token);
      const gate = openManagerGate(
        {
          send: (text) => connection.send(text),
          close: (_code, reason) => connection.close(reason),
        },
        options.door,
        options.clock,
      );
      return { message: (text) => gate.received(text), closed: () => gate.closed() };
    },
  };
}
