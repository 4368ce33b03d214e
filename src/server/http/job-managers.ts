import type { FastifyBaseLogger } from "fastify";
import type { WebSocket } from "ws";
import { frameMaxBytes, jobManagerAddress } from "#contract";
import { TsunagiError } from "#kernel";
import type { JobManagerDoor } from "../job-manager-door.ts";
import { credentialsOf } from "./credentials.ts";
import { failureOf } from "./problem.ts";
import { closeBecause, type SocketEndpoint } from "./sockets.ts";

/** Where job managers connect: frames go in and out as they are, what they mean is decided behind it. */

type Listener = Awaited<ReturnType<JobManagerDoor["open"]>>;

let nextConnectionId = 1;

export function jobManagerEndpoint(options: {
  jobManagers: JobManagerDoor | undefined;
  logger: FastifyBaseLogger;
}): SocketEndpoint {
  return {
    address: jobManagerAddress,
    sizeMaxBytes: frameMaxBytes,
    admit: async (request) => {
      const { jobManagers } = options;
      if (jobManagers === undefined) {
        throw new TsunagiError("ROUTE_NOT_FOUND", "this server takes no job managers");
      }
      const credentials = credentialsOf(request.headers);
      if (credentials.kind !== "token") {
        throw new TsunagiError("NOT_SIGNED_IN", "a job manager connects with a token", {
          hint: "Send 'Authorization: Bearer TOKEN'.",
        });
      }
      return (socket) => void connect(socket, credentials.token, jobManagers, options.logger);
    },
  };
}

async function connect(
  socket: WebSocket,
  token: string,
  door: JobManagerDoor,
  logger: FastifyBaseLogger,
): Promise<void> {
  let listener: Listener | undefined;
  let isClosed = false;
  const early: string[] = [];

  const hand = (text: string) => {
    try {
      listener?.message(text);
    } catch (error) {
      refuse(error);
    }
  };
  const refuse = (error: unknown) => {
    const failure = failureOf(error);
    logger.warn({ err: error }, "job manager refused");
    // 4000 and the HTTP status: 4401 is a token that does not hold.
    const detail = failure.code === "INTERNAL" ? "see the server's log" : failure.message;
    closeBecause(socket, 4000 + failure.status, `${failure.code}: ${detail}`);
  };

  socket.on("message", (data, isBinary) => {
    if (isBinary) closeBecause(socket, 1003, "frames are text");
    else if (listener === undefined) early.push((data as Buffer).toString("utf8"));
    else hand((data as Buffer).toString("utf8"));
  });
  socket.on("close", () => {
    isClosed = true;
    listener?.closed();
  });

  try {
    const opened = await door.open({
      id: nextConnectionId++,
      token,
      send: (text) => {
        if (socket.readyState === socket.OPEN) socket.send(text);
      },
      close: (reason) => closeBecause(socket, 1000, reason),
    });
    listener = opened;
    if (isClosed) opened.closed();
    else for (const text of early.splice(0)) hand(text);
  } catch (error) {
    refuse(error);
  }
}
