import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import { fastifyCookie } from "@fastify/cookie";
import {
  fastify,
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
} from "fastify";
import { loadLanguage, systemClock, TsunagiError, type Clock } from "#kernel";
import type { AttachmentStore } from "#objects";
import type { JobManagerDoor } from "../job-manager-door.ts";
import type { House } from "../operations.ts";
import { wantedOf } from "./accept.ts";
import { isSystemAddress, namesField, splitTarget } from "./address.ts";
import { mountApplication, type Instance } from "./application.ts";
import { attachmentRoutes, uploadAddress } from "./attachments.ts";
import { BodyTime } from "./body-time.ts";
import { jobManagerEndpoint } from "./job-managers.ts";
import { parseJsonBody } from "./json-body.ts";
import { listenFailure } from "./listen-failure.ts";
import { liveEndpoint } from "./live.ts";
import { metricsRoutes } from "./metrics.ts";
import { objectRoutes } from "./objects.ts";
import { openApiRoute } from "./openapi.ts";
import { pastRoutes } from "./past.ts";
import { permissionRoutes } from "./permissions.ts";
import { answerWithProblem, problemMediaType, problemOf } from "./problem.ts";
import { processRoutes } from "./processes.ts";
import { RequestFigures } from "./request-figures.ts";
import { mount, type Route, type RouteContext } from "./route.ts";
import { checkRoutes } from "./check.ts";
import { searchRoutes } from "./search.ts";
import { sessionRoutes } from "./session.ts";
import { Sockets } from "./sockets.ts";
import { statusRoutes } from "./status.ts";
import { tokenRoutes } from "./tokens.ts";
import { importRoutes, transferRoutes } from "./transfer.ts";

/**
 * The gateway: the house as it is seen over HTTP. It translates and admits; it knows nothing of objects, checks
 * no rights and keeps no state but its connections.
 *
 * A request: address → credentials → query and body by their schemas → {@link House.call} → document. What goes
 * wrong on the way ends in the one error handler (problem.ts).
 */

export interface GatewayOptions {
  house: House;
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** Where `npm run build` puts the browser's application. */
  webRoot: string;
  instance?: Instance;
  logger: FastifyBaseLogger;
  version: string;
  jobManagers?: JobManagerDoor;
  /** Where the bytes of files are. */
  attachments?: AttachmentStore;
  clock?: Clock;
}

export interface Gateway {
  listen(): Promise<{ url: string }>;
  /** Takes nothing new, finishes what is under way, and closes all connections. */
  close(): Promise<void>;
}

/** One megabyte, as the manual says. */
const bodyMaxBytes = 1_000_000;

// Headers and body of a request have to arrive within this time each; it ends slow attacks and lost clients.
const requestTimeoutMs = 60_000;

// Longer than the 60 s after which common proxies give up an idle connection, so that they do so first.
const keepAliveTimeoutMs = 72_000;

// How long requests under way may take when the gateway closes; half of one that never ends must not hold up a restart.
const closeGraceMs = 3000;

const connectionsMax = 10_000;

const securityHeaders = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Puts a gateway before a house; it opens with `listen`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { host, port, house, logger, jobManagers, clock = systemClock } = options;
  const bodyTime = new BodyTime(clock, requestTimeoutMs);
  const app = createApp(logger, bodyTime);
  const requests = new RequestFigures();
  requests.watch(app);
  const endpoints = [liveEndpoint({ house, clock }), jobManagerEndpoint({ jobManagers, logger })];
  let isClosing = false;
  app.addHook("onSend", async (_request, reply) => {
    // Else the client keeps the connection, and the server waits for it.
    if (isClosing) reply.header("connection", "close");
  });
  const sockets = new Sockets({ clock, logger, endpoints });
  return {
    async listen() {
      await plugIn(app, options, { bodyTime, figures: () => requests.list(sockets.count) });
      try {
        await app.listen({ host, port });
      } catch (error) {
        await app.close();
        throw listenFailure(error, host, port);
      }
      sockets.attach(app.server);
      return { url: urlOf(app, host) };
    },
    async close() {
      isClosing = true;
      const takeBack = clock.after(closeGraceMs, () => app.server.closeAllConnections());
      await Promise.all([sockets.close(), app.close()]);
      takeBack();
    },
  };
}

/** The whole API, as it is served and documented. */
export function allRoutes(version: string): Route[] {
  return [...jsonRoutes(version), ...attachmentRoutes, ...importRoutes];
}

function jsonRoutes(version: string): Route[] {
  const routes = [
    ...objectRoutes,
    ...checkRoutes,
    ...searchRoutes,
    ...pastRoutes,
    ...permissionRoutes,
    ...processRoutes,
    ...sessionRoutes,
    ...statusRoutes,
    ...tokenRoutes,
    ...metricsRoutes,
    ...transferRoutes,
  ];
  return [...routes, openApiRoute([...routes, ...attachmentRoutes, ...importRoutes], version)];
}

