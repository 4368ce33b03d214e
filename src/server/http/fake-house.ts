import type {
  ChangeDocument,
  ConsoleLine,
  Json,
  ObjectDocument,
  StatusDocument,
  UndoDocument,
  UserRightsDocument,
} from "#contract";
import { baseName, counter, parentPath, TsunagiError } from "#kernel";
import type {
  ArgumentOf,
  Credentials,
  House,
  OperationName,
  Operations,
  ResultOf,
} from "../operations.ts";

/**
 * A house in memory, for tests of the gateway: it answers in the shapes of the real one and knows just enough
 * rules (who is signed in, revisions, what is there) to make the gateway's own work visible.
 *
 * `root` with the password `secret` and the token `good` may do everything, but for what is in `hidden`.
 */
export class FakeHouse implements House {
  readonly objects = new Map<string, ObjectDocument>();
  /** Paths that nobody may see. */
  readonly hidden = new Set<string>();
  readonly lines: ConsoleLine[] = [];
  /** Every call, for tests that look at what arrived. */
  readonly calls: { name: OperationName; credentials: Credentials; argument: unknown }[] = [];
  /** Given to the next call instead of an answer. */
  nextError: unknown;
  /** Awaited by every call before it answers. */
  gate: Promise<void> = Promise.resolve();
  status: StatusDocument["status"] = "ok";
  processState = "running";
  readonly #sessions = new Set<string>();
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor() {
    this.add("/", "Directory");
    this.add("/nodes", "Directory");
    this.add("/nodes/web01", "Server", { address: "10.0.1.11" });
    this.add("/ノード", "Directory");
    this.add("/ノード/web 01", "Server", { address: "10.0.1.12" });
    this.add("/ops", "Directory");
    this.add("/ops/restart", "Jobflow", { source: '|service|\n["systemctl restart $service"]\n' });
    this.add("/alerts", "Channel");
    this.add("/process", "Directory");
    this.add("/process/17", "Process", { state: "running", jobflow: "/ops/restart" });
  }

  add(path: string, type: string, fields: Record<string, Json> = {}): ObjectDocument {
    const now = "2026-11-20T03:12:45.000Z";
    const object: ObjectDocument = {
      id: this.objects.size + 1,
      path,
      name: baseName(path),
      type,
      owner: "root",
      fields,
      revision: (this.objects.get(path)?.revision ?? 0) + 1,
      createdAt: now,
      updatedAt: now,
    };
    this.objects.set(path, object);
    return object;
  }

  print(text: string): void {
    this.lines.push({ number: this.lines.length + 1, at: "2026-11-20T03:12:45.114Z", text });
    this.emit("process/17");
  }

  emit(topic: string): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  watcherCount(topic: string): number {
    return this.#listeners.get(topic)?.size ?? 0;
  }

  endSessions(): void {
    this.#sessions.clear();
  }

  watch(topic: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  async call<N extends OperationName>(
    name: N,
    credentials: Credentials,
    argument: ArgumentOf<N>,
  ): Promise<ResultOf<N>> {
    this.calls.push({ name, credentials, argument });
    await this.gate;
    const error = this.nextError;
    this.nextError = undefined;
    if (error !== undefined) throw error;
    if (name !== "identity.signIn" && name !== "server.status") this.#assertSignedIn(credentials);
    const operation = this.#operations[name] as (argument: ArgumentOf<N>) => ResultOf<N>;
    return structuredClone(operation(argument));
  }

  #assertSignedIn(credentials: Credentials): void {
    const isKnown =
      (credentials.kind === "token" && credentials.token === "good") ||
      (credentials.kind === "session" && this.#sessions.has(credentials.session));
    if (isKnown) return;
    throw credentials.kind === "token"
      ? new TsunagiError("TOKEN_INVALID", "the token is unknown")
      : new TsunagiError("NOT_SIGNED_IN", "the session has ended");
  }

  #get(path: string): ObjectDocument {
    if (this.hidden.has(path)) {
      throw new TsunagiError("PERMISSION_DENIED", `nobody may read ${path}`);
    }
    const object = this.objects.get(path);
    if (object !== undefined) return object;
    throw new TsunagiError("OBJECT_NOT_FOUND", `there is no object at ${path}`, {
      details: { path },
    });
  }

