import type { ConsoleDocument, Json, ListDocument, ObjectDocument } from "#contract";

/** Of operations that need to know nothing more than who asks. */
export interface NoArgument {
  readonly nothing?: never;
}

/**
 * Everything a person or a program outside may ask of the house. HTTP, the command line and the browser are
 * three faces of this list; who asks is checked behind it, never in front of it.
 *
 * Reads are done on the reader thread, everything else on the engine thread, in its one writer.
 */
export interface Operations {
  "identity.signIn": (o: { name: string; password: string; from: string }) => {
    session: string;
    user: string;
  };
  "identity.signOut": (o: NoArgument) => null;
  "identity.whoami": (o: NoArgument) => {
    user: string;
    isAdministrator: boolean;
    via: "session" | "token";
  };

  "objects.get": (o: { path: string }) => ObjectDocument;
  /** The children of a directory, in order of name. */
  "objects.list": (o: { path: string; after?: string; limit?: number }) => ListDocument;
  /** Makes or replaces. `revision` is the one the change is based on; `draft` keeps source that does not compile. Parents that are missing are an error unless `parents`. */
  "objects.put": (o: {
    path: string;
    type: string;
    fields: Record<string, Json>;
    revision?: number;
    draft?: boolean;
    parents?: boolean;
  }) => { object: ObjectDocument; created: boolean };
  "objects.patch": (o: {
    path: string;
    fields: Record<string, Json>;
    revision?: number;
    draft?: boolean;
  }) => ObjectDocument;
  "objects.delete": (o: { path: string; revision?: number; recursive?: boolean }) => null;
  "objects.history": (o: { path: string; before?: number; limit?: number }) => {
    changes: ChangeDocument[];
  };

  "processes.start": (o: { path: string; parameters: Record<string, Json> }) => { process: string };
  "processes.list": (o: {
    after?: string;
    limit?: number;
    state?: string;
    root?: number;
  }) => ListDocument;
  /** Lines after that number. */
  "processes.console": (o: { id: number; after?: number; limit?: number }) => ConsoleDocument;
  "processes.cancel": (o: { id: number }) => null;

  "channels.send": (o: { path: string; body: Json; from?: string }) => { delivered: boolean };

  /** For every face: what HTTP's `POST` on a path means depends on what stands there. */
  "objects.post": (o: {
    path: string;
    body: Json;
    from?: string;
  }) => { kind: "started"; process: string } | { kind: "accepted"; delivered: boolean };

  "server.status": (o: NoArgument) => StatusDocument;
}

export interface ChangeDocument {
  change: number;
  at: string;
  author: string;
  cause: string;
  reason: string | null;
  revision: number;
  /** The values before; a field that had none is null. */
  before: Record<string, Json>;
}

export interface StatusDocument {
  status: "ok" | "degraded";
  version: string;
  parts: Record<string, { status: "ok" | "failed"; message?: string }>;
}

export type OperationName = keyof Operations;
export type ArgumentOf<N extends OperationName> = Parameters<Operations[N]>[0];
export type ResultOf<N extends OperationName> = ReturnType<Operations[N]>;

/** How a caller shows who he is; checked by the house at each call. */
export type Credentials =
  | { kind: "none" }
  | { kind: "token"; token: string }
  | { kind: "session"; session: string }
  /** The command line on the server's own host, without a server in between. */
  | { kind: "local" };

/** The house as its callers see it, wherever it runs: in this thread or behind a message port. */
export interface House {
  call<N extends OperationName>(
    name: N,
    credentials: Credentials,
    argument: ArgumentOf<N>,
  ): Promise<ResultOf<N>>;
  /**
   * Calls the listener when something of that topic happened; a hint to read again, which may come late,
   * doubled or never. Topics: `process/<id>` (console or state), `processes`, `objects<path>`.
   */
  watch(topic: string, listener: () => void): () => void;
}
