import { TsunagiError } from "#kernel";
import { findUser } from "#identity";
import type { JobDocument, ListDocument, ObjectDocument } from "#contract";
import type { Transaction } from "#database";
import type { JobRecord } from "#machine";
import type { Actor, VirtualObject } from "#objects";
import {
  checkJobflow,
  findProcess,
  hasEnded,
  inspectProcess,
  listProcessObjects,
  readConsole,
  readJobs,
  SnapshotStore,
  type ProcessRow,
} from "#processes";
import { checkUpload, findFile } from "./attachments.ts";
import { authenticate } from "./authenticate.ts";
import type { Domains } from "./house.ts";
import {
  compare,
  deleted,
  getAsOf,
  getChange,
  history,
  listAsOf,
  listChanges,
  undoDocument,
  undoOptions,
  undoRequest,
} from "./past.ts";
import { explainRight, rightsOfUser, rightsOn } from "./permissions.ts";
import { duplicates, search, statistics } from "./searching.ts";
import { ownTokens } from "./tokens.ts";
import type { ArgumentOf, Credentials, OperationName, ResultOf } from "./operations.ts";

/** What changes nothing: answered by the reader thread, in one moment of the database. */
const readingNames = [
  "identity.whoami",
  "tokens.list",
  "objects.get",
  "objects.list",
  "objects.search",
  "objects.statistics",
  "objects.duplicates",
  "transfer.export",
  "objects.history",
  "objects.compare",
  "objects.deleted",
  "objects.previewUndo",
  "objects.previewRestore",
  "changes.list",
  "changes.get",
  "attachments.check",
  "attachments.find",
  "rights.ofObject",
  "rights.ofUser",
  "rights.explain",
  "jobflows.check",
  "processes.list",
  "processes.console",
  "processes.trace",
  "processes.variables",
] as const satisfies readonly OperationName[];

export type ReadingName = (typeof readingNames)[number];

export function isReading(name: OperationName): name is ReadingName {
  return (readingNames as readonly string[]).includes(name);
}

type Reading = {
  [N in ReadingName]: (
    domains: Domains,
    tx: Transaction,
    actor: Actor,
    argument: ArgumentOf<N>,
  ) => Promise<ResultOf<N>>;
};

const pageDefault = 100;
const pageMax = 1000;
const consolePageMax = 10_000;
const tracePageMax = 10_000;

