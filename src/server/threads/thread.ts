import { getCompileCacheDir } from "node:module";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { TsunagiError } from "#kernel";
import { MessageLine } from "./message-line.ts";
import type { ThreadSettings, ThreadStart } from "./thread-settings.ts";

/**
 * What threads may have for values that do not live long, in megabytes. The engine works best with much of it: what a thousand steps
 * make is gone before it is looked at, and what is not needed is not taken. A reader waits for people. The program itself is started with little (`bin/tsunagi`), which would hold for its threads, too.
 */
const youngMegabytes = { engine: 96, reader: 6, trial: 24 };
setFlagsFromString("--max-semi-space-size=0");

/** A worker with the line to it. */
export class Thread {
  readonly line: MessageLine;
  readonly isReady: Promise<unknown>;
  readonly #worker: Worker;
  #isStopping = false;

  constructor(
    name: keyof typeof youngMegabytes,
    settings: ThreadSettings,
    note: (name: string, argument: unknown) => void,
    onEnd: (error: unknown) => void,
  ) {
    const workerData: ThreadStart = {
      file: `./${name}-thread.ts`,
      compileCache: getCompileCacheDir(),
      settings,
    };
    this.#worker = new Worker(new URL("./thread-entry.js", import.meta.url), {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes[name] },
    });
    this.line = new MessageLine(this.#worker, {
      call: () => Promise.reject(new TypeError("threads call nothing here")),
      note,
    });
    let lastError: unknown;
    this.#worker.on("error", (error) => {
      lastError = error;
    });
    this.#worker.on("exit", () => {
      this.line.close(
        new TsunagiError("SERVER_UNREACHABLE", "the server is stopping", {
          hint: "try again when it has started",
        }),
      );
      if (!this.#isStopping) onEnd(lastError ?? new Error(`the ${name} thread ended`));
    });
    this.isReady = this.line.call("open", {});
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.line.call("close", {}).catch(() => undefined);
    await this.#worker.terminate();
  }
}
