import { z } from "zod";
import { consoleDocument, listDocument, objectDocument, startedDocument } from "#contract";
import { TsunagiError } from "#kernel";
import { wantedOf } from "./accept.ts";
import { historyDocument, read, readQuery } from "./objects.ts";
import { count, flag, route, type Ask } from "./route.ts";

/** Processes are objects below `/process`; they also have a console, and can be cancelled. */

const processStates = [
  "new",
  "ready",
  "running",
  "waiting",
  "suspended",
  "done",
  "aborted",
  "cancelled",
] as const;

export const processRoutes = [
  route({
    method: "GET",
    address: "/process",
    summary: "List processes, the newest first",
    query: readQuery.extend({
      state: z
        .enum([...processStates, "live"])
        .optional()
        .describe("Only of that state; `live` is all that have not ended"),
      root: count.describe("Only this process, by number, and all that stem from it"),
    }),
    answers: {
      200: {
        description: "With `?list` the processes, else the directory",
        schema: z.union([objectDocument, listDocument, historyDocument]),
      },
    },
    handle: (ask) => {
      const { list, after, limit, state, root, ...query } = ask.query;
      if (list !== true) {
        if (state !== undefined) throw onlyWith("state", "list");
        if (root !== undefined) throw onlyWith("root", "list");
        return read({ ...ask, query: { ...query, after, limit, list } });
      }
      return ask.call("processes.list", {
        ...(after === undefined ? {} : { after }),
        ...(limit === undefined ? {} : { limit }),
        ...(state === undefined ? {} : { state }),
        ...(root === undefined ? {} : { root }),
      });
    },
  }),
  route({
    method: "GET",
    address: "/process/{id}",
    summary: "Read a process or its console",
    description: "With `Accept: text/plain` the console comes as plain lines.",
    query: readQuery.extend({
      console: flag.describe("The lines of its console instead of the process"),
      after: z.string().optional().describe("Of a console: only lines with a greater number"),
    }),
    answers: {
      200: {
        description: "The process, or with `?console` the lines",
        schema: z.union([objectDocument, consoleDocument, listDocument, historyDocument]),
        isText: true,
      },
    },
    handle: async (ask) => {
      const { console: isConsole, ...query } = ask.query;
      if (isConsole !== true) return read({ ...ask, query });
      const after = count.parse(query.after);
      const document = await ask.call("processes.console", {
        id: idOf(ask),
        ...(after === undefined ? {} : { after }),
        ...(query.limit === undefined ? {} : { limit: query.limit }),
      });
      ask.reply.header("vary", "accept");
      if (wantedOf(ask.request.headers.accept, ["json", "text"]) !== "text") return document;
      ask.reply.type("text/plain; charset=utf-8");
      return document.lines.map(({ text }) => `${text}\n`).join("");
    },
  }),
  route({
    method: "POST",
    address: "/process/{id}",
    summary: "Cancel a process",
    query: z.strictObject({ cancel: flag.describe("Stop what it does and end it") }),
    body: z.unknown().describe("Left out of account"),
    answers: { 202: { description: "It is being cancelled", schema: startedDocument } },
    handle: async (ask) => {
      if (ask.query.cancel !== true) {
        throw new TsunagiError("METHOD_NOT_ALLOWED", "POST on a process needs to say what to do", {
          hint: "Add ?cancel to cancel it.",
        });
      }
      await ask.call("processes.cancel", { id: idOf(ask) });
      ask.reply.code(202);
      return { process: ask.path() };
    },
  }),
];

function idOf(ask: Ask<unknown, unknown>): number {
  const { id } = ask.request.params as { id: string };
  return z.coerce.number().int().max(Number.MAX_SAFE_INTEGER).parse(id, { reportInput: false });
}

function onlyWith(name: string, other: string): TsunagiError {
  return new TsunagiError("ARGUMENT_INVALID", `'${name}' in the query needs '${other}', too`, {
    details: { fields: [{ field: name, message: `only with ?${other}` }] },
  });
}
