import { findPrincipal } from "#identity";
import { TsunagiError } from "#kernel";
import type { Json, ObjectDocument } from "#contract";
import { encodeValue, fromJson, type Value } from "#machine";
import type { Actor, AttachmentStore, StoredObject } from "#objects";
import type { Batch, Engine } from "#processes";
import { register } from "./attachments.ts";
import { authenticate } from "./authenticate.ts";
import type { Domains } from "./house.ts";
import type { ArgumentOf, Credentials, OperationName, ResultOf } from "./operations.ts";
import { undoDocument, undoOptions, undoRequest, withReason } from "./past.ts";
import { deleteGroup, grant, saveGroup, saveUser } from "./permissions.ts";
import type { ReadingName } from "./reading.ts";
import { startJobflow, toDictionary } from "./starting.ts";
import { cancel, decide, rerun, resume, setStep, suspend } from "./steering.ts";
import { bulkEdit, transact } from "./transferring.ts";
import { makeOwnToken, revokeOwnToken } from "./tokens.ts";

/** What is done in the engine's writer, in one transaction each. */
export type WritingName = Exclude<
  OperationName,
  | ReadingName
  | "identity.signIn"
  | "server.status"
  | "server.figures"
  | "transfer.import"
  | "transfer.progress"
  | "transfer.cancel"
>;

type Writing = {
  [N in WritingName]: (
    house: WritingHouse,
    batch: Batch,
    actor: Actor,
    argument: ArgumentOf<N>,
    credentials: Credentials,
  ) => Promise<ResultOf<N>>;
};

export interface WritingHouse {
  domains: Domains;
  engine: Engine;
  attachments: AttachmentStore;
}

