import { z } from "zod";
import {
  comparisonDocument,
  deletedDocument,
  historyDocument,
  listDocument,
  moment,
  objectDocument,
  patchBody,
  putBody,
  startedDocument,
  type Json,
  type ObjectDocument,
} from "#contract";
import { TsunagiError } from "#kernel";
import { addressOfPath } from "./address.ts";
import { reasonOf } from "./reason.ts";
import { type Ask, count, flag, given, pageLimit, route } from "./route.ts";

/** Objects at their paths: read, make, change, remove, run and send to. */

/** What a `GET` on an object may ask for. */
export const readQuery = z.strictObject({
  list: flag.describe("The children instead of the object"),
  "as-of": moment.optional().describe("Of the object or the list: as it was at that moment"),
  history: flag.describe("Its changes instead of the object, the newest first"),
  below: flag.describe("Of a history: also of all that is or was below it"),
  diff: flag.describe("What lies between two moments, of the object and all below it"),
  from: moment.optional().describe("Of a diff: the earlier moment"),
  to: moment.optional().describe("Of a diff: the later moment; else it is now"),
  deleted: flag.describe("What was deleted in or below it and is not there again"),
  after: z.string().optional().describe("What `next` of the page before said"),
  before: count.describe("Of a history: only changes with a smaller number"),
  limit: pageLimit.describe("How many rows at most"),
  q: z.string().optional().describe("Of a list: only what this search finds, see /.api/v1/search"),
  sort: z.string().max(256).optional().describe("Of a list: a field, or `-field`; else by name"),
});

const writeQuery = z.strictObject({
  draft: flag.describe(
    "Keep source that does not compile; the last good version goes on being run",
  ),
});

const leftOut = z
  .unknown()
  .optional()
  .describe("Left out of account, so that what GET gave can be sent back");
const putDocument = z.strictObject({
  ...putBody.shape,
  id: leftOut,
  path: leftOut,
  name: leftOut,
  owner: leftOut,
  revision: leftOut,
  createdAt: leftOut,
  updatedAt: leftOut,
});

export const acceptedDocument = z.object({
  delivered: z
    .boolean()
    .describe("Whether a process was waiting for it; else it is kept until one does"),
});

export const objectRoutes = [
  route({
    method: "GET",
    address: "/{path}",
    summary: "Read an object, its children or its history",
    query: readQuery,
    answers: {
      200: {
        description:
          "The object (with its revision as ETag), or with `?list`, `?history`, `?diff`, `?deleted` these",
        schema: z.union([
          objectDocument,
          listDocument,
          historyDocument,
          comparisonDocument,
          deletedDocument,
        ]),
      },
    },
    handle: read,
  }),
  route({
    method: "PUT",
    address: "/{path}",
    summary: "Make or replace an object",
    description:
      "`If-Match` with the revision is required of signed-in browsers, where the object exists. With `If-None-Match: *` an object is made, and none replaced.",
    query: writeQuery.extend({ parents: flag.describe("Make directories that are missing") }),
    body: putDocument,
    answers: {
      200: { description: "Replaced", schema: objectDocument },
      201: { description: "Made", schema: objectDocument },
    },
    handle: async (ask) => {
      const path = ask.path();
      const { type, fields, reason } = ask.body;
      const basis = mustBeNew(ask) ? nothingThere : revisionOf(ask);
      if (basis.isMissing || basis.isAny) await assertReplaceable(ask, basis.isAny);
      // Should somebody make it meanwhile, it is not replaced unseen.
      if (basis.isMissing) basis.argument.revision = 0;
      const { object, created } = await ask.call("objects.put", {
        path,
        type,
        fields,
        ...reasonOf(ask, reason),
        ...basis.argument,
        ...switches(ask.query),
      });
      if (created) ask.reply.code(201).header("location", addressOfPath(object.path));
      return withTag(ask, object);
    },
  }),
  route({
    method: "PATCH",
    address: "/{path}",
    summary: "Change fields of an object",
    description: "`If-Match` with the revision is required of signed-in browsers.",
    query: writeQuery,
    body: z.strictObject(patchBody.shape),
    answers: { 200: { description: "Changed", schema: objectDocument } },
    handle: async (ask) => {
      const object = await ask.call("objects.patch", {
        path: ask.path(),
        fields: ask.body.fields,
        ...given({ owner: ask.body.owner }),
        ...reasonOf(ask, ask.body.reason),
        ...requiredRevision(ask),
        ...switches(ask.query),
      });
      return withTag(ask, object);
    },
  }),
  route({
    method: "DELETE",
    address: "/{path}",
    summary: "Remove an object",
    description: "`If-Match` with the revision is required of signed-in browsers.",
    query: z.strictObject({ recursive: flag.describe("With everything below it") }),
    answers: { 204: { description: "Removed" } },
    handle: async (ask) => {
      await ask.call("objects.delete", {
        path: ask.path(),
        ...reasonOf(ask),
        ...requiredRevision(ask),
        ...switches(ask.query),
      });
      return ask.reply.code(204).send();
    },
  }),
  route({
    method: "POST",
    address: "/{path}",
    summary: "Run a jobflow with parameters, or send a message to a channel",
    query: z.strictObject({
      step: flag.describe("Of a jobflow: the process stops before each command"),
    }),
    body: z.unknown().describe("Of a jobflow: parameters by name. Of a channel: any JSON"),
    answers: {
      201: { description: "The process that was started", schema: startedDocument },
      202: { description: "The message is stored and will be delivered", schema: acceptedDocument },
    },
    handle: async (ask) => {
      const body = ask.body === undefined ? {} : (ask.body as Json);
      const posted = await ask.call("objects.post", {
        path: ask.path(),
        body,
        from: ask.request.ip,
        ...(ask.query.step === true ? { step: true } : {}),
      });
      if (posted.kind === "accepted") {
        ask.reply.code(202);
        return { delivered: posted.delivered };
      }
      ask.reply.code(201).header("location", addressOfPath(posted.process));
      return { process: posted.process };
    },
  }),
];