async function plugIn(
  app: FastifyInstance,
  options: GatewayOptions,
  own: Pick<RouteContext, "bodyTime" | "figures">,
): Promise<void> {
  await loadLanguage("ja");
  await app.register(fastifyCookie);
  const sendApplication = await mountApplication(app, options.webRoot, options.instance);
  const { house, attachments, version } = options;
  const context = { house, sendApplication, attachments, ...own };
  mount(app, jsonRoutes(version), context);
  await app.register(async (files) => {
    takeFiles(files);
    mount(files, [...attachmentRoutes, ...importRoutes], context);
  });
  app.setNotFoundHandler((request, reply) => {
    const { address } = splitTarget(request.raw.url ?? "/");
    if (request.method === "GET" && wantedOf(request.headers.accept, ["json", "html"]) === "html") {
      return sendApplication(request, reply.code(404));
    }
    throw isSystemAddress(address)
      ? new TsunagiError("ROUTE_NOT_FOUND", `there is nothing at ${address.slice(0, 200)}`, {
          hint: "The addresses of the API stand in /.api/openapi.json.",
        })
      : new TsunagiError("METHOD_NOT_ALLOWED", `${request.method} is not possible on objects`);
  });
}

function createApp(logger: FastifyBaseLogger, bodyTime: BodyTime): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    // A proxy on the same machine may say for whom it asks, nobody else.
    trustProxy: "loopback",
    bodyLimit: bodyMaxBytes,
    // Of a body, BodyTime says how long it may take.
    requestTimeout: 0,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: "idle",
    return503OnClosing: false,
    routerOptions: { maxParamLength: 16_384 },
    frameworkErrors: (error, request, reply) => {
      answerWithProblem(error, request, reply);
    },
    clientErrorHandler: refuseBrokenRequest,
  });
  app.server.maxConnections = connectionsMax;
  app.server.headersTimeout = requestTimeoutMs;
  app.addConstraintStrategy(byQuery);
  continueWhenAdmitted(app);
  app.addHook("onRequest", async ({ raw }, reply) => {
    bodyTime.limit(raw, () => {
      if (reply.raw.headersSent) raw.destroy();
      else refuseBrokenRequest(tooSlow, raw.socket);
    });
  });
  app.setErrorHandler(answerWithProblem);
  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ ...securityHeaders, "x-request-id": request.id });
  });
  app.addHook("onResponse", async (request, reply) => {
    const { method, ip } = request;
    const { address } = splitTarget(request.raw.url ?? "/");
    const ms = Math.round(reply.elapsedTime);
    request.log.debug({ method, address, ip, status: reply.statusCode, ms }, "request");
  });
  takeJson(app);
  return app;
}

/** JSON is the only kind of body; one that does not say what it is is taken for it. */
function takeJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook("onRequest", async (request) => {
    request.headers["content-type"] ??= "application/json";
    const coding = request.headers["content-encoding"] ?? "identity";
    if (coding.trim().toLowerCase() === "identity") return;
    throw new TsunagiError(
      "MEDIA_TYPE_UNSUPPORTED",
      `the body is compressed ('${coding.slice(0, 100)}')`,
      { hint: "Send it as it is, without Content-Encoding." },
    );
  });
  app.addContentTypeParser(
    /^application\/(?:[\w.+-]+\+)?json\b/i,
    { parseAs: "buffer" },
    async (_request: FastifyRequest, body: Buffer) => parseJsonBody(body),
  );
  app.addContentTypeParser("*", async (request: FastifyRequest) => {
    const kind = String(request.headers["content-type"]).slice(0, 100);
    throw new TsunagiError(
      "MEDIA_TYPE_UNSUPPORTED",
      `the body is of the kind '${kind}', not JSON`,
      {
        hint: "Send JSON with 'Content-Type: application/json'.",
      },
    );
  });
}

/** Files come as they are, whatever they are; who takes one reads it from the connection. */
function takeFiles(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null, undefined));
}

/** Tells requests about a field's file from those about its object. */
const byQuery: Constraint = {
  name: "query",
  storage() {
    const handlers = new Map<unknown, Handler>();
    return {
      get: (value) => handlers.get(value) ?? null,
      set: (value, handler) => void handlers.set(value, handler),
    };
  },
  deriveConstraint: ({ url = "/" }) => (namesField(url) ? "field" : undefined),
};

type Constraint = Parameters<FastifyInstance["addConstraintStrategy"]>[0];
type Handler = Parameters<ReturnType<Constraint["storage"]>["set"]>[1];

/** Who asks before he sends a file (`Expect: 100-continue`) is told to go on only when it would be taken. */
function continueWhenAdmitted(app: FastifyInstance): void {
  app.server.on("checkContinue", (request, response) => {
    const { address } = splitTarget(request.url ?? "/");
    const isFile = namesField(request.url ?? "/") || address === uploadAddress;
    if (!isFile) response.writeContinue();
    app.server.emit("request", request, response);
  });
}

const tooSlow = Object.assign(new Error("the body did not arrive in time"), {
  code: "ERR_HTTP_REQUEST_TIMEOUT",
});

/** What is no HTTP, too large a head or too slow does not reach Fastify. */
function refuseBrokenRequest(error: Error & { code: string }, socket: Socket): void {
  if (socket.destroyed || !socket.writable) return;
  const [status, message] = brokenRequests[error.code] ?? ["400 Bad Request", "this is not HTTP"];
  const failure = new TsunagiError("ARGUMENT_INVALID", `the request is not valid: ${message}`);
  const body = JSON.stringify({
    ...problemOf(failure, randomUUID(), "en"),
    status: Number.parseInt(status, 10),
  });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: ${problemMediaType}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

const brokenRequests: Record<string, [status: string, message: string]> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "its headers are larger than 16 KB"],
  HPE_INVALID_URL: ["400 Bad Request", "its address is not percent-encoded"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", "it did not arrive in time"],
};

function urlOf(app: FastifyInstance, host: string): string {
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}