const writings: Writing = {
  async "identity.signOut"({ domains }, { transaction }, _actor, _argument, credentials) {
    if (credentials.kind === "session") {
      await domains.identity.signOut(transaction, credentials.session);
    }
    return null;
  },

  "tokens.create": (_house, { transaction }, actor, body) => makeOwnToken(transaction, actor, body),
  "tokens.revoke": (_house, { transaction }, actor, body) =>
    revokeOwnToken(transaction, actor, body),

  async "objects.put"({ domains }, batch, actor, argument) {
    const { path, type, fields, revision, draft, parents, reason } = argument;
    const change = domains.objects.change(batch.transaction, withReason(actor, reason), {
      isDraft: draft ?? false,
    });
    const { created } = await change.put(path, type, fields, {
      ...(revision === undefined ? {} : { revision }),
      parents: parents ?? false,
    });
    await change.finish();
    return { object: await document(domains, batch, actor, path), created };
  },

  async "objects.patch"({ domains }, batch, actor, argument) {
    const { path, fields, owner, revision, draft, reason } = argument;
    const change = domains.objects.change(batch.transaction, withReason(actor, reason), {
      isDraft: draft ?? false,
    });
    await change.patch(path, fields, revision === undefined ? {} : { revision });
    if (owner !== undefined) await change.setOwner(path, owner);
    await change.finish();
    return document(domains, batch, actor, path);
  },

  async "objects.delete"({ domains }, batch, actor, { path, revision, recursive, reason }) {
    const change = domains.objects.change(batch.transaction, withReason(actor, reason));
    await change.delete(path, {
      ...(revision === undefined ? {} : { revision }),
      recursive: recursive ?? false,
    });
    await change.finish();
    return null;
  },

  async "objects.copy"({ domains }, batch, actor, { path, to, clearUnique, reason }) {
    const change = domains.objects.change(batch.transaction, withReason(actor, reason));
    await change.copy(path, to, { clearUnique: clearUnique ?? false });
    await change.finish();
    return document(domains, batch, actor, to);
  },

  async "objects.move"({ domains }, batch, actor, { path, to, revision, reason }) {
    const change = domains.objects.change(batch.transaction, withReason(actor, reason));
    await change.move(path, to, revision === undefined ? {} : { revision });
    await change.finish();
    return document(domains, batch, actor, to);
  },

  async "objects.undo"({ domains }, { transaction }, actor, body) {
    const { objects } = domains;
    const who = withReason(actor, body.reason);
    const options = undoOptions(body);
    const { plan, change } = await objects.undo(transaction, who, undoRequest(body), options);
    return undoDocument(objects, transaction, actor, plan, change);
  },

  async "objects.restore"({ domains }, { transaction }, actor, body) {
    const { objects } = domains;
    const { object, to, reason } = body;
    const options = { ...undoOptions(body), ...(to === undefined ? {} : { to }) };
    const who = withReason(actor, reason);
    const { plan, id, change } = await objects.restore(transaction, who, object, options);
    const restored = await objects.find(transaction, actor, id);
    return {
      ...(await undoDocument(objects, transaction, actor, plan, change)),
      object: restored === undefined ? null : await objects.toDocument(transaction, restored),
    };
  },

  "transfer.transact": ({ domains }, { transaction }, actor, body) =>
    transact(domains.objects, transaction, actor, body),
  "transfer.bulkEdit": ({ domains }, { transaction }, actor, body) =>
    bulkEdit(domains.objects, transaction, actor, body),

  "attachments.register": (house, { transaction }, actor, argument) =>
    register(house, transaction, actor, argument),

  "rights.grant": ({ domains }, { transaction }, actor, body) =>
    grant(domains.objects, transaction, actor, body),
  "users.create": ({ domains }, { transaction }, actor, body) =>
    saveUser(domains.objects, transaction, actor, body, true),
  "users.change": ({ domains }, { transaction }, actor, body) =>
    saveUser(domains.objects, transaction, actor, body, false),
  "groups.create": ({ domains }, { transaction }, actor, body) =>
    saveGroup(domains.objects, transaction, actor, body, true),
  "groups.change": ({ domains }, { transaction }, actor, body) =>
    saveGroup(domains.objects, transaction, actor, body, false),
  "groups.delete": ({ domains }, { transaction }, actor, body) =>
    deleteGroup(domains.objects, transaction, actor, body),

  async "processes.start"(house, batch, actor, { path, parameters, step }) {
    const jobflow = await house.domains.objects.get(batch.transaction, actor, path, "execute");
    return { process: await startWith(house, batch, actor, jobflow, parameters, step) };
  },

  "processes.cancel": cancel,
  "processes.suspend": suspend,
  "processes.resume": resume,
  "processes.step": setStep,
  "processes.decide": decide,
  "processes.rerun": rerun,

  async "channels.send"(house, batch, actor, { path, body, from }) {
    const channel = await house.domains.objects.get(batch.transaction, actor, path, "write");
    return sendMessage(house, batch, actor, channel, body, from);
  },

  async "objects.post"(house, batch, actor, { path, body, from, step }) {
    const object = await getForPost(house.domains, batch, actor, path);
    if (object.type === "Channel") {
      const sent = await sendMessage(house, batch, actor, object, body, from);
      return { kind: "accepted", ...sent };
    }
    if (object.type === "Jobflow") {
      const parameters = asParameters(body);
      return {
        kind: "started",
        process: await startWith(house, batch, actor, object, parameters, step),
      };
    }
    throw new TsunagiError(
      "METHOD_NOT_ALLOWED",
      `${path} is of the type ${object.type}: only jobflows and channels take a POST`,
      { hint: "change an object with PATCH, or make one with PUT" },
    );
  },
};

/**
 * Does one thing a caller asks for; resolves when it is on disk. What is asked of a process of another server is done there.
 */
export async function write<N extends WritingName>(
  house: WritingHouse,
  name: N,
  credentials: Credentials,
  argument: ArgumentOf<N>,
): Promise<ResultOf<N>> {
  const process = processOf(name, argument);
  const done = await house.engine.perform(async (batch) => {
    const actor = await authenticate(house.domains.identity, batch.transaction, credentials);
    if (process !== undefined && !(await house.engine.isHere(batch, process))) {
      return { isHere: false, actor } as const;
    }
    const result = await writings[name](house, batch, actor, argument, credentials);
    return { isHere: true, result } as const;
  });
  if (done.isHere || process === undefined) return (done as { result: ResultOf<N> }).result;
  const { userId, via } = done.actor.principal;
  const passed: PassedWriting = { name, argument, userId, via, kind: done.actor.cause.kind };
  return (await house.engine.ask(process, passed)) as ResultOf<N>;
}