  #assertRevision(path: string, revision: number | undefined): void {
    const current = this.objects.get(path)?.revision ?? 0;
    if (revision === undefined || revision === current) return;
    throw new TsunagiError("OBJECT_VERSION_CONFLICT", `${path} has revision ${current} meanwhile`, {
      details: { path, revision, current },
    });
  }

  #page(all: ObjectDocument[], o: { after?: string; limit?: number }) {
    const rest = all.filter(({ path }) => o.after === undefined || path > o.after);
    const items = rest.slice(0, o.limit ?? 100);
    return { items, next: rest.length > items.length ? (items.at(-1)?.path ?? null) : null };
  }

  readonly #operations: Operations = {
    "identity.signIn": ({ name, password }) => {
      if (name !== "root" || password !== "secret") {
        throw new TsunagiError("SIGN_IN_FAILED", "name or password is wrong");
      }
      const session = `session-${this.calls.length}`;
      this.#sessions.add(session);
      return { session, user: name };
    },
    "tokens.list": () => ({ tokens: [] }),
    "tokens.create": ({ name }) => ({ id: 1, name, token: "tsn_secret" }),
    "tokens.revoke": () => null,
    "identity.signOut": () => {
      this.#sessions.clear();
      return null;
    },
    "identity.whoami": () => ({
      user: "root",
      isAdministrator: true,
      language: null,
      via: "session",
    }),
    "objects.get": ({ path }) => this.#get(path),
    "objects.list": ({ path, ...page }) => {
      this.#get(path);
      const children = [...this.objects.values()].filter(
        (object) => object.path !== "/" && parentPath(object.path) === path,
      );
      return this.#page(
        children.sort((a, b) => (a.path < b.path ? -1 : 1)),
        page,
      );
    },
    "objects.search": () => ({ items: [], next: null, total: null }),
    "objects.statistics": () => ({
      count: 0,
      empty: 0,
      distinct: 0,
      values: [],
      min: null,
      max: null,
      average: null,
    }),
    "objects.duplicates": () => ({ duplicates: [], isMore: false }),
    "objects.put": ({ path, type, fields, revision }) => {
      this.#assertRevision(path, revision);
      const created = !this.objects.has(path);
      const object = this.add(path, type, fields);
      this.emit(`objects${path}`);
      this.emit(`objects${parentPath(path)}`);
      return { object, created };
    },
    "objects.patch": ({ path, fields, revision }) => {
      this.#assertRevision(path, revision);
      const before = this.#get(path);
      const after = this.add(path, before.type, { ...before.fields, ...fields });
      this.emit(`objects${path}`);
      return after;
    },
    "objects.delete": ({ path, revision }) => {
      this.#get(path);
      this.#assertRevision(path, revision);
      this.objects.delete(path);
      return null;
    },
    "attachments.check": () => ({ sizeMax: 1_000_000 }),
    "attachments.register": () => null,
    "attachments.find": ({ path, field }) => {
      throw new TsunagiError("ATTACHMENT_NOT_FOUND", `the field '${field}' of ${path} is empty`);
    },
    "jobflows.check": () => ({ diagnostics: [] }),
    "objects.history": ({ path }) => {
      const { id } = this.#get(path);
      const change: ChangeDocument = {
        change: 8123,
        at: "2026-11-20T03:12:45.000Z",
        author: "root",
        cause: "api",
        reason: null,
        object: id ?? 0,
        objectPath: path,
        operation: "create",
        revision: 1,
        before: {},
        after: {},
      };
      return { changes: [change], next: null };
    },
    "objects.compare": () => ({ differences: [], total: 0, next: null }),
    "objects.deleted": () => ({ items: [], next: null }),
    "objects.previewUndo": () => nothingUndone,
    "objects.undo": () => nothingUndone,
    "objects.previewRestore": () => ({ ...nothingUndone, object: null }),
    "objects.restore": () => ({ ...nothingUndone, object: null }),
    "objects.copy": ({ path, to }) => {
      const { type, fields } = this.#get(path);
      return this.add(to, type, fields);
    },
    "objects.move": ({ path, to }) => {
      const { type, fields } = this.#get(path);
      this.objects.delete(path);
      return this.add(to, type, fields);
    },
    "changes.list": () => ({ changes: [], next: null }),
    "changes.get": ({ id }) => {
      throw new TsunagiError("OBJECT_NOT_FOUND", `there is no change ${id}`);
    },
    "rights.ofObject": ({ path }) => ({
      path,
      owner: "root",
      grants: [],
      users: [],
      isMore: false,
    }),
    "rights.ofUser": ({ user }) => ({ ...nobody, user }),
    "rights.explain": ({ user, path, right }) => ({
      user,
      path,
      right,
      isAllowed: false,
      through: [],
      reason: "nothing gives it",
    }),
    "rights.grant": ({ path, subject, rights }) => ({ path, subject, rights }),
    "users.create": ({ name, fields }) => this.add(`/system/users/${name}`, "User", fields),
    "users.change": ({ name, fields }) => this.add(`/system/users/${name}`, "User", fields),
    "groups.create": ({ name, fields }) => this.add(`/system/groups/${name}`, "Group", fields),
    "groups.delete": ({ name }) => void this.objects.delete(`/system/groups/${name}`),
    "groups.change": ({ name, fields }) => this.add(`/system/groups/${name}`, "Group", fields),
    "processes.start": () => ({ process: "/process/17" }),
    "processes.list": (page) =>
      this.#page(
        [...this.objects.values()].filter(
          ({ type, fields }) => type === "Process" && (page.state ?? fields.state) === fields.state,
        ),
        page,
      ),
    "processes.console": ({ after = 0, limit = 1000 }) => ({
      lines: this.lines.filter(({ number }) => number > after).slice(0, limit),
      ended: this.processState !== "running",
    }),
    "processes.trace": () => ({ jobs: [], leftOut: 0, ended: true }),
    "processes.variables": () => ({
      state: "waiting",
      waitsFor: null,
      waitsSince: null,
      frames: [],
      framesLeftOut: 0,
    }),
    "processes.cancel": () => null,
    "processes.suspend": () => null,
    "processes.resume": () => null,
    "processes.rerun": () => ({ process: "/process/18" }),
    "processes.step": () => null,
    "processes.decide": () => null,
    "channels.send": () => ({ delivered: true }),
    "objects.post": ({ path }) => {
      const { type } = this.#get(path);
      if (type === "Jobflow") return { kind: "started", process: "/process/17" };
      if (type === "Channel") return { kind: "accepted", delivered: false };
      throw new TsunagiError("METHOD_NOT_ALLOWED", `${path} is a ${type}, which cannot be run`);
    },
    "transfer.transact": () => ({ change: 1, made: {}, faults: [], objects: [], total: 0 }),
    "transfer.bulkEdit": () => ({
      change: 1,
      found: 0,
      faults: [],
      fingerprint: "",
      objects: [],
      total: 0,
    }),
    "transfer.export": () => ({ objects: [], kinds: {}, next: null }),
    "transfer.import": () => ({
      changes: [],
      rows: 0,
      created: 0,
      updated: 0,
      unchanged: 0,
      deleted: 0,
      faulty: 0,
      faults: [],
      ignoredColumns: [],
      isCancelled: false,
      objects: [],
      total: 0,
    }),
    "transfer.progress": () => ({ rows: null }),
    "transfer.cancel": () => null,
    "server.status": () => ({
      status: this.status,
      isReady: this.status !== "failed",
      version: "0.0.0",
      startedAt: "2026-11-20T03:12:45.000Z",
      uptime: 1,
      parts: {},
    }),
    "server.figures": () => [counter("tsunagi_house_total", "What the house counts.", 7)],
  };
}

const nothingUndone: UndoDocument = {
  change: null,
  steps: [],
  total: 0,
  conflicts: [],
  conflictTotal: 0,
  isPartial: false,
};

const nobody: UserRightsDocument = {
  user: "",
  isDisabled: false,
  isAdministrator: false,
  groups: [],
  grants: [],
  owned: [],
  ownedTotal: 0,
  isMore: false,
};