const readings: Reading = {
  async "identity.whoami"(_domains, tx, { principal }) {
    const user = await findUser(tx, principal.name);
    return {
      user: principal.name,
      isAdministrator: principal.isAdministrator,
      language: user?.language ?? null,
      via: principal.via === "token" ? "token" : "session",
    };
  },

  "tokens.list": (_domains, tx, actor) => ownTokens(tx, actor),

  async "objects.get"({ objects }, tx, actor, { path, asOf }) {
    if (asOf !== undefined) return getAsOf(objects, tx, actor, path, asOf);
    return objects.toDocument(tx, await objects.get(tx, actor, path));
  },

  async "objects.list"({ objects }, tx, actor, argument): Promise<ListDocument> {
    const { path, after, limit, asOf } = argument;
    if (asOf !== undefined) return listAsOf(objects, tx, actor, argument, asOf);
    const page = await objects.children(tx, actor, path, {
      limit: Math.min(limit ?? pageDefault, pageMax),
      ...(after === undefined ? {} : { after }),
    });
    const items: ObjectDocument[] = [];
    for (const child of page.items) items.push(await objects.toDocument(tx, child));
    return { items, next: page.next };
  },

  "objects.search": ({ objects }, tx, actor, query) => search(objects, tx, actor, query),
  "objects.statistics": ({ objects }, tx, actor, query) => statistics(objects, tx, actor, query),
  "objects.duplicates": ({ objects }, tx, actor, query) => duplicates(objects, tx, actor, query),

  "attachments.check": checkUpload,
  "attachments.find": findFile,

  "transfer.export": ({ objects }, tx, actor, { q, ...query }) =>
    objects.transfer.export(tx, actor, { ...query, search: q }),

  async "jobflows.check"({ objects }, transaction, actor, jobflow) {
    return { diagnostics: await checkJobflow({ objects, transaction, actor }, jobflow) };
  },

  "objects.history": ({ objects }, tx, actor, query) => history(objects, tx, actor, query),
  "objects.compare": ({ objects }, tx, actor, query) => compare(objects, tx, actor, query),
  "objects.deleted": ({ objects }, tx, actor, query) => deleted(objects, tx, actor, query),
  "changes.list": ({ objects }, tx, actor, query) => listChanges(objects, tx, actor, query),
  "changes.get": ({ objects }, tx, actor, query) => getChange(objects, tx, actor, query),

  "rights.ofObject": ({ objects }, tx, actor, query) => rightsOn(objects, tx, actor, query),
  "rights.ofUser": ({ objects }, tx, actor, query) => rightsOfUser(objects, tx, actor, query),
  "rights.explain": ({ objects }, tx, actor, query) => explainRight(objects, tx, actor, query),

  async "objects.previewUndo"({ objects }, tx, actor, body) {
    const plan = await objects.past.planUndo(tx, actor, undoRequest(body), undoOptions(body));
    return undoDocument(objects, tx, actor, plan, null);
  },

  async "objects.previewRestore"({ objects }, tx, actor, body) {
    const { object, to } = body;
    const options = { ...undoOptions(body), ...(to === undefined ? {} : { to }) };
    const { plan } = await objects.past.planRestore(tx, actor, object, options);
    return { ...(await undoDocument(objects, tx, actor, plan, null)), object: null };
  },

  async "processes.list"({ objects }, tx, actor, { after, limit, state, root, jobflow }) {
    const size = Math.min(limit ?? pageDefault, pageMax);
    const run = jobflow === undefined ? null : await objects.get(tx, actor, jobflow);
    const found = await listProcessObjects(tx, actor, {
      before: after === undefined ? null : Number(after),
      limit: size,
      state: state ?? null,
      root: root ?? null,
      jobflow: run?.id ?? null,
    });
    const last = found.at(-1);
    return {
      items: found.map(processDocument),
      next: found.length < size || last === undefined ? null : last.name,
    };
  },

  async "processes.console"({ objects }, tx, actor, { id, after, limit }) {
    await objects.get(tx, actor, `/process/${id}`);
    const row = await rowOf(tx, id);
    const lines = await readConsole(
      tx,
      id,
      after ?? 0,
      Math.min(limit ?? consolePageMax, consolePageMax),
    );
    return {
      lines: lines.map((line) => ({ ...line, at: new Date(line.at).toISOString() })),
      ended: hasEnded(row.state),
    };
  },

  async "processes.trace"({ objects }, tx, actor, { id, after, limit }) {
    await objects.get(tx, actor, `/process/${id}`);
    const row = await rowOf(tx, id);
    const size = Math.min(limit ?? tracePageMax, tracePageMax);
    const { jobs, leftOut } = await readJobs(tx, row, after ?? 0, size);
    return { jobs: jobs.map(jobDocument), leftOut, ended: hasEnded(row.state) };
  },

  async "processes.variables"({ objects, programs, sealer }, tx, actor, { id }) {
    const process = await objects.get(tx, actor, `/process/${id}`);
    // Who may only read processes need not see what flows know.
    await objects.assertRight(tx, actor, process, "execute");
    const row = await rowOf(tx, id);
    const { principal } = actor;
    const stores = { programs, snapshots: new SnapshotStore(sealer) };
    const inspected = await inspectProcess(
      tx,
      row,
      stores,
      (runsAs) => principal.isAdministrator || principal.userId === runsAs,
    );
    const waitsSince = row.waits_since === null ? null : new Date(row.waits_since).toISOString();
    return { state: row.state, waitsFor: row.waits_for, waitsSince, ...inspected };
  },
};

async function rowOf(tx: Transaction, id: number): Promise<ProcessRow> {
  const row = await findProcess(tx, id);
  if (row !== undefined) return row;
  throw new TsunagiError("OBJECT_NOT_FOUND", `there is no process /process/${id}`);
}

function jobDocument({ began, ended, more, ...job }: JobRecord): JobDocument {
  const { host = null, user = null, callee = null, processes = [], decision } = more;
  return {
    ...job,
    began: new Date(began).toISOString(),
    ended: ended === null ? null : new Date(ended).toISOString(),
    host,
    user,
    callee,
    processes: processes.map((process) => `/process/${process}`),
    decision:
      decision === undefined ? null : { ...decision, at: new Date(decision.at).toISOString() },
  };
}

/** Answers one question of a caller, in one moment of the database. */
export function read<N extends ReadingName>(
  domains: Domains,
  name: N,
  credentials: Credentials,
  argument: ArgumentOf<N>,
): Promise<ResultOf<N>> {
  return domains.database.read(async (tx) => {
    const actor = await authenticate(domains.identity, tx, credentials);
    return readings[name](domains, tx, actor, argument);
  });
}

function processDocument(object: VirtualObject): ObjectDocument {
  return {
    id: null,
    path: `/process/${object.name}`,
    name: object.name,
    type: object.type,
    owner: object.owner,
    fields: object.fields,
    revision: object.revision,
    createdAt: new Date(object.createdAt).toISOString(),
    updatedAt: new Date(object.updatedAt).toISOString(),
  };
}