/** What is asked of a process, as it goes to the server that has it. */
interface PassedWriting {
  name: WritingName;
  argument: unknown;
  userId: number;
  via: Actor["principal"]["via"];
  kind: Actor["cause"]["kind"];
}

/** The process whose own server is to do it, if there is one. */
function processOf<N extends WritingName>(name: N, argument: ArgumentOf<N>): number | undefined {
  const { id } = argument as { id?: unknown };
  return name.startsWith("processes.") && typeof id === "number" ? id : undefined;
}

/** Does what a caller of another server asks of a process of this one, with the rights that he has now. */
export async function writePassed(
  house: WritingHouse,
  batch: Batch,
  request: unknown,
): Promise<unknown> {
  const { name, argument, userId, via, kind } = request as PassedWriting;
  const principal = await findPrincipal(batch.transaction, userId, via);
  if (principal === undefined) {
    throw new TsunagiError("NOT_SIGNED_IN", "the user does not exist any more, or is disabled");
  }
  const actor: Actor = { principal, cause: { kind, id: null } };
  return writings[name](house, batch, actor, argument as ArgumentOf<never>, { kind: "none" });
}

/** Who may only execute a jobflow, or only write to a channel, need not be able to read it. */
async function getForPost(
  { objects }: Domains,
  batch: Batch,
  actor: Actor,
  path: string,
): Promise<StoredObject> {
  for (const right of ["execute", "write"] as const) {
    try {
      return await objects.get(batch.transaction, actor, path, right);
    } catch (error) {
      if (!(error instanceof TsunagiError) || error.code !== "PERMISSION_DENIED") throw error;
    }
  }
  return objects.get(batch.transaction, actor, path);
}

function asParameters(body: Json): Record<string, Json> {
  if (body !== null && typeof body === "object" && !Array.isArray(body)) return body;
  if (body === null) return {};
  throw new TsunagiError("ARGUMENT_INVALID", "the parameters of a jobflow are a JSON object", {
    hint: 'send for example {"service": "httpd"}',
  });
}

async function startWith(
  house: WritingHouse,
  batch: Batch,
  actor: Actor,
  jobflow: StoredObject,
  parameters: Record<string, Json>,
  step = false,
): Promise<string> {
  const start = { named: toDictionary(parameters), context: new Map(), step };
  return startJobflow(house, batch, actor, jobflow, start);
}

async function sendMessage(
  { domains, engine }: WritingHouse,
  batch: Batch,
  actor: Actor,
  channel: StoredObject,
  body: Json,
  from: string | undefined,
): Promise<{ delivered: boolean }> {
  const { objects } = domains;
  await objects.assertRight(batch.transaction, actor, channel, "write");
  if (channel.type !== "Channel" || channel.id === null) {
    throw new TsunagiError(
      "METHOD_NOT_ALLOWED",
      `${channel.path} is no channel but of the type ${channel.type}`,
    );
  }
  const limit = (await objects.readField(batch.transaction, actor, channel, "limit")).value;
  const whenFull = (await objects.readField(batch.transaction, actor, channel, "when_full")).value;
  const value: Value = fromJson(body);
  return engine.deliver(batch, {
    channel: channel.id,
    path: channel.path,
    value,
    body: encodeValue(value),
    sender: from ?? actor.principal.name,
    limit: typeof limit === "number" ? limit : Infinity,
    whenFull: whenFull === "drop_oldest" ? "drop_oldest" : "refuse",
  });
}

async function document(
  domains: Domains,
  batch: Batch,
  actor: Actor,
  path: string,
): Promise<ObjectDocument> {
  const { objects } = domains;
  const tx = batch.transaction;
  return objects.toDocument(tx, await objects.get(tx, actor, path));
}
