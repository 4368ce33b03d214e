import { TsunagiError } from "#kernel";
import type { ListDocument, ObjectDocument } from "#contract";
import type { Transaction } from "#database";
import type { Actor, VirtualObject } from "#objects";
import { findProcess, hasEnded, listProcessObjects, readConsole } from "#processes";
import { authenticate } from "./authenticate.ts";
import type { Domains } from "./house.ts";
import type { ArgumentOf, Credentials, OperationName, ResultOf } from "./operations.ts";

/** What changes nothing: answered by the reader thread, in one moment of the database. */
const readingNames = [
  "identity.whoami",
  "objects.get",
  "objects.list",
  "objects.history",
  "processes.list",
  "processes.console",
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

const readings: Reading = {
  async "identity.whoami"(_domains, _tx, { principal }) {
    return {
      user: principal.name,
      isAdministrator: principal.isAdministrator,
      via: principal.via === "token" ? "token" : "session",
    };
  },

  async "objects.get"({ objects }, tx, actor, { path }) {
    return objects.toDocument(tx, await objects.get(tx, actor, path));
  },

  async "objects.list"({ objects }, tx, actor, { path, after, limit }): Promise<ListDocument> {
    const page = await objects.children(tx, actor, path, {
      limit: Math.min(limit ?? pageDefault, pageMax),
      ...(after === undefined ? {} : { after }),
    });
    const items: ObjectDocument[] = [];
    for (const child of page.items) items.push(await objects.toDocument(tx, child));
    return { items, next: page.next };
  },

  async "objects.history"({ objects }, tx, actor, { path, before, limit }) {
    const changes = await objects.history(tx, actor, path, {
      limit: Math.min(limit ?? pageDefault, pageMax),
      ...(before === undefined ? {} : { before }),
    });
    return {
      changes: changes.map((change) => ({
        change: change.change,
        at: new Date(change.at).toISOString(),
        author: change.author,
        cause: change.cause,
        reason: change.reason,
        revision: change.revision,
        before: change.before,
      })),
    };
  },

  async "processes.list"(_domains, tx, actor, { after, limit, state, root }) {
    const size = Math.min(limit ?? pageDefault, pageMax);
    const found = await listProcessObjects(tx, actor, {
      before: after === undefined ? null : Number(after),
      limit: size,
      state: state ?? null,
      root: root ?? null,
    });
    const last = found.at(-1);
    return {
      items: found.map(processDocument),
      next: found.length < size || last === undefined ? null : last.name,
    };
  },

  async "processes.console"({ objects }, tx, actor, { id, after, limit }) {
    await objects.get(tx, actor, `/process/${id}`);
    const row = await findProcess(tx, id);
    if (row === undefined) {
      throw new TsunagiError("OBJECT_NOT_FOUND", `there is no process /process/${id}`);
    }
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
};

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
