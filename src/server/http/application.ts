import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fastifyStatic } from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { TsunagiError } from "#kernel";
import type { SendApplication } from "./route.ts";

/** Which installation this is, as its pages say it: several may be open at night. */
export interface Instance {
  name: string;
  /** Of the strip beside the name: red, amber, green, blue, violet; any other is the usual one. */
  colour: string;
}

/**
 * The browser's application: one page for all addresses, and its files below `/.app/`. It holds no data, so it
 * is open; the sign-in page is part of it.
 */
export async function mountApplication(
  app: FastifyInstance,
  webRoot: string,
  instance: Instance | undefined,
): Promise<SendApplication> {
  await app.register(fastifyStatic, {
    root: webRoot,
    prefix: "/.app/",
    index: false,
    decorateReply: false,
    suppressWarning: true,
    cacheControl: false,
    // `npm run build` puts them beside the files.
    preCompressed: true,
    setHeaders: (reply, path) => {
      // Vite puts a hash of the content into these names.
      const isHashed = path.includes("/assets/");
      reply.header("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  const sendApplication: SendApplication = async (_request, reply) =>
    reply
      .header("cache-control", "no-cache")
      .header("vary", "accept")
      .type("text/html; charset=utf-8")
      .send(await readPage(webRoot));
  app.get("/.login", sendApplication);
  app.get("/.app/instance.json", (_request, reply) =>
    reply.header("cache-control", "no-cache").send({ instance: instance ?? null }),
  );
  return sendApplication;
}

async function readPage(webRoot: string): Promise<Buffer> {
  try {
    return await readFile(join(webRoot, "index.html"));
  } catch (cause) {
    throw new TsunagiError("ROUTE_NOT_FOUND", "the browser's application is not built", {
      hint: "Run `npm run build` in the project's folder.",
      cause,
    });
  }
}
