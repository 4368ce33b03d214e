import { randomUUID } from "node:crypto";
import { TsunagiError } from "#kernel";
import {
  decodeValue,
  encodeValue,
  isList,
  ObjectValue,
  ProcessValue,
  SecretValue,
  textOf,
  TimeValue,
  type Answer,
  type Dictionary,
  type DirectoryPage,
  type Outcome,
  type Request,
  type State,
  type Value,
} from "#machine";
import type { Actor, Change, FieldInput, ObjectStorage } from "#objects";
import { linesToPrint } from "./console.ts";
import { deliver } from "./delivery.ts";
import { fromFieldValue, toFieldInput } from "./field-value.ts";
import { failure } from "./input.ts";
import { lockHolder } from "./locks.ts";
import { callObjectMethod } from "./object-method.ts";
import { keyOf, toObjectValue } from "./object-value.ts";
import type { ProcessLife } from "./process-life.ts";
import { findProcess, type ProcessRow } from "./process-table.ts";
import { findJobflow, type JobflowLimit, type ProgramStore } from "./program-store.ts";
import { isStorageFailure, type Batch } from "./work-queue.ts";

/** A turn that asks: for whom it acts, what it printed so far, what it changed. */
export interface Asking {
  readonly batch: Batch;
  readonly process: ProcessRow;
  readonly life: ProcessLife;
  /** The id of the user for whom the process acts at this job. */
  principal(): number;
  readonly lines: string[];
  /** The jobflow that was looked up last, such as to be spawned. */
  callee?: { path: string; id: number; limit: JobflowLimit | null };
  /** All writes of a turn for one principal are one change. */
  change?: { principal: number; change: Change };
}

/** What is answered without the database. */
export type SimpleRequest = Extract<Request, { kind: "print" | "now" | "uuid" }>;

/** Whether a request is answered without the database. */
export function isSimple(request: Request): request is SimpleRequest {
  return request.kind === "print" || request.kind === "now" || request.kind === "uuid";
}

/** So many objects of a directory are in the snapshot of a process that loops over it. */
const childrenPerPage = 100;

/**
 * Answers what machines ask inside a turn. What the world refuses (no such object, no right, a value that does not
 * fit) is the failure of the job that asked; what is broken is thrown, and sets the process aside.
 */
export class Answerer {
  readonly #objects: ObjectStorage;
  readonly #programs: ProgramStore;
  readonly #actorOf: (batch: Batch, principal: number, process: number) => Promise<Actor>;

  constructor(options: {
    objects: ObjectStorage;
    programs: ProgramStore;
    /** The rights are looked up at each access, not frozen at the start. */
    actorOf: (batch: Batch, principal: number, process: number) => Promise<Actor>;
  }) {
    this.#objects = options.objects;
    this.#programs = options.programs;
    this.#actorOf = options.actorOf;
  }

  /** What needs nothing of the database: most of what is asked. */
  answerAtOnce(asking: Asking, request: SimpleRequest): Answer {
    switch (request.kind) {
      case "print":
        for (const line of linesToPrint(request.text)) asking.lines.push(line);
        return given(null);
      case "now":
        return given(new TimeValue(asking.batch.now));
      case "uuid":
        return given(randomUUID());
    }
  }

  async answer(asking: Asking, request: Exclude<Request, SimpleRequest>): Promise<Answer> {
    const isOwnChange = mayBeRefusedWhole(request);
    // What was written before does not fall with it.
    if (isOwnChange || looksBack(request)) await this.finish(asking);
    try {
      if (!mayWrite(request)) return await this.#answer(asking, request);
      return await asking.batch.transaction.savepoint(async () => {
        const answer = await this.#answer(asking, request);
        if (isOwnChange) await this.finish(asking);
        return answer;
      });
    } catch (error) {
      if (isOwnChange) delete asking.change;
      if (!(error instanceof TsunagiError) || isStorageFailure(error)) throw error;
      return { ok: false, reason: reasonOf(error), message: messageOf(error, request) };
    }
  }

  /** Writes the turn's change into the history. */
  async finish(asking: Asking): Promise<void> {
    const open = asking.change;
    delete asking.change;
    if (open !== undefined) await open.change.finish();
  }

  /** A message as it was kept. */
  messageValue(body: string): Value {
    return decodeValue(body);
  }

