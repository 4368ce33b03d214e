import { TsunagiError } from "#kernel";
import type { Json, ObjectDocument } from "#contract";
import { encodeValue, fromJson, type Dictionary, type Value } from "#machine";
import type { Actor, AttachmentStore, StoredObject } from "#objects";
import { findJobflowProgram, findProcess, hasEnded, type Batch, type Engine } from "#processes";
import { register } from "./attachments.ts";
import { authenticate } from "./authenticate.ts";
import type { Domains } from "./house.ts";
import type { ArgumentOf, Credentials, OperationName, ResultOf } from "./operations.ts";
import { undoDocument, undoOptions, undoRequest, withReason } from "./past.ts";
import { grant, saveGroup, saveUser } from "./permissions.ts";
import type { ReadingName } from "./reading.ts";
import { bulkEdit, transact } from "./transferring.ts";

/** What is done in the engine's writer, in one transaction each. */
export type WritingName = Exclude<
  OperationName,
  | ReadingName
  | "identity.signIn"
  | "server.status"
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

  async "processes.start"(house, batch, actor, { path, parameters, step }) {
    const jobflow = await house.domains.objects.get(batch.transaction, actor, path, "execute");
    return { process: await startJobflow(house, batch, actor, jobflow, parameters, step) };
  },

  async "processes.cancel"({ domains, engine }, batch, actor, { id }) {
    await assertSteers(domains, batch, actor, id);
    if (!(await engine.cancel(batch, id))) {
      const row = await findProcess(batch.transaction, id);
      throw new TsunagiError("PROCESS_ENDED", `/process/${id} has already ended: ${row?.state}`);
    }
    return null;
  },

  async "processes.step"({ domains, engine }, batch, actor, { id, step }) {
    await assertSteers(domains, batch, actor, id);
    const row = await findProcess(batch.transaction, id);
    if (row === undefined || hasEnded(row.state)) {
      throw new TsunagiError("PROCESS_ENDED", `/process/${id} has already ended: ${row?.state}`);
    }
    await engine.setStep(batch, id, step);
    return null;
  },

  async "processes.decide"({ domains, engine }, batch, actor, { id, turn, decision }) {
    await assertSteers(domains, batch, actor, id);
    await engine.decide(batch, id, turn, { decision, by: actor.principal.name });
    return null;
  },

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
        process: await startJobflow(house, batch, actor, object, parameters, step),
      };
    }
    throw new TsunagiError(
      "METHOD_NOT_ALLOWED",
      `${path} is of the type ${object.type}: only jobflows and channels take a POST`,
      { hint: "change an object with PATCH, or make one with PUT" },
    );
  },
};

/** Who may say how a process goes on: who started it, and administrators. */
async function assertSteers(
  { objects }: Domains,
  batch: Batch,
  actor: Actor,
  id: number,
): Promise<void> {
  const process = await objects.get(batch.transaction, actor, `/process/${id}`);
  await objects.assertRight(batch.transaction, actor, process, "execute");
}

/** Does one thing a caller asks for; resolves when it is on disk. */
export function write<N extends WritingName>(
  house: WritingHouse,
  name: N,
  credentials: Credentials,
  argument: ArgumentOf<N>,
): Promise<ResultOf<N>> {
  return house.engine.perform(async (batch) => {
    const actor = await authenticate(house.domains.identity, batch.transaction, credentials);
    return writings[name](house, batch, actor, argument, credentials);
  });
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

async function startJobflow(
  { domains, engine }: WritingHouse,
  batch: Batch,
  actor: Actor,
  jobflow: StoredObject,
  parameters: Record<string, Json>,
  step = false,
): Promise<string> {
  const { objects } = domains;
  const tx = batch.transaction;
  await objects.assertRight(tx, actor, jobflow, "execute");
  if (jobflow.type !== "Jobflow" || jobflow.id === null) {
    throw new TsunagiError(
      "METHOD_NOT_ALLOWED",
      `${jobflow.path} is no jobflow but of the type ${jobflow.type}`,
      { hint: "start the jobflow that uses it" },
    );
  }
  const program = await findJobflowProgram(tx, jobflow.id);
  if (program === undefined) {
    throw new TsunagiError(
      "NOT_RUNNABLE",
      `${jobflow.path} cannot be run: no version of it compiles`,
      { hint: `see its errors with 'tsunagi check', correct them, and save it again` },
    );
  }
  const runsAs = (await objects.readField(tx, actor, jobflow, "runs_as")).value;
  const id = await engine.startProcess(batch, {
    jobflowId: jobflow.id,
    path: jobflow.path,
    program,
    context: new Map(),
    named: toDictionary(parameters),
    principal: runsAs === "owner" ? jobflow.ownerId : actor.principal.userId,
    startedBy: actor.principal.name,
    step,
  });
  return `/process/${id}`;
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
  const value: Value = fromJson(body);
  return engine.deliver(batch, {
    channel: channel.id,
    path: channel.path,
    value,
    body: encodeValue(value),
    sender: from ?? actor.principal.name,
    limit: typeof limit === "number" ? limit : Infinity,
  });
}

function toDictionary(parameters: Record<string, Json>): Dictionary {
  return new Map(Object.entries(parameters).map(([name, value]) => [name, fromJson(value)]));
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
