import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { assert, TsunagiError, type Figure } from "#kernel";
import type { AttachmentStore } from "#objects";
import type { ArgumentOf, Credentials, House, OperationName, ResultOf } from "../operations.ts";
import { wantedOf } from "./accept.ts";
import { isSystemAddress, objectsPrefix, pathOfAddress, splitTarget } from "./address.ts";
import type { BodyTime } from "./body-time.ts";
import { assertSameOrigin, credentialsOf } from "./credentials.ts";
import { faultText } from "./fault-text.ts";

/**
 * A route of the API as data: Fastify serves it, OpenAPI is written from it, and a test holds that the two are
 * the same. An address of objects (`/{path}` …) stands twice: as it is, and below {@link objectsPrefix}.
 *
 * What happens to a request here, in this order: is anybody signed in at all; does a session's write come from
 * our own page; does the query fit; does the body fit; then `handle`, which asks the house.
 */

export type Method = "GET" | "PUT" | "PATCH" | "DELETE" | "POST";

export interface Route<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  method: Method;
  /** With `{name}` for what varies, as OpenAPI writes it. */
  address: string;
  summary: string;
  description?: string;
  /** Whether it answers people who are not signed in. */
  isOpen?: boolean;
  /** Only of requests whose query has this; they are told from others at the same address. */
  when?: "field";
  /** The body is a file, which the route reads itself. */
  takesFile?: boolean;
  query?: Query;
  body?: Body;
  answers: Record<number, Answer>;
  handle: (ask: Ask<z.output<Query>, z.output<Body>>) => Promise<unknown>;
}

export interface Answer {
  description: string;
  /** Absent where the answer has no body. */
  schema?: z.ZodType;
  isText?: boolean;
  isFile?: boolean;
}

/** A request as a route sees it. */
export interface Ask<Query, Body> {
  query: Query;
  body: Body;
  credentials: Credentials;
  request: FastifyRequest;
  reply: FastifyReply;
  /** The path of the object that the address names. */
  path: () => string;
  /** The bytes of files. */
  attachments: () => AttachmentStore;
  bodyTime: BodyTime;
  /** What the gateway itself counts. */
  figures: () => Figure[];
  call: <N extends OperationName>(name: N, argument: ArgumentOf<N>) => Promise<ResultOf<N>>;
}

/** Every address that nothing more special has. */
const anyObject = "/{path}";

/** Lets TypeScript see what query and body hold. */
export function route<Query extends z.ZodType, Body extends z.ZodType>(
  description: Route<Query, Body>,
): Route {
  return description;
}

/** Answers with the browser's application, whose pages have the objects' addresses. */
export type SendApplication = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export interface RouteContext {
  house: House;
  sendApplication: SendApplication;
  /** Absent where no files are kept. */
  attachments: AttachmentStore | undefined;
  bodyTime: BodyTime;
  figures: () => Figure[];
}

/** Serves the routes, and refuses other methods at their addresses. */
export function mount(app: FastifyInstance, routes: readonly Route[], context: RouteContext): void {
  const methodsAt = new Map<string, Set<Method>>();
  for (const route of routes) {
    for (const url of urlsOf(route.address)) {
      const isPage = route.method === "GET" && !isSystemAddress(url) && route.when === undefined;
      app.route({
        method: route.method,
        url,
        ...(route.when === undefined ? {} : { constraints: { query: route.when } }),
        onRequest: (request, reply, done) => {
          // No object has such an address; Fastify's `*` takes it all the same.
          if (url === "/*" && isSystemAddress(request.raw.url ?? "/")) return reply.callNotFound();
          reply.header("cache-control", "no-store");
          if (isPage) reply.header("vary", "accept");
          if (!(isPage && wantsPage(request))) assertAdmitted(route, request);
          done();
        },
        handler: (request, reply) =>
          isPage && wantsPage(request)
            ? context.sendApplication(request, reply)
            : route.handle(askOf(route, request, reply, context)),
      });
      if (route.when !== undefined) continue;
      // More special addresses of objects take the other methods of `/{path}`.
      if (isSystemAddress(route.address) || route.address === anyObject) {
        methodsAt.set(url, (methodsAt.get(url) ?? new Set()).add(route.method));
      }
    }
  }
  for (const [url, methods] of methodsAt) refuseOthers(app, url, [...methods]);
}

function refuseOthers(app: FastifyInstance, url: string, methods: Method[]): void {
  const allow = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  const others = (["GET", "PUT", "PATCH", "DELETE", "POST"] as const).filter(
    (method) => !app.hasRoute({ method, url }),
  );
  if (others.length > 0) {
    app.route({
      method: others,
      url,
      exposeHeadRoute: false,
      handler: (request, reply) => {
        reply.header("allow", allow);
        throw new TsunagiError(
          "METHOD_NOT_ALLOWED",
          `${request.method} is not possible at ${url}`,
          {
            details: { allow: methods },
            hint: `Its methods are ${methods.join(", ")}.`,
          },
        );
      },
    });
  }
  app.route({
    method: "OPTIONS",
    url,
    handler: (_request, reply) => reply.header("allow", allow).code(204).send(),
  });
}

/** How Fastify writes the addresses of a route. */
function urlsOf(address: string): string[] {
  const url = address.replace("{path}", "*").replace("{id}", String.raw`:id(^\d+$)`);
  if (isSystemAddress(address)) return [url];
  const root = address === anyObject ? ["/", objectsPrefix] : [];
  return [url, `${objectsPrefix}${url}`, ...root];
}

function wantsPage(request: FastifyRequest): boolean {
  return wantedOf(request.headers.accept, ["json", "html", "text"]) === "html";
}

function assertAdmitted(route: Route, request: FastifyRequest): void {
  const credentials = credentialsOf(request.headers);
  if (route.isOpen !== true && credentials.kind === "none") {
    throw new TsunagiError("NOT_SIGNED_IN", "this needs a token or a sign-in", {
      hint: "Send 'Authorization: Bearer TOKEN'; `tsunagi token create NAME` makes one on the server's host.",
    });
  }
  if (credentials.kind === "session" && route.method !== "GET") {
    assertSameOrigin(request.headers);
  }
}

function askOf(
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  { house, attachments, bodyTime, figures }: RouteContext,
): Ask<unknown, unknown> {
  const { address } = splitTarget(request.raw.url ?? "/");
  const credentials = credentialsOf(request.headers);
  return {
    query: (route.query ?? noQuery).parse(request.query, { error: faultText }),
    body: route.body?.parse(request.body, { error: faultText }),
    credentials,
    request,
    reply,
    path: () => pathOfAddress(address),
    attachments: () => {
      assert(attachments !== undefined, "this gateway keeps no files");
      return attachments;
    },
    bodyTime,
    figures,
    call: (name, argument) => house.call(name, credentials, argument),
  };
}

const noQuery = z.strictObject({});

/** A switch in the query: `?draft`, `?draft=true`. */
export const flag = z
  .enum(["", "true", "false"])
  .transform((text) => text !== "false")
  .optional();

/** A number in the query. */
export const count = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional();

/** How many rows a page may have. */
export const pageLimit = z.coerce.number().int().min(1).max(1000).optional();

/** Without what was left out. */
export function given<T extends object>(query: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
