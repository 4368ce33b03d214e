/**
 * The alert path: a message is posted to a channel, is stored, wakes a jobflow, and the jobflow's first command
 * reaches a job manager. Open loop: the next message goes out on time whether or not the last one is through.
 */
import { Agent, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "../src/cli/client.ts";
import { percentile } from "./figure.ts";
import type { Bench, Measured } from "./main.ts";
import { preparePlainSsh } from "./plain-ssh.ts";
import { connectRecordingJobManager } from "./recording-job-manager.ts";
import { startBenchServer, type BenchServer } from "./server-process.ts";

const messagesPerSecond = 50;
const listener = '<./alerts> -> ["echo ${$RESULT.number}"] => [self]';
// One that is between a command and its next wait must not make the next message queue.
const listeners = 4;

export const bench: Bench = {
  summary: "message in to first command out",
  async prepare({ cleanup, isQuick, note }) {
    const server = await startBenchServer(cleanup);
    const arrivals = new Map<string, number>();
    const manager = await connectRecordingJobManager({
      url: server.url,
      token: server.jobManagerToken,
      onCommand: (text, at) => arrivals.set(text, at),
    });
    cleanup.defer(() => manager.close());
    const client = new Client({ server: server.url, token: server.token });
    await client.put("/alerts", { type: "Channel", fields: {} });
    await client.put("/listen", { type: "Jobflow", fields: { source: listener } });
    for (let n = 0; n < listeners; n += 1) await client.post("/listen", {});

    const sender = new MessageSender(server);
    cleanup.defer(() => sender.close());
    const plainSsh = await preparePlainSsh(cleanup, note);
    const seconds = isQuick ? 3 : 10;
    return async () => {
      const ours = await sendAtRate(sender, arrivals, seconds);
      const theirs = await plainSsh?.(isQuick ? 5 : 20);
      return [50, 99].map((percent) => figureOf(percent, ours, theirs));
    };
  },
};

function figureOf(percent: number, ours: number[], theirs: number[] | undefined): Measured {
  return {
    name: `alert/message-to-command/p${percent}`,
    unit: "ms",
    value: percentile(ours, percent),
    peers: theirs === undefined ? {} : { "plain-ssh": percentile(theirs, percent) },
  };
}

/** Milliseconds from before the request to the command's arrival, for each message. */
async function sendAtRate(
  sender: MessageSender,
  arrivals: Map<string, number>,
  seconds: number,
): Promise<number[]> {
  const begun = performance.now();
  const sent: { command: string; at: number; accepted: Promise<void> }[] = [];
  for (let n = 0; n < seconds * messagesPerSecond; n += 1) {
    const due = begun + (n * 1000) / messagesPerSecond;
    await delay(Math.max(0, due - performance.now()));
    const number = sender.nextNumber();
    sent.push({
      command: `echo ${number}`,
      at: performance.now(),
      accepted: sender.send({ number }),
    });
  }
  await Promise.all(sent.map((each) => each.accepted));
  await untilAllArrived(
    sent.map((each) => each.command),
    arrivals,
  );
  return sent.map(({ command, at }) => (arrivals.get(command) ?? Number.NaN) - at);
}

async function untilAllArrived(commands: string[], arrivals: Map<string, number>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!commands.every((each) => arrivals.has(each))) {
    if (performance.now() > deadline)
      throw new Error("a command did not come out within 30 seconds");
    await delay(10);
  }
}

/** Posts messages over connections that it keeps, as a monitoring system does. */
class MessageSender {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  readonly #address: URL;
  readonly #headers: Record<string, string>;
  #last = 0;

  constructor(server: BenchServer) {
    this.#address = new URL("/alerts", server.url);
    this.#headers = {
      authorization: `Bearer ${server.token}`,
      "content-type": "application/json",
      accept: "application/json",
    };
  }

  nextNumber(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Resolves when the server has accepted it. */
  send(message: unknown): Promise<void> {
    const options = { method: "POST", agent: this.#agent, headers: this.#headers };
    return new Promise((resolve, reject) => {
      const posted = request(this.#address, options, (response) => {
        response.resume();
        response.on("end", () => {
          if (response.statusCode === 202) resolve();
          else reject(new Error(`the message was answered with ${response.statusCode}`));
        });
      });
      posted.on("error", reject);
      posted.end(JSON.stringify(message));
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
