/**
 * Files of objects: `PUT`, `GET` and `DELETE` on `/path?field=photo`, and uploads to be referred to later.
 *
 * The bytes go between the connection and the store, piece by piece; the house is asked before the first of them, and told
 * after the last. Nothing of what is served is ever shown by a browser as a page of ours.
 */
import { Readable } from "node:stream";
import { z } from "zod";
import { moment, objectDocument } from "#contract";
import { TsunagiError } from "#kernel";
import { isFileName, toMediaType, unknownType, type ReceivedContent } from "#objects";
import { rangeOf } from "./byte-range.ts";
import { dispositionOf, nameInDisposition } from "./content-disposition.ts";
import { requiredRevision, withTag } from "./objects.ts";
import { reasonOf } from "./reason.ts";
import { type Ask, given, route } from "./route.ts";

const fieldQuery = z.strictObject({
  field: z.string().min(1).max(128).describe("The field of kind `file`"),
});

export const uploadedDocument = z.object({
  attachment: z.string().describe("SHA-256 of the content"),
  size: z.number().int(),
});

export const uploadAddress = "/.api/v1/attachments";

export const attachmentRoutes = [
  route({
    method: "PUT",
    address: "/{path}",
    when: "field",
    takesFile: true,
    summary: "Put a file into a field of an object",
    description:
      "With `?field=NAME` the body is the file as it is, and `Content-Type` its type. `If-Match` with the revision is required of signed-in browsers.",
    query: fieldQuery.extend({
      name: z
        .string()
        .optional()
        .describe("The file's name; else that of Content-Disposition, else the field's"),
    }),
    answers: { 200: { description: "The object with the file", schema: objectDocument } },
    handle: (ask) => discarding(ask, () => attach(ask)),
  }),
  route({
    method: "GET",
    address: "/{path}",
    when: "field",
    summary: "Read the file in a field of an object",
    description:
      "With `?field=NAME`. Takes `Range`, `If-Range` and `If-None-Match`; the ETag is the hash of the content.",
    query: fieldQuery.extend({
      "as-of": moment.optional().describe("The file that was there at that moment"),
    }),
    answers: { 200: { description: "The file", isFile: true } },
    handle: download,
  }),
  route({
    method: "DELETE",
    address: "/{path}",
    when: "field",
    summary: "Take the file out of a field of an object",
    description: "With `?field=NAME`. It stays in the history.",
    query: fieldQuery,
    answers: { 204: { description: "Taken out" } },
    handle: async (ask) => {
      const path = ask.path();
      const { field } = ask.query;
      const revision = requiredRevision(ask);
      // Of what is no file, nothing is taken out here.
      await ask.call("attachments.find", { path, field });
      await ask.call("objects.patch", {
        path,
        fields: { [field]: null },
        ...revision,
        ...reasonOf(ask),
      });
      return ask.reply.code(204).send();
    },
  }),
  route({
    method: "POST",
    address: uploadAddress,
    takesFile: true,
    summary: "Upload a file, to be referred to within a day",
    description:
      'A field of kind `file` then takes `{"attachment": HASH, "name": "rack.jpg"}` from who uploaded it.',
    answers: { 201: { description: "It is stored", schema: uploadedDocument } },
    handle: (ask) =>
      discarding(ask, async () => {
        const { hash, size } = await take(ask, { type: typeOf(ask) });
        ask.reply.code(201);
        return { attachment: hash, size };
      }),
  }),
];

async function attach(ask: Ask<{ field: string; name?: string | undefined }, unknown>) {
  const path = ask.path();
  const { field } = ask.query;
  const revision = requiredRevision(ask);
  const type = typeOf(ask);
  const name =
    ask.query.name ?? nameInDisposition(ask.request.headers["content-disposition"]) ?? field;
  if (!isFileName(name)) {
    throw new TsunagiError("ARGUMENT_INVALID", "the name of the file is not one", {
      details: { fields: [{ field: "name", message: "is no name of a file" }] },
      hint: "Give 1 to 255 characters without slashes and control characters: ?field=photo&name=rack.jpg",
    });
  }
  const { hash } = await take(ask, { target: { path, field, ...revision }, type });
  const object = await ask.call("objects.patch", {
    path,
    fields: { [field]: { attachment: hash, name, type } },
    ...revision,
    ...reasonOf(ask),
  });
  return withTag(ask, object);
}

