/**
 * A server as the command line sees it: requests over HTTP, whose problem documents become the errors they
 * were on the server.
 */
import type { Command } from "commander";
import type { ConsoleDocument, Json, ListDocument, ObjectDocument } from "#contract";
import { errorKinds, resolvePath, TsunagiError, type ErrorCode } from "#kernel";

export interface ConnectionOptions {
  server?: string;
  token?: string;
}

/** Who changed an object when, and what did it. */
export interface ChangeSummary {
  at: string;
  author: string;
  /** Such as `process /process/1`. */
  cause: string;
}

const defaultServer = "http://127.0.0.1:8080";

/** Adds `--server` and `--token` to a command. */
export function withConnection(command: Command): Command {
  return command
    .option("--server <url>", `the server (else $TSUNAGI_SERVER, else ${defaultServer})`)
    .option("--token <token>", "who asks: a token of `tsunagi token create` (else $TSUNAGI_TOKEN)");
}

/** The client of the server that options and environment name. */
export function connect(options: ConnectionOptions): Client {
  const server = options.server ?? (process.env.TSUNAGI_SERVER || defaultServer);
  const token = options.token ?? (process.env.TSUNAGI_TOKEN || undefined);
  return new Client({ server, ...(token === undefined ? {} : { token }) });
}

export class Client {
  readonly #base: URL;
  readonly #token: string | undefined;

  constructor(options: { server: string; token?: string }) {
    this.#base = parseServer(options.server);
    this.#token = options.token;
  }

  /** The address of an object. */
  url(path: string): URL {
    const url = new URL(this.#base);
    url.pathname = path.split("/").map(encodeURIComponent).join("/");
    return url;
  }

  get(path: string): Promise<ObjectDocument> {
    return this.#request("GET", this.url(path));
  }

  list(path: string, after?: string): Promise<ListDocument> {
    return this.#request("GET", this.#view(path, "list", after === undefined ? {} : { after }));
  }

  /** The newest processes: of those that have not ended, or of all. */
  async processes(which: "live" | "all", limit: number): Promise<ObjectDocument[]> {
    const url = this.url("/process");
    url.searchParams.set("list", "");
    url.searchParams.set("limit", String(limit));
    if (which === "live") url.searchParams.set("state", "live");
    return (await this.#request<ListDocument>("GET", url)).items;
  }

  /** A process and all that stem from it, the newest first. */
  async *family(process: string): AsyncGenerator<ObjectDocument> {
    const url = this.url("/process");
    url.searchParams.set("list", "");
    url.searchParams.set("limit", "1000");
    url.searchParams.set("root", process.slice("/process/".length));
    for (;;) {
      const page = await this.#request<ListDocument>("GET", url);
      yield* page.items;
      if (page.next === null) return;
      url.searchParams.set("after", page.next);
    }
  }

  /** All children of a directory, page by page. */
  async *children(path: string): AsyncGenerator<ObjectDocument> {
    let after: string | undefined;
    do {
      const page = await this.list(path, after);
      yield* page.items;
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  put(
    path: string,
    body: { type: string; fields: Record<string, Json> },
    options: { draft?: boolean; parents?: boolean; revision?: number } = {},
  ): Promise<ObjectDocument> {
    const url = this.url(path);
    if (options.draft === true) url.searchParams.set("draft", "true");
    if (options.parents === true) url.searchParams.set("parents", "true");
    return this.#request("PUT", url, { body, revision: options.revision });
  }

  patch(path: string, fields: Record<string, Json>): Promise<ObjectDocument> {
    return this.#request("PATCH", this.url(path), { body: { fields } });
  }

  async delete(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    const url = this.url(path);
    if (options.recursive === true) url.searchParams.set("recursive", "true");
    await this.#request("DELETE", url);
  }

  /** Starts a jobflow, or sends a message to a channel: what a path takes depends on what stands there. */
  post(path: string, body: Json): Promise<{ process?: string; message?: number }> {
    return this.#request("POST", this.url(path), { body });
  }

  /** The changes of an object, the newest first. */
  async history(path: string): Promise<ChangeSummary[]> {
    const { changes } = await this.#request<{ changes: ChangeSummary[] }>(
      "GET",
      this.#view(path, "history"),
    );
    return changes;
  }

  /** Starts a jobflow; gives the path of the process. */
  async start(path: string, parameters: Record<string, Json>): Promise<string> {
    const { process } = await this.post(path, parameters);
    if (process === undefined) throw notOfType(path, "Jobflow");
    return process;
  }

  /**
   * Throws unless the object is of that type, because the same request starts a jobflow and fills a channel. Who
   * may not read it is left to the server's answer.
   */
  async assertType(path: string, type: string, hint: string): Promise<void> {
    let object: ObjectDocument;
    try {
      object = await this.get(path);
    } catch (error) {
      if (error instanceof TsunagiError && error.code === "PERMISSION_DENIED") return;
      throw error;
    }
    if (object.type !== type) throw notOfType(path, type, hint);
  }

  /** Lines of a process's console after that number. */
  console(process: string, after: number): Promise<ConsoleDocument> {
    return this.#request("GET", this.#view(process, "console", { after: String(after) }));
  }

  async cancel(process: string): Promise<void> {
    await this.#request("POST", this.#view(process, "cancel"), { body: {} });
  }

  status(): Promise<{ status: string; version: string }> {
    return this.#request("GET", this.url("/.status"));
  }

  #view(
    path: string,
    view: "list" | "history" | "console" | "cancel",
    query: Record<string, string> = {},
  ): URL {
    const url = this.url(path);
    url.search = new URLSearchParams({ [view]: "true", ...query }).toString();
    return url;
  }

  async #request<Result>(
    method: string,
    url: URL,
    content: { body?: unknown; revision?: number | undefined } = {},
  ): Promise<Result> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#token !== undefined) headers.authorization = `Bearer ${this.#token}`;
    if (content.revision !== undefined) headers["if-match"] = `"${content.revision}"`;
    if (content.body !== undefined) headers["content-type"] = "application/json";
    const body = content.body === undefined ? {} : { body: JSON.stringify(content.body) };
    const response = await this.#send(url, { method, headers, ...body });
    const text = await response.text();
    if (!response.ok) throw this.#failure(response, text);
    return (text === "" ? null : this.#parse(response, text)) as Result;
  }

  async #send(url: URL, request: RequestInit): Promise<Response> {
    try {
      return await fetch(url, request);
    } catch (cause) {
      throw new TsunagiError(
        "SERVER_UNREACHABLE",
        `no server answers at ${this.#base.href}: ${faultOf(cause)}`,
        {
          details: { server: this.#base.href },
          hint: "Start one with `tsunagi serve`, or name another with --server or TSUNAGI_SERVER.",
          cause,
        },
      );
    }
  }

  #failure(response: Response, text: string): TsunagiError {
    const problem = asRecord(safeParse(text));
    const code = typeof problem.code === "string" ? problem.code : "";
    if (!Object.hasOwn(errorKinds, code)) return this.#foreign(response);
    const hint = typeof problem.hint === "string" ? problem.hint : tokenHint(code as ErrorCode);
    return new TsunagiError(
      code as ErrorCode,
      typeof problem.detail === "string" ? problem.detail : code,
      {
        details: asRecord(problem.details),
        ...(hint === undefined ? {} : { hint }),
      },
    );
  }

