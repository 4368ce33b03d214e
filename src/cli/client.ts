/**
 * A server as the command line sees it: requests over HTTP, whose problem documents become the errors they
 * were on the server.
 */
import type { Command } from "commander";
import type {
  ChangeDocument,
  BulkEditBody,
  BulkEditDocument,
  ChangeListDocument,
  ComparisonDocument,
  ConsoleDocument,
  CopyBody,
  DeletedDocument,
  DuplicatesDocument,
  ExplanationDocument,
  GrantBody,
  GrantDocument,
  GroupBody,
  ImportDocument,
  ImportProgressDocument,
  HistoryDocument,
  Json,
  ListDocument,
  MoveBody,
  ObjectDocument,
  ObjectRightsDocument,
  RestoreBody,
  RestoredDocument,
  SearchDocument,
  StatisticsDocument,
  StatusDocument,
  RerunStart,
  StartedDocument,
  StepDecision,
  TraceDocument,
  TransactionBody,
  TransactionDocument,
  UndoBody,
  UndoDocument,
  UserBody,
  UserRightsDocument,
  VariablesDocument,
} from "#contract";
import { errorKinds, resolvePath, TsunagiError, type ErrorCode } from "#kernel";

export interface ConnectionOptions {
  server?: string;
  token?: string;
}

/** A search, as the API takes it. */
export interface SearchQuery {
  q: string;
  type?: string;
  sort?: string;
  asOf?: string;
}

/** Selected values of an object that was found. */
export interface FoundRow {
  path: string;
  type: string;
  values: Record<string, Json>;
}

/** What is sent with a request: JSON, or a file of that type. */
interface Content {
  body?: unknown;
  file?: Blob;
  type?: string;
  revision?: number | undefined;
  reason?: string | undefined;
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

  /** An object, also as it was at a moment of the past. */
  get(path: string, asOf?: string): Promise<ObjectDocument> {
    const url = this.url(path);
    if (asOf !== undefined) url.searchParams.set("as-of", asOf);
    return this.#request("GET", url);
  }

  list(path: string, after?: string, asOf?: string): Promise<ListDocument> {
    const query = {
      ...(after === undefined ? {} : { after }),
      ...(asOf === undefined ? {} : { "as-of": asOf }),
    };
    return this.#request("GET", this.#view(path, "list", query));
  }

