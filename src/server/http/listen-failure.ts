import { createServer } from "node:net";
import { TsunagiError } from "#kernel";

/**
 * Throws PORT_IN_USE and the like if nobody could listen there now. Asked before a first start makes anything: the
 * password that it makes for root would be lost with a start that fails later.
 */
export async function assertCanListen(host: string, port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error) => reject(listenFailure(error, host, port) as Error));
    probe.listen({ host, port }, resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

/** Gives what the system said about listening there the name that the platform knows it by. */
export function listenFailure(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    return new TsunagiError("PORT_IN_USE", `port ${port} on ${host} is in use`, {
      details: { host, port },
      hint: "End the other program or choose another one with --port.",
      cause: error,
    });
  }
  if (code === "EACCES") {
    return new TsunagiError("USAGE", `port ${port} on ${host} may not be opened by this user`, {
      hint: "Choose one of 1024 or above with --port.",
      cause: error,
    });
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new TsunagiError("USAGE", `${host} is no address of this machine`, {
      hint: "Choose 127.0.0.1, 0.0.0.0 or one of the machine's own with --host.",
      cause: error,
    });
  }
  return error;
}