  #parse(response: Response, text: string): unknown {
    const value = safeParse(text);
    if (value === undefined) throw this.#foreign(response);
    return value;
  }

  /** Something else listens there, or a proxy stands in between. */
  #foreign(response: Response): TsunagiError {
    return new TsunagiError(
      "SERVER_UNREACHABLE",
      `${this.#base.href} answers with status ${response.status}, but not as a Tsunagi server does`,
      { hint: "Check the address given with --server or TSUNAGI_SERVER." },
    );
  }
}

/** The path of an object, and of a process also as its bare number. */
export function processPath(text: string): string {
  const path = /^\d+$/.test(text) ? `/process/${text}` : resolvePath(text);
  if (!/^\/process\/\d+$/.test(path)) {
    throw new TsunagiError("USAGE", `'${text}' is no process`, {
      hint: "A process is named by its number or its path, for example 17 or /process/17.",
    });
  }
  return path;
}

function notOfType(path: string, type: string, hint?: string): TsunagiError {
  return new TsunagiError(
    "METHOD_NOT_ALLOWED",
    `${path} is no ${type}`,
    hint === undefined ? {} : { hint },
  );
}

function parseServer(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new TsunagiError("USAGE", `'${text}' is no address of a server`, {
      hint: `Write it like ${defaultServer}.`,
    });
  }
  return url;
}

function tokenHint(code: ErrorCode): string | undefined {
  if (code !== "NOT_SIGNED_IN" && code !== "TOKEN_INVALID") return undefined;
  return "Make a token with `tsunagi token create NAME` on the server's host; give it with --token or TSUNAGI_TOKEN.";
}

/** `fetch` hides the reason in its cause. */
function faultOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = cause as NodeJS.ErrnoException;
  return message === "" && code !== undefined ? code : message;
}

function safeParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