  async #answer(asking: Asking, request: Exclude<Request, SimpleRequest>): Promise<Answer> {
    switch (request.kind) {
      case "resolve":
        return given(await this.#resolve(asking, request.path));
      case "read":
        return given(await this.#read(asking, request.of, request.field));
      case "children":
        return given(await this.#children(asking, request));
      case "find":
        return given(await this.#find(asking, request));
      case "update":
        await this.#update(asking, request.of, request.fields);
        return given(null);
      case "send":
        await this.#send(asking, request.to, request.value);
        return given(null);
      case "method":
        return given(
          await callObjectMethod(
            {
              objects: this.#objects,
              transaction: asking.batch.transaction,
              actor: await this.#actor(asking),
              change: () => this.#change(asking),
            },
            request,
          ),
        );
      case "callee":
        return this.#callee(asking, request.of);
      case "fork":
        return given(await this.#fork(asking, request.children));
      case "spawn":
        return given(await this.#spawn(asking, request.start));
      case "cancel":
        await this.#cancel(asking, request.process);
        return given(null);
      case "outcomes":
        return given(await this.#outcomes(asking, request.of));
      case "unlock":
        await asking.life.unlock(asking.batch, request.of.id, asking.process.id);
        return given(null);
      case "holds":
        return given(
          (await lockHolder(asking.batch.transaction, request.of.id)) === asking.process.id,
        );
      case "user":
        return given((await this.#actor(asking)).principal.name);
    }
  }

  #actor(asking: Asking): Promise<Actor> {
    return this.#actorOf(asking.batch, asking.principal(), asking.process.id);
  }

  async #resolve(asking: Asking, path: string): Promise<Value> {
    const process = /^\/process\/([0-9]{1,15})$/.exec(path);
    if (process !== null) {
      const id = Number(process[1]);
      if ((await findProcess(asking.batch.transaction, id)) === undefined) {
        throw new TsunagiError("OBJECT_NOT_FOUND", `no object at ${path}`);
      }
      return new ProcessValue(id);
    }
    const actor = await this.#actor(asking);
    return toObjectValue(await this.#objects.get(asking.batch.transaction, actor, path));
  }

  async #read(asking: Asking, of: ObjectValue | ProcessValue, field: string): Promise<Value> {
    const tx = asking.batch.transaction;
    const actor = await this.#actor(asking);
    const object = await this.#objects.get(tx, actor, keyOf(of));
    const isOwn = field === "name" || field === "path" || field === "type";
    // What every object has besides its fields; a field of that name comes first.
    if (isOwn && !this.#objects.fieldNames(object).includes(field)) return object[field];
    if (isOwnProperty(field) && !this.#objects.fieldNames(object).includes(field)) {
      return object[field];
    }
    return fromFieldValue(await this.#objects.readField(tx, actor, object, field));
  }

  async #children(asking: Asking, request: Request & { kind: "children" }): Promise<Value> {
    if (request.page !== undefined) return this.#page(asking, request.of, request.page);
    const { of } = request;
    const tx = asking.batch.transaction;
    const actor = await this.#actor(asking);
    const found: Value[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await this.#objects.children(tx, actor, keyOf(of), {
        limit: 1000,
        ...(after === undefined ? {} : { after }),
      });
      for (const child of page.items) found.push(toObjectValue(child));
      if (page.next === null) return found;
      after = page.next;
    }
  }

  /** The next objects of a loop over a directory. */
  async #page(asking: Asking, of: ObjectValue, { after, mark }: DirectoryPage): Promise<Value> {
    // What the turn has renamed so far is not to come again.
    if (asking.change?.change.hasMoved === true) await this.finish(asking);
    const [object, change] = isList(mark) ? (mark as readonly number[]) : [];
    const actor = await this.#actor(asking);
    const page = await this.#objects.walk(asking.batch.transaction, actor, keyOf(of), {
      limit: childrenPerPage,
      ...(after === null ? {} : { after }),
      ...(object === undefined || change === undefined ? {} : { mark: { object, change } }),
    });
    return new Map<string, Value>([
      ["items", page.items.map(toObjectValue)],
      ["next", page.next],
      ["mark", [page.mark.object, page.mark.change]],
    ]);
  }

  async #find(asking: Asking, { type, where, search }: Request & { kind: "find" }): Promise<Value> {
    const conditions = new Map<string, FieldInput>();
    for (const [field, value] of where) conditions.set(field, toFieldInput(value));
    const found = await this.#objects.search(
      asking.batch.transaction,
      await this.#actor(asking),
      type instanceof ObjectValue ? type.path : textOf(type),
      conditions,
      search,
    );
    return found.map(toObjectValue);
  }