  /** The newest processes: of those that have not ended, or of all. */
  async processes(
    which: { state?: string; jobflow?: string },
    limit: number,
  ): Promise<ObjectDocument[]> {
    const url = this.url("/process");
    url.searchParams.set("list", "");
    url.searchParams.set("limit", String(limit));
    for (const [name, value] of Object.entries(which)) url.searchParams.set(name, value);
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
  async *children(path: string, asOf?: string): AsyncGenerator<ObjectDocument> {
    let after: string | undefined;
    do {
      const page = await this.list(path, after, asOf);
      yield* page.items;
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  /** What a search finds, at most so many. */
  async *find(query: SearchQuery, limit: number): AsyncGenerator<ObjectDocument> {
    yield* this.#found<ObjectDocument>(query, limit);
  }

  /** As {@link find}, but only the values that are selected. */
  async *findValues(
    query: SearchQuery & { select: readonly string[] },
    limit: number,
  ): AsyncGenerator<FoundRow> {
    yield* this.#found<FoundRow>(query, limit);
  }

  /** How many objects a search finds. */
  async count(query: SearchQuery): Promise<{ count: number; isExact: boolean }> {
    const body = { ...query, total: true, limit: 1 };
    const { total } = await this.#request<SearchDocument>("POST", this.url("/.api/v1/search"), {
      body,
    });
    return total ?? { count: 0, isExact: true };
  }

  /** How the values of a field are spread over what a search finds. */
  statistics(query: SearchQuery & { field: string }, limit: number): Promise<StatisticsDocument> {
    return this.#request("GET", this.#figures("statistics", query, limit));
  }

  /** The values of a field that several of the objects have that a search finds. */
  duplicates(query: SearchQuery & { field: string }, limit: number): Promise<DuplicatesDocument> {
    return this.#request("GET", this.#figures("duplicates", query, limit));
  }

  #figures(which: string, { q, type, field }: SearchQuery & { field: string }, limit: number): URL {
    return this.#query(`/.api/v1/search/${which}`, {
      field,
      ...(q === "" ? {} : { q }),
      ...(type === undefined ? {} : { type }),
      ...(Number.isFinite(limit) ? { limit: String(Math.min(limit, 1000)) } : {}),
    });
  }

  async *#found<Item>(query: object, limit: number): AsyncGenerator<Item> {
    let rest = limit;
    let cursor: string | undefined;
    do {
      const body = {
        ...query,
        limit: Math.min(rest, 1000),
        ...(cursor === undefined ? {} : { cursor }),
      };
      const page = await this.#request<{ items: Item[]; next: string | null }>(
        "POST",
        this.url("/.api/v1/search"),
        { body },
      );
      yield* page.items;
      rest -= page.items.length;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && rest > 0);
  }

  put(
    path: string,
    body: { type: string; fields: Record<string, Json>; reason?: string | undefined },
    options: { draft?: boolean; parents?: boolean; revision?: number } = {},
  ): Promise<ObjectDocument> {
    const url = this.url(path);
    if (options.draft === true) url.searchParams.set("draft", "true");
    if (options.parents === true) url.searchParams.set("parents", "true");
    return this.#request("PUT", url, { body, revision: options.revision });
  }

  patch(path: string, fields: Record<string, Json>, reason?: string): Promise<ObjectDocument> {
    return this.#request("PATCH", this.url(path), {
      body: { fields, ...(reason === undefined ? {} : { reason }) },
    });
  }

  /** Puts a file into a field of an object. */
  attach(
    path: string,
    field: string,
    file: Blob,
    about: { name: string; type: string; reason?: string },
  ): Promise<ObjectDocument> {
    const url = this.url(path);
    url.search = new URLSearchParams({ field, name: about.name }).toString();
    return this.#request("PUT", url, { file, type: about.type, reason: about.reason });
  }

  /** Stores a file without an object, for a field that is written within a day. */
  upload(file: Blob): Promise<{ attachment: string; size: number }> {
    const type = "application/octet-stream";
    return this.#request("POST", this.url("/.api/v1/attachments"), { file, type });
  }

  /** The file in a field of an object, also as of a moment of the past; `hash` is what all of it has to have. */
  async download(
    path: string,
    field: string,
    asOf?: string,
  ): Promise<{
    name: string | undefined;
    hash: string | undefined;
    bytes: ReadableStream<Uint8Array>;
  }> {
    const url = this.url(path);
    url.searchParams.set("field", field);
    if (asOf !== undefined) url.searchParams.set("as-of", asOf);
    const response = await this.#send(url, { headers: this.#headers({}) });
    if (!response.ok) throw this.#failure(response, await response.text());
    const { headers, body } = response;
    return {
      name: fileNameOf(headers.get("content-disposition") ?? ""),
      hash: /^"([0-9a-f]{64})"$/.exec(headers.get("etag") ?? "")?.[1],
      bytes: body ?? new Blob([]).stream(),
    };
  }

  async delete(
    path: string,
    options: { recursive?: boolean; reason?: string } = {},
  ): Promise<void> {
    const url = this.url(path);
    if (options.recursive === true) url.searchParams.set("recursive", "true");
    await this.#request("DELETE", url, { reason: options.reason });
  }

  /** Starts a jobflow, or sends a message to a channel: what a path takes depends on what stands there. */
  post(
    path: string,
    body: Json,
    options: { step?: boolean } = {},
  ): Promise<{ process?: string; message?: number }> {
    const url = this.url(path);
    if (options.step === true) url.searchParams.set("step", "true");
    return this.#request("POST", url, { body });
  }

  /** A page of the changes of an object, the newest first. */
  async history(path: string, query: Record<string, string> = {}): Promise<ChangeDocument[]> {
    const { changes } = await this.#request<HistoryDocument>(
      "GET",
      this.#view(path, "history", query),
    );
    return changes;
  }

  /** What lies between two moments, or one and now. */
  compare(path: string, query: Record<string, string>): Promise<ComparisonDocument> {
    return this.#request("GET", this.#view(path, "diff", query));
  }

  deleted(path: string, query: Record<string, string>): Promise<DeletedDocument> {
    return this.#request("GET", this.#view(path, "deleted", query));
  }

  undo(body: UndoBody): Promise<UndoDocument> {
    return this.#request("POST", this.url("/.api/v1/undo"), { body });
  }

  restore(body: RestoreBody): Promise<RestoredDocument> {
    return this.#request("POST", this.url("/.api/v1/restore"), { body });
  }

  /** Does several operations as one change, or says what they would do. */
  transact(body: TransactionBody): Promise<TransactionDocument> {
    return this.#request("POST", this.url("/.api/v1/transactions"), { body });
  }

  bulkEdit(body: BulkEditBody): Promise<BulkEditDocument> {
    return this.#request("POST", this.url("/.api/v1/bulk-edit"), { body });
  }

  /** Objects as a file. */
  async export(query: Record<string, string>): Promise<ReadableStream<Uint8Array>> {
    const url = this.#query("/.api/v1/export", query);
    const response = await this.#send(url, { headers: this.#headers({}) });
    if (!response.ok) throw this.#failure(response, await response.text());
    return response.body ?? new Blob([]).stream();
  }

  import(file: Blob, query: Record<string, string>, reason?: string): Promise<ImportDocument> {
    const url = this.#query("/.api/v1/import", query);
    return this.#request("POST", url, { file, type: "application/octet-stream", reason });
  }

  importProgress(id: string): Promise<ImportProgressDocument> {
    return this.#request("GET", this.#query("/.api/v1/import/progress", { id }));
  }

  async cancelImport(id: string): Promise<void> {
    await this.#request("POST", this.url("/.api/v1/import/cancel"), { body: { id } });
  }

  copy(body: CopyBody): Promise<ObjectDocument> {
    return this.#request("POST", this.url("/.api/v1/copy"), { body });
  }

  move(body: MoveBody): Promise<ObjectDocument> {
    return this.#request("POST", this.url("/.api/v1/move"), { body });
  }

  /** Who can do what on an object. */
  rightsOn(path: string): Promise<ObjectRightsDocument> {
    return this.#request("GET", this.#query("/.api/v1/rights", { path }));
  }

  /** What a user can do. */
  rightsOfUser(user: string, below?: string): Promise<UserRightsDocument> {
    const query = { user, ...(below === undefined ? {} : { below }) };
    return this.#request("GET", this.#query("/.api/v1/rights", query));
  }

  /** Why a user may do something to an object, or may not. */
  explainRight(user: string, right: string, path: string): Promise<ExplanationDocument> {
    return this.#request("GET", this.#query("/.api/v1/rights", { user, right, path }));
  }

  grant(body: GrantBody): Promise<GrantDocument> {
    return this.#request("POST", this.url("/.api/v1/rights"), { body });
  }

  /** Makes a user or a group, or changes one that is there. */
  savePeople(
    kind: "users" | "groups",
    body: Partial<UserBody> | Partial<GroupBody>,
    which: "new" | "existing",
  ): Promise<ObjectDocument> {
    const method = which === "new" ? "POST" : "PATCH";
    return this.#request(method, this.url(`/.api/v1/${kind}`), { body });
  }

  async deleteGroup(name: string, options: { force?: boolean; reason?: string }): Promise<void> {
    const { force, reason } = options;
    const query = { name, ...(force === true ? { force: "true" } : {}) };
    await this.#request("DELETE", this.#query("/.api/v1/groups", query), { reason });
  }

  /** Changes of all objects, the newest first. */
  changes(query: Record<string, string>): Promise<ChangeListDocument> {
    const url = this.url("/.api/v1/changes");
    url.search = new URLSearchParams(query).toString();
    return this.#request("GET", url);
  }

  /** Starts a jobflow; gives the path of the process. */
  async start(
    path: string,
    parameters: Record<string, Json>,
    options: { step?: boolean } = {},
  ): Promise<string> {
    const { process } = await this.post(path, parameters, options);
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

  /** What a process did: jobs that began after that one. */
  trace(process: string, after: number): Promise<TraceDocument> {
    return this.#request("GET", this.#view(process, "trace", { after: String(after) }));
  }

  /** Where a process is, and what it knows. */
  variables(process: string): Promise<VariablesDocument> {
    return this.#request("GET", this.#view(process, "variables"));
  }

  async step(process: string, isOn: boolean): Promise<void> {
    await this.#order(process, { step: String(isOn) });
  }

  async decide(process: string, turn: number, decision: StepDecision): Promise<void> {
    await this.#order(process, { decide: decision, turn: String(turn) });
  }

  async cancel(process: string, reason?: string): Promise<void> {
    await this.#order(process, { cancel: "true" }, { reason });
  }

  async suspend(process: string, reason?: string): Promise<void> {
    await this.#order(process, { suspend: "true" }, { reason });
  }

  async resume(process: string): Promise<void> {
    await this.#order(process, { resume: "true" });
  }

  /** Does an ended process again; gives the path of the new one. */
  async rerun(
    process: string,
    from: RerunStart,
    options: { variables?: Record<string, Json>; step?: boolean } = {},
  ): Promise<string> {
    const { variables, step } = options;
    const query = { rerun: from, ...(step === true ? { step: "true" } : {}) };
    return (await this.#order(process, query, { variables })).process;
  }

  #order(
    process: string,
    query: Record<string, string>,
    body: Record<string, unknown> = {},
  ): Promise<StartedDocument> {
    const url = this.url(process);
    url.search = new URLSearchParams(query).toString();
    return this.#request("POST", url, { body });
  }

  status(): Promise<StatusDocument> {
    return this.#request("GET", this.url("/.status"));
  }

  #query(address: string, query: Record<string, string>): URL {
    const url = this.url(address);
    url.search = new URLSearchParams(query).toString();
    return url;
  }

  #view(
    path: string,
    view: "list" | "history" | "console" | "trace" | "variables" | "diff" | "deleted",
    query: Record<string, string> = {},
  ): URL {
    const url = this.url(path);
    url.search = new URLSearchParams({ [view]: "true", ...query }).toString();
    return url;
  }

  async #request<Result>(method: string, url: URL, content: Content = {}): Promise<Result> {
    const sent = content.file ?? (content.body === undefined ? null : JSON.stringify(content.body));
    const response = await this.#send(url, {
      method,
      headers: this.#headers(content),
      body: sent,
    });
    const text = await response.text();
    if (!response.ok) throw this.#failure(response, text);
    return (text === "" ? null : this.#parse(response, text)) as Result;
  }

  #headers({ body, type, revision, reason }: Content): Record<string, string> {
    const kind = type ?? (body === undefined ? undefined : "application/json");
    return {
      accept: "application/json",
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
      ...(revision === undefined ? {} : { "if-match": `"${revision}"` }),
      ...(reason === undefined ? {} : { "tsunagi-reason": encodeURIComponent(reason) }),
      ...(kind === undefined ? {} : { "content-type": kind }),
    };
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

/** The name in a Content-Disposition header of ours. */
function fileNameOf(header: string): string | undefined {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(header)?.[1];
  return encoded === undefined
    ? /filename="([^"]*)"/.exec(header)?.[1]
    : decodeURIComponent(encoded);
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
