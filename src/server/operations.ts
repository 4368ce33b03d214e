import type {
  BulkEditBody,
  BulkEditDocument,
  ImportDocument,
  ImportProgressDocument,
  TransactionBody,
  TransactionDocument,
  ChangeListDocument,
  CheckedDocument,
  ComparisonDocument,
  ConsoleDocument,
  CopyBody,
  DeletedDocument,
  DuplicatesDocument,
  ExplanationDocument,
  GrantBody,
  GrantDocument,
  GroupBody,
  HistoryDocument,
  MadeTokenDocument,
  TokenListDocument,
  Json,
  ListDocument,
  MoveBody,
  ObjectDocument,
  ObjectRightsDocument,
  OneChangeDocument,
  RestoreBody,
  RerunStart,
  RestoredDocument,
  SearchDocument,
  StatisticsDocument,
  StatusDocument,
  StepDecision,
  TraceDocument,
  UndoBody,
  UndoDocument,
  UserBody,
  UserRightsDocument,
  VariablesDocument,
} from "#contract";
import type { Figure } from "#kernel";
import type { ExportPage, ExportQuery, FindQuery } from "#objects";
import type { ImportOrder } from "./imports.ts";
import type { FileValue, ReceivedContent } from "#objects";
import type { Right } from "#objects";

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
    /** As the user has set it. */
    language: string | null;
    via: "session" | "token";
  };

  /** One's own tokens; made and revoked in a session only. */
  "tokens.list": (o: NoArgument) => TokenListDocument;
  "tokens.create": (o: { name: string }) => MadeTokenDocument;
  "tokens.revoke": (o: { id: number }) => null;

  /** `asOf` is a moment of the past: a time, or the number of a change. */
  "objects.get": (o: { path: string; asOf?: string }) => ObjectDocument;
  /** The children of a directory, in order of name. */
  "objects.list": (o: {
    path: string;
    after?: string;
    limit?: number;
    asOf?: string;
  }) => ListDocument;
  /** A page of what a search finds, or found at a moment; with `select` only these values. */
  "objects.search": (
    o: SearchArgument & {
      asOf?: string;
      sort?: string;
      cursor?: string;
      limit?: number;
      total?: boolean;
      select?: string[];
    },
  ) => SearchDocument;
  "objects.statistics": (
    o: SearchArgument & { field: string; limit?: number },
  ) => StatisticsDocument;
  "objects.duplicates": (
    o: SearchArgument & { field: string; limit?: number },
  ) => DuplicatesDocument;
  /** Makes or replaces. `revision` is the one the change is based on; `draft` keeps source that does not compile. Parents that are missing are an error unless `parents`. */
  "objects.put": (o: {
    path: string;
    type: string;
    fields: Record<string, Json>;
    revision?: number;
    draft?: boolean;
    parents?: boolean;
    reason?: string;
  }) => { object: ObjectDocument; created: boolean };
  "objects.patch": (o: {
    path: string;
    fields: Record<string, Json>;
    /** The name of the new owner. */
    owner?: string;
    revision?: number;
    draft?: boolean;
    reason?: string;
  }) => ObjectDocument;
  "objects.delete": (o: {
    path: string;
    revision?: number;
    recursive?: boolean;
    reason?: string;
  }) => null;
  "objects.copy": (o: CopyBody) => ObjectDocument;
  "objects.move": (o: MoveBody) => ObjectDocument;

  /** Newest first; with `below`, also of all that is or was below the object. */
  "objects.history": (o: {
    path: string;
    before?: number;
    after?: string;
    limit?: number;
    below?: boolean;
  }) => HistoryDocument;
  /** What lies between two moments, or one and now. */
  "objects.compare": (o: {
    path: string;
    from: string;
    to?: string;
    after?: number;
    limit?: number;
  }) => ComparisonDocument;
  /** What was deleted below a directory and is not there again. */
  "objects.deleted": (o: { path: string; after?: string; limit?: number }) => DeletedDocument;
  "objects.previewUndo": (o: UndoBody) => UndoDocument;
  "objects.undo": (o: UndoBody) => UndoDocument;
  "objects.previewRestore": (o: RestoreBody) => RestoredDocument;
  "objects.restore": (o: RestoreBody) => RestoredDocument;
  "changes.list": (o: {
    author?: string;
    process?: string;
    cause?: string;
    from?: string;
    to?: string;
    below?: string;
    before?: number;
    limit?: number;
  }) => ChangeListDocument;
  "changes.get": (o: { id: number; after?: string; limit?: number }) => OneChangeDocument;

  /** What would be wrong with an upload, for a field or to be referred to later; and how much it may hold. */
  "attachments.check": (o: {
    target?: { path: string; field: string; revision?: number };
    /** Its media type. */
    type: string;
    size?: number;
  }) => { sizeMax: number };
  /** What the gateway took in becomes an upload of who asks; he may then refer to it. */
  "attachments.register": (o: { received: ReceivedContent }) => null;
  /** The file in a field, and where its content is. */
  "attachments.find": (o: { path: string; field: string; asOf?: string }) => {
    file: FileValue;
    content: string;
  };

  /** Who can do what on an object. */
  "rights.ofObject": (o: { path: string }) => ObjectRightsDocument;
  /** What a user can do, everywhere or at and below a place. */
  "rights.ofUser": (o: { user: string; below?: string }) => UserRightsDocument;
  /** Why he may do something, or may not. */
  "rights.explain": (o: { user: string; right: Right; path: string }) => ExplanationDocument;
  "rights.grant": (o: GrantBody) => GrantDocument;
  "users.create": (o: UserBody) => ObjectDocument;
  "users.change": (o: UserBody) => ObjectDocument;
  "groups.create": (o: GroupBody) => ObjectDocument;
  "groups.change": (o: GroupBody) => ObjectDocument;
  "groups.delete": (o: { name: string; force?: boolean; reason?: string }) => void;
  /** Several operations as one change, or none of them. */
  "transfer.transact": (o: TransactionBody) => TransactionDocument;
  "transfer.bulkEdit": (o: BulkEditBody) => BulkEditDocument;
  /** A page of what an import takes again. */
  "transfer.export": (
    o: SearchArgument & Omit<ExportQuery, keyof FindQuery> & { below?: string },
  ) => ExportPage;
  /** Brings a file on the server's host into the tree. */
  "transfer.import": (o: ImportOrder) => ImportDocument;
  "transfer.progress": (o: { id: string }) => ImportProgressDocument;
  "transfer.cancel": (o: { id: string }) => null;

  /** What is said about a source; nothing is saved. */
  "jobflows.check": (o: { path: string; source: string }) => CheckedDocument;

  /** With `step` it stops before each command until a person decides. */
  "processes.start": (o: { path: string; parameters: Record<string, Json>; step?: boolean }) => {
    process: string;
  };
  "processes.list": (o: {
    after?: string;
    limit?: number;
    state?: string;
    root?: number;
    /** The path of the jobflow. */
    jobflow?: string;
  }) => ListDocument;
  /** Lines after that number. */
  "processes.console": (o: { id: number; after?: number; limit?: number }) => ConsoleDocument;
  /** What it did, job by job: those that began after that one. */
  "processes.trace": (o: { id: number; after?: number; limit?: number }) => TraceDocument;
  /** Its calls with their variables, as of its last stored turn. */
  "processes.variables": (o: { id: number }) => VariablesDocument;
  "processes.cancel": (o: { id: number; reason?: string }) => null;
  /** With its children: nothing of them goes on until they are resumed. */
  "processes.suspend": (o: { id: number; reason?: string }) => null;
  "processes.resume": (o: { id: number }) => null;
  /** A new process does an ended one again: with the same parameters, or from the job that failed with the state it had. */
  "processes.rerun": (o: {
    id: number;
    from: RerunStart;
    variables?: Record<string, Json>;
    step?: boolean;
  }) => { process: string };
  /** Switches step mode of a process and of all that stem from the same one. */
  "processes.step": (o: { id: number; step: boolean }) => null;
  /** About the command before which it is held at that turn. */
  "processes.decide": (o: { id: number; turn: number; decision: StepDecision }) => null;

  "channels.send": (o: { path: string; body: Json; from?: string }) => { delivered: boolean };

  /** For every face: what HTTP's `POST` on a path means depends on what stands there. */
  "objects.post": (o: {
    path: string;
    body: Json;
    from?: string;
    step?: boolean;
  }) => { kind: "started"; process: string } | { kind: "accepted"; delivered: boolean };

  /** Whoever asks; names and numbers are for administrators. */
  "server.status": (o: NoArgument) => StatusDocument;
  /** What the server counts about itself: for administrators, and for tokens that are made for it. */
  "server.figures": (o: NoArgument) => Figure[];
}

/** What is searched; see docs/search.md for what a search is. */
export interface SearchArgument {
  q?: string;
  /** By name or path. */
  type?: string;
  /** Only what is directly in this directory. */
  directory?: string;
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