/** Answers a `GET` on an object. */
export async function read(ask: Ask<z.output<typeof readQuery>, unknown>): Promise<unknown> {
  const path = ask.path();
  const { list, history, after, before, limit, q, sort, below, diff, deleted } = ask.query;
  const asOf = ask.query["as-of"];
  const page = limit === undefined ? {} : { limit };
  if (list === true && (q !== undefined || sort !== undefined)) {
    const { items, next } = await ask.call("objects.search", {
      directory: path,
      ...page,
      ...given({ q, sort: sort ?? "name", cursor: after, asOf }),
    });
    return { items, next };
  }
  if (list === true) {
    return ask.call("objects.list", { path, ...page, ...given({ after, asOf }) });
  }
  if (history === true) {
    return ask.call("objects.history", { path, ...page, ...given({ before, after, below }) });
  }
  if (deleted === true) return ask.call("objects.deleted", { path, ...page, ...given({ after }) });
  if (diff === true) {
    const { from, to } = ask.query;
    if (from === undefined) {
      throw new TsunagiError("ARGUMENT_INVALID", "a diff needs to know from when on", {
        details: { fields: [{ field: "from", message: "is missing" }] },
        hint: "add from=MOMENT: a time with its zone, a date, or the number of a change",
      });
    }
    return ask.call("objects.compare", {
      path,
      from,
      ...page,
      ...given({ to, after: count.parse(after) }),
    });
  }
  if (asOf !== undefined) return ask.call("objects.get", { path, asOf });
  return withTag(ask, await ask.call("objects.get", { path }));
}

export function withTag(ask: Ask<unknown, unknown>, object: ObjectDocument): ObjectDocument {
  ask.reply.header("etag", `"${object.revision}"`);
  return object;
}

interface Basis {
  argument: { revision?: number };
  /** `If-Match: *`: whatever revision it has now. */
  isAny: boolean;
  /** A browser has to say what its change is based on. */
  isMissing: boolean;
}

/** What is not there yet has revision 0. */
const nothingThere: Basis = { argument: { revision: 0 }, isAny: false, isMissing: false };

function mustBeNew(ask: Ask<unknown, unknown>): boolean {
  return ask.request.headers["if-none-match"]?.trim() === "*";
}

function revisionOf(ask: Ask<unknown, unknown>): Basis {
  const text = ask.request.headers["if-match"]?.trim();
  if (text === undefined) {
    return { argument: {}, isAny: false, isMissing: ask.credentials.kind === "session" };
  }
  if (text === "*") return { argument: {}, isAny: true, isMissing: false };
  const number = /^(?:W\/)?"(\d{1,15})"$|^(\d{1,15})$/.exec(text);
  if (number === null) {
    throw new TsunagiError("ARGUMENT_INVALID", `'${text.slice(0, 100)}' is no revision`, {
      hint: 'If-Match holds the ETag that GET gave, such as "41".',
    });
  }
  return { argument: { revision: Number(number[1] ?? number[2]) }, isAny: false, isMissing: false };
}

export function requiredRevision(ask: Ask<unknown, unknown>): { revision?: number } {
  const basis = revisionOf(ask);
  if (basis.isMissing) throw revisionRequired(ask.path());
  return basis.argument;
}

/** A browser may make an object without a revision, but not replace one; `If-Match: *` only replaces. */
async function assertReplaceable(ask: Ask<unknown, unknown>, mustExist: boolean): Promise<void> {
  try {
    await ask.call("objects.get", { path: ask.path() });
  } catch (error) {
    const isAbsent = error instanceof TsunagiError && error.code === "OBJECT_NOT_FOUND";
    if (!isAbsent || mustExist) throw error;
    return;
  }
  if (!mustExist) throw revisionRequired(ask.path());
}

function revisionRequired(path: string): TsunagiError {
  return new TsunagiError(
    "REVISION_REQUIRED",
    `the revision that the change of ${path} is based on is missing`,
    {
      hint: "Send the ETag of the object as If-Match.",
    },
  );
}

/** Only the switches that are on. */
function switches<Name extends string>(
  query: Partial<Record<Name, boolean | undefined>>,
): Partial<Record<Name, true>> {
  return Object.fromEntries(Object.entries(query).filter(([, isOn]) => isOn === true)) as Partial<
    Record<Name, true>
  >;
}
