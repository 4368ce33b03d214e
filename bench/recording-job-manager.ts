/**
 * A job manager that runs nothing: it notes when a command reaches it and answers at once with success. Where
 * a bench asks for the time to "command out", this is where the command comes out.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { WebSocket } from "ws";
import {
  jobManagerAddress,
  jobManagerProtocol,
  type ManagerMessage,
  type ServerMessage,
} from "#contract";

export interface RecordingJobManager {
  close(): Promise<void>;
}

/** Connects, and calls back with each command's text and the time (`performance.now()`) at which it came. */
export async function connectRecordingJobManager(options: {
  url: string;
  token: string;
  onCommand: (text: string, at: number) => void;
}): Promise<RecordingJobManager> {
  const address = new URL(jobManagerAddress, options.url.replace(/^http/, "ws"));
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${options.token}` } });
  const send = (...messages: ManagerMessage[]) => socket.send(JSON.stringify(messages));
  const welcome = Promise.withResolvers<void>();
  const take = (message: ServerMessage, at: number) => {
    switch (message.kind) {
      case "welcome":
        welcome.resolve();
        break;
      case "refuse":
        welcome.reject(new Error(`the server refuses the job manager: ${message.message}`));
        break;
      case "run": {
        const { spec } = message;
        if (!("kind" in spec)) options.onCommand(spec.work.text, at);
        send({ kind: "result", number: message.number, result: success });
        break;
      }
      case "ping":
        send({ kind: "pong" });
        break;
      case "cancel":
      case "close":
      case "acknowledge":
        break;
    }
  };
  socket.on("message", (data: Buffer) => {
    const at = performance.now();
    for (const message of JSON.parse(data.toString()) as ServerMessage[]) take(message, at);
  });
  socket.on("error", (error) => welcome.reject(error));
  await once(socket, "open");
  send({
    kind: "hello",
    protocol: jobManagerProtocol,
    name: "bench",
    realm: "default",
    version: "0",
    journal: randomUUID(),
    highest: 0,
    open: [],
    draining: false,
  });
  await welcome.promise;
  return {
    async close() {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}

const success = {
  status: 0,
  reason: null,
  message: null,
  stdout: "",
  stderr: "",
  stdoutCut: 0,
  stderrCut: 0,
  hostKey: null,
};
