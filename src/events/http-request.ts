/** One HTTP request, redirects of reading ones followed, with a limit on time and on size. */
import type { IncomingMessage } from "node:http";

export interface HttpRequest {
  url: URL;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | null;
  timeoutMs: number;
  /** Whether the server's certificate must be valid. */
  verify: boolean;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

/** `hasLeft`: the request may have reached the server, so what it did there is unknown. */
export class HttpFault extends Error {
  override name = "HttpFault";
  readonly kind: "unreachable" | "timeout" | "limit" | "cancelled";
  readonly hasLeft: boolean;

  constructor(kind: HttpFault["kind"], message: string, hasLeft: boolean) {
    super(message);
    this.kind = kind;
    this.hasLeft = hasLeft;
  }
}

/** As much as `$RESULT` holds. */
export const bodyMaxBytes = 1024 * 1024;

const redirectsMax = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Throws an {@link HttpFault}. */
export async function sendRequest(
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const limits = { signal: AbortSignal.any([signal, deadline]), deadline };
  let next = request;
  for (let redirect = 0; redirect <= redirectsMax; redirect += 1) {
    const response = await sendOnce(next, limits);
    const target = redirectOf(next, response);
    if (target === null) return response;
    next = target;
  }
  throw new HttpFault(
    "limit",
    `more than ${redirectsMax} redirects, the last one to ${next.url.origin}`,
    true,
  );
}

/** Only what reads is asked again elsewhere; a request that changes something is answered as it is. */
function redirectOf(request: HttpRequest, response: HttpResponse): HttpRequest | null {
  const { location } = response.headers;
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (!isReading || !redirects.has(response.status) || location === undefined) return null;
  const url = URL.parse(location, request.url);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return null;
  // Credentials are for the server they were given for.
  const headers =
    url.origin === request.url.origin ? request.headers : withoutCredentials(request.headers);
  return { ...request, url, headers };
}

function withoutCredentials(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  const isCredential = (name: string) => ["authorization", "cookie"].includes(name.toLowerCase());
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredential(name)));
}

interface Limits {
  signal: AbortSignal;
  deadline: AbortSignal;
}

function sendOnce(request: HttpRequest, limits: Limits): Promise<HttpResponse> {
  const { url, method, headers, body, verify } = request;
  // Taken like this, the module brings no other along: an import evaluates all that it gives, `WebSocket` with 10 MB behind it.
  const { request: open } = process.getBuiltinModule(
    url.protocol === "https:" ? "node:https" : "node:http",
  );
  return new Promise((resolve, reject) => {
    let hasLeft = false;
    const fail = (error: NodeJS.ErrnoException) => reject(faultOf(error, request, limits, hasLeft));
    const sent = open(
      url,
      { method, headers, signal: limits.signal, rejectUnauthorized: verify, agent: false },
      (response) => {
        readBody(response).then((bytes) => resolve(responseOf(response, bytes)), fail);
      },
    );
    // Until there is a connection (with TLS: a checked one), nothing of the request can be at the server.
    sent.on("socket", (socket) =>
      socket.once(url.protocol === "https:" ? "secureConnect" : "connect", () => (hasLeft = true)),
    );
    sent.on("error", fail);
    sent.end(body ?? undefined);
  });
}

async function readBody(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyMaxBytes) throw new HttpFault("limit", "the answer is larger than 1 MB", true);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function responseOf(response: IncomingMessage, body: Uint8Array): HttpResponse {
  const headers = Object.entries(response.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body,
  };
}

function faultOf(
  error: NodeJS.ErrnoException,
  { url, timeoutMs }: HttpRequest,
  { signal, deadline }: Limits,
  hasLeft: boolean,
): HttpFault {
  if (error instanceof HttpFault) return error;
  const place = `${url.protocol}//${url.host}`;
  if (deadline.aborted) {
    return new HttpFault(
      "timeout",
      `${place} did not answer within ${timeoutMs / 1000} s`,
      hasLeft,
    );
  }
  if (signal.aborted) return new HttpFault("cancelled", "the request was given up", hasLeft);
  const why =
    error.code === undefined
      ? error.message
      : (reasons[error.code] ?? `${error.code}: ${error.message}`);
  return new HttpFault("unreachable", `${place} cannot be reached: ${why}`, hasLeft);
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  ENOTFOUND: "the name is unknown",
  EAI_AGAIN: "the name could not be looked up",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the network",
};
