/** A server as an operator starts it, to be killed: `bin/tsunagi serve` on a free port. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Client } from "../../src/cli/client.ts";
import { readPid } from "../../src/cli/job-manager-pid.ts";

/** Of the user root of every server that the tests start. */
export const adminPassword = "correct horse battery staple";

const program = new URL("../../bin/tsunagi", import.meta.url).pathname;

export class ServerProcess {
  readonly #data: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #options: readonly string[];
  #child: ChildProcess | undefined;
  #token: string | undefined;
  #url = "";

  /** On SQLite in the data directory, or on the PostgreSQL that the URL leads to. */
  constructor(
    data: string,
    database?: string,
    more: { options?: readonly string[]; environment?: NodeJS.ProcessEnv } = {},
  ) {
    this.#data = data;
    this.#options = more.options ?? [];
    this.#environment = {
      ...process.env,
      ...(database === undefined ? {} : { DATABASE_URL: database }),
      ...more.environment,
    };
  }

  /** Such as http://127.0.0.1:40123 */
  get url(): string {
    return this.#url;
  }

  /** Of the user root. */
  get token(): string {
    this.#token ??= execFileSync(program, ["token", "create", "test", "--data", this.#data], {
      encoding: "utf8",
      env: this.#environment,
    }).trim();
    return this.#token;
  }

  /** A client of the server that runs now. */
  get client(): Client {
    return new Client({ server: this.#url, token: this.token });
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const child = spawn(program, ["serve", "--data", this.#data, "--port", "0", ...this.#options], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...this.#environment, TSUNAGI_LOG: "error", TSUNAGI_ADMIN_PASSWORD: adminPassword },
    });
    this.#child = child;
    const died = once(child, "exit").then(([code]) => {
      throw new Error(`the server ended with ${String(code)} before it served`);
    });
    const [line] = (await Promise.race([
      once(createInterface({ input: child.stdout }), "line"),
      died,
    ])) as string[];
    // It is meant to die from now on.
    died.catch(() => undefined);
    this.#url = /https?:\/\/[^\s,]+/.exec(line ?? "")?.[0] ?? "";
  }

  /** Of the server's process. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves with its exit status when it ends, by itself or not. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return child?.exitCode ?? null;
    }
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  }

  /** Stops it as an operator does; its job manager works on. */
  async terminate(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** kill -9; its job manager lives on. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Stops it as an operator does, and the job manager that it leaves behind. */
  async stop(jobManagerDirectory: string): Promise<void> {
    await this.#end("SIGTERM");
    const pid = readPid(jobManagerDirectory);
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
}