  async #update(asking: Asking, of: ObjectValue, fields: Dictionary): Promise<void> {
    const inputs = Object.fromEntries(
      [...fields].map(([name, value]) => [name, toFieldInput(value)]),
    );
    const change = await this.#change(asking);
    await change.patch(keyOf(of), inputs);
  }

  async #send(asking: Asking, to: ObjectValue, value: Value): Promise<void> {
    const tx = asking.batch.transaction;
    const actor = await this.#actor(asking);
    const object = await this.#objects.get(tx, actor, keyOf(to), "write");
    if (object.type !== "Channel" || object.id === null) {
      if (!(value instanceof Map)) {
        throw new TsunagiError(
          "VALUE_INVALID",
          `${to.path} is no channel: an update of several fields takes a dictionary, such as [x << {status: 'ok'}]`,
        );
      }
      await this.#update(asking, to, value);
      return;
    }
    assertNoSecret(value);
    const limit = await this.#objects.readField(tx, actor, object, "limit");
    const whenFull = await this.#objects.readField(tx, actor, object, "when_full");
    await deliver(asking.life, asking.batch, {
      channel: object.id,
      path: object.path,
      value,
      body: encodeValue(value),
      sender: `/process/${asking.process.id}`,
      limit: Number(limit.value ?? Infinity),
      whenFull: whenFull.value === "drop_oldest" ? "drop_oldest" : "refuse",
    });
  }

  async #callee(asking: Asking, of: ObjectValue): Promise<Answer> {
    const tx = asking.batch.transaction;
    const actor = await this.#actor(asking);
    const object = await this.#objects.get(tx, actor, keyOf(of), "execute");
    const field = async (name: string): Promise<string> => {
      const { value } = await this.#objects.readField(tx, actor, object, name);
      return typeof value === "string" ? value : "";
    };
    if (object.type === "Script") {
      const interpreter = await field("interpreter");
      const script = {
        path: object.path,
        text: await field("source"),
        interpreter: interpreter === "" ? null : interpreter,
      };
      return { ok: true, callee: { kind: "script", script } };
    }
    if (object.type !== "Jobflow" || object.id === null) {
      throw new TsunagiError(
        "ARGUMENT_INVALID",
        `${object.path} cannot be called: it is of the type ${object.type}, neither a jobflow nor a script`,
      );
    }
    const { program, limit } = await findJobflow(tx, object.id);
    asking.callee = { path: object.path, id: object.id, limit };
    if (program === undefined) {
      throw new TsunagiError("NOT_RUNNABLE", `${object.path} has no version that compiles`);
    }
    await this.#programs.load(tx, [program]);
    const context = (await field("context")) === "own" ? "own" : "inherit";
    const runsAs = (await field("runs_as")) === "owner" ? object.ownerId : null;
    return { ok: true, callee: { kind: "program", program, path: object.path, context, runsAs } };
  }

  async #fork(
    asking: Asking,
    children: readonly { state: State; title: string }[],
  ): Promise<Value> {
    const { process, batch } = asking;
    process.live_children += children.length;
    const started: ProcessValue[] = [];
    for (const child of children) {
      started.push(
        new ProcessValue(
          await asking.life.create(batch, {
            state: child.state,
            parent: process.id,
            root: process.root ?? process.id,
            jobflowId: process.jobflow_id,
            jobflow: process.jobflow,
            principal: asking.process.principal,
            startedBy: process.started_by,
            step: process.step === 1,
            shard: process.shard,
          }),
        ),
      );
    }
    return started;
  }

  async #spawn(
    asking: Asking,
    start: { callee: { program: string; path: string }; state: State },
  ): Promise<Value> {
    // A closure has the path of the flow in which it is written, and is no run of that.
    const isJobflow = start.state.frames[0]?.function === 0;
    const jobflow =
      isJobflow && asking.callee?.path === start.callee.path ? asking.callee : undefined;
    return new ProcessValue(
      await asking.life.create(asking.batch, {
        state: start.state,
        parent: null,
        root: asking.process.root ?? asking.process.id,
        jobflowId: jobflow?.id ?? null,
        jobflow: start.callee.path,
        limit: jobflow?.limit ?? null,
        principal: asking.process.principal,
        startedBy: asking.process.started_by,
        step: asking.process.step === 1,
        shard: asking.process.shard,
      }),
    );
  }

  /** People cancel what they started; so do their processes. */
  async #cancel(asking: Asking, process: ProcessValue): Promise<void> {
    const row = await findProcess(asking.batch.transaction, process.id);
    if (row === undefined) return;
    const actor = await this.#actor(asking);
    if (row.started_by !== actor.principal.name && !actor.principal.isAdministrator) {
      throw new TsunagiError(
        "PERMISSION_DENIED",
        `${actor.principal.name} may not cancel /process/${process.id}: ${row.started_by} started it`,
      );
    }
    await asking.life.cancel(asking.batch, process.id);
  }

  async #outcomes(asking: Asking, of: readonly ProcessValue[]): Promise<Value> {
    const outcomes: Value[] = [];
    for (const process of of) {
      const row = await findProcess(asking.batch.transaction, process.id);
      // One that ended long ago may be gone.
      const outcome = row === undefined ? notKept(process) : asking.life.outcomeOf(row);
      outcomes.push(
        new Map<string, Value>([
          ["status", outcome.status],
          ["reason", outcome.reason],
          ["result", outcome.result],
          ["error", outcome.error],
          ["process", process],
        ]),
      );
    }
    return outcomes;
  }

  async #change(asking: Asking): Promise<Change> {
    const principal = asking.principal();
    if (asking.change !== undefined && asking.change.principal !== principal) {
      await this.finish(asking);
    }
    asking.change ??= {
      principal,
      change: this.#objects.change(asking.batch.transaction, await this.#actor(asking)),
    };
    return asking.change.change;
  }
}