/** Takes the body in as an upload of who asks; refused before the first byte, where that can be told. */
async function take(
  ask: Ask<unknown, unknown>,
  about: { target?: { path: string; field: string; revision?: number }; type: string },
): Promise<ReceivedContent> {
  const { raw, headers } = ask.request;
  const length = headers["content-length"];
  const size = length === undefined ? undefined : Number(length);
  const { sizeMax } = await ask.call("attachments.check", { ...about, ...given({ size }) });
  if (headers.expect !== undefined) ask.reply.raw.writeContinue();
  const received = await ask
    .attachments()
    .write(ask.bodyTime.pieces(raw), { sizeMax, size })
    .catch((error: unknown) => {
      throw raw.destroyed && !raw.complete ? brokenOff() : error;
    });
  await ask.call("attachments.register", { received });
  return received;
}

/** Whoever still sends when a request is refused gets to read why. */
async function discarding<T>(ask: Ask<unknown, unknown>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    ask.bodyTime.discard(ask.request.raw);
    throw error;
  }
}

async function download(
  ask: Ask<{ field: string; "as-of"?: string | undefined }, unknown>,
): Promise<unknown> {
  const { field, "as-of": asOf } = ask.query;
  const { headers, method } = ask.request;
  const found = await ask.call("attachments.find", { path: ask.path(), field, ...given({ asOf }) });
  const { name, type, size, hash } = found.file;
  const tag = `"${hash}"`;
  ask.reply.headers({
    etag: tag,
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-disposition": dispositionOf(name),
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  });
  if (matches(headers["if-none-match"], tag)) return ask.reply.code(304).send();
  const isCurrent = headers["if-range"] === undefined || headers["if-range"] === tag;
  const asked = isCurrent ? rangeFor(ask, headers.range, size) : undefined;
  const range = asked ?? { start: 0, end: size };
  if (asked !== undefined) {
    ask.reply.code(206).header("content-range", `bytes ${asked.start}-${asked.end - 1}/${size}`);
  }
  ask.reply.header("content-length", range.end - range.start).type(servedType(type));
  // Of a stream, Fastify sends the length that is said here, also where only the head is wanted.
  if (method === "HEAD" || range.end === range.start) return ask.reply.send(Readable.from([]));
  const bytes = ask.attachments().read(found.content, range)[Symbol.asyncIterator]();
  // What is gone is said before the answer begins.
  const first = await bytes.next();
  return ask.reply.send(Readable.from(from(first, bytes), { objectMode: false }));
}

function rangeFor(ask: Ask<unknown, unknown>, header: string | undefined, size: number) {
  try {
    return rangeOf(header, size);
  } catch (error) {
    ask.reply.removeHeader("etag");
    ask.reply.removeHeader("content-disposition");
    ask.reply.header("content-range", `bytes */${size}`);
    throw error;
  }
}

async function* from(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncIterable<Uint8Array> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Kinds that a browser shows, or programs read, without running anything in them; all others are only bytes. */
const harmless =
  /^(?:image\/(?:png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+|application\/(?:pdf|zip|json)|text\/(?:plain|csv))$/;

function servedType(type: string): string {
  if (!harmless.test(type)) return unknownType;
  return type.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

/** As the client has said it; what it did not say, the gateway takes for JSON elsewhere. */
function typeOf({ request }: Ask<unknown, unknown>): string {
  const names = request.raw.rawHeaders.filter((_, index) => index % 2 === 0);
  const isSaid = names.some((name) => name.toLowerCase() === "content-type");
  return (isSaid ? toMediaType(request.headers["content-type"]) : undefined) ?? unknownType;
}

function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((each) => ["*", tag, `W/${tag}`].includes(each.trim()));
}

function brokenOff(): TsunagiError {
  return new TsunagiError("BODY_INVALID", "the connection broke off before all of the file came", {
    hint: "Send it again; nothing of it is kept.",
  });
}