/** What every object has, where its type has no field of that name. */
function isOwnProperty(name: string): name is "name" | "path" | "type" {
  return name === "name" || name === "path" || name === "type";
}

/** What is refused halfway must leave nothing behind. */
function mayWrite({ kind }: Request): boolean {
  return (
    kind === "update" || kind === "send" || kind === "method" || kind === "fork" || kind === "spawn"
  );
}

const refusableMethods: readonly string[] = ["add", "update", "delete", "copy"];

/**
 * Whether who listens to changes may refuse it: source that does not compile, a channel that is waited for. It is then
 * a change of its own, finished within its job, so that the refusal is that job's failure and not the process's end.
 */
function mayBeRefusedWhole(request: Request): boolean {
  switch (request.kind) {
    case "update":
      return request.of.type === "Jobflow";
    case "send":
      return request.to.type === "Jobflow";
    case "method":
      return refusableMethods.includes(request.method);
    default:
      return false;
  }
}

/** Whether the history is read, in which what the turn wrote so far must stand. */
function looksBack(request: Request): boolean {
  return request.kind === "method" && request.method === "history";
}

/** The storage knows what is gone by its id; the flow knows where it was. */
function messageOf(error: TsunagiError, request: Request): string {
  const object = "of" in request ? request.of : "to" in request ? request.to : undefined;
  if (error.code !== "OBJECT_NOT_FOUND" || !(object instanceof ObjectValue)) return error.message;
  return error.message.replace(`#${object.id}`, object.path);
}

function given(value: Value): Answer {
  return { ok: true, value };
}

const limitCodes: ReadonlySet<string> = new Set([
  "LIMIT_EXCEEDED",
  "MAILBOX_FULL",
  "PROCESS_LIMIT",
]);

/** What is not there or does not fit fails as an evaluation; what is forbidden is refused. */
function reasonOf(error: TsunagiError): "evaluation" | "refused" | "limit" {
  if (limitCodes.has(error.code)) return "limit";
  const isEvaluation =
    error.code === "OBJECT_NOT_FOUND" ||
    error.code === "ARGUMENT_INVALID" ||
    error.code === "VALUE_INVALID" ||
    error.code === "NAME_INVALID" ||
    error.code === "SYNTAX_ERROR" ||
    error.code === "TYPE_UNKNOWN";
  return isEvaluation ? "evaluation" : "refused";
}

function notKept({ id }: ProcessValue): Outcome {
  return failure("unknown", `/process/${id} ended long ago, and what became of it is not kept`);
}

function assertNoSecret(value: Value): void {
  if (value instanceof SecretValue) {
    throw new TsunagiError("VALUE_INVALID", "a message may not hold a secret");
  }
  if (Array.isArray(value)) for (const element of value) assertNoSecret(element as Value);
  if (value instanceof Map) for (const element of value.values()) assertNoSecret(element as Value);
}
