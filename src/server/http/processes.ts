import { z } from "zod";
import {
  consoleDocument,
  historyDocument,
  listDocument,
  objectDocument,
  processOrderBody,
  rerunStarts,
  startedDocument,
  stepDecisions,
  traceDocument,
  variablesDocument,
} from "#contract";
import { TsunagiError } from "#kernel";
import { wantedOf } from "./accept.ts";
import { read, readQuery } from "./objects.ts";
import { reasonOf } from "./reason.ts";
import { count, flag, given, route, type Ask } from "./route.ts";

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
      jobflow: z.string().optional().describe("Only runs of the jobflow at this path"),
    }),
    answers: {
      200: {
        description: "With `?list` the processes, else the directory",
        schema: z.union([objectDocument, listDocument, historyDocument]),
      },
    },
    handle: async (ask) => {
      const { list, after, limit, state, root, jobflow, q, sort, ...query } = ask.query;
      // No past is kept of processes, and that is said where that of objects is.
      if (list === true && query["as-of"] !== undefined) {
        return read({ ...ask, query: { ...query, q, sort, after, limit, list } });
      }
      if (list !== true) {
        if (jobflow !== undefined) throw onlyWith("jobflow", "list");
        if (state !== undefined) throw onlyWith("state", "list");
        if (root !== undefined) throw onlyWith("root", "list");
        return read({ ...ask, query: { ...query, q, sort, after, limit, list } });
      }
      if (q !== undefined || sort !== undefined) {
        if (state !== undefined)
          throw notWith("state", "q", "add it to the search: state = running");
        if (root !== undefined) throw notWith("root", "q", "ask for one of them");
        if (jobflow !== undefined) throw notWith("jobflow", "q", "ask for one of them");
        const found = await ask.call("objects.search", {
          directory: "/process",
          ...given({ q, sort, limit, cursor: after }),
        });
        return { items: found.items, next: found.next };
      }
      return ask.call("processes.list", given({ after, limit, state, root, jobflow }));
    },
  }),
  route({
    method: "GET",
    address: "/process/{id}",
    summary: "Read a process, its console, its trace or its variables",
    description:
      "With `Accept: text/plain` the console comes as plain lines. The variables are those of the process's last stored turn; they are for who started it and for administrators.",
    query: readQuery.extend({
      console: flag.describe("The lines of its console instead of the process"),
      trace: flag.describe("What it did, job by job, instead of the process"),
      variables: flag.describe("Its calls with their variables instead of the process"),
      after: z
        .string()
        .optional()
        .describe("Of a console or trace: only lines or jobs with a greater number"),
    }),
    answers: {
      200: {
        description: "The process, or with `?console` the lines, with `?trace` the jobs",
        schema: z.union([
          objectDocument,
          consoleDocument,
          traceDocument,
          variablesDocument,
          listDocument,
          historyDocument,
        ]),
        isText: true,
      },
    },
    handle: async (ask) => {
      const { console: isConsole, trace, variables, ...query } = ask.query;
      if (variables === true) return ask.call("processes.variables", { id: idOf(ask) });
      if (isConsole !== true && trace !== true) return read({ ...ask, query });
      const after = count.parse(query.after);
      const page = {
        id: idOf(ask),
        ...(after === undefined ? {} : { after }),
        ...(query.limit === undefined ? {} : { limit: query.limit }),
      };
      if (trace === true) return ask.call("processes.trace", page);
      const document = await ask.call("processes.console", page);
      ask.reply.header("vary", "accept");
      if (wantedOf(ask.request.headers.accept, ["json", "text"]) !== "text") return document;
      ask.reply.type("text/plain; charset=utf-8");
      return document.lines.map(({ text }) => `${text}\n`).join("");
    },
  }),
  route({
    method: "POST",
    address: "/process/{id}",
    summary:
      "Cancel, suspend, resume or re-run a process, switch its step mode, or decide about what it is held before",
    description:
      "A suspended process and its children do not go on until it is resumed; what a running command gives is taken in and waits. `rerun` makes a new process: with `start` of the jobflow as it is saved now, with the same parameters; with `failed` from the job that failed, with the program and the state that it had. In step mode a process stops before each command, and whatever else it does outside, with the state `suspended`. `held` in its fields says what it is about to do, and at which turn; a decision names that turn, and is refused when the process has gone on meanwhile. `go` does it, `skip` leaves it out (it then succeeded, with empty output), `abort` ends the process, `free` does it and switches step mode off.",
    query: z.strictObject({
      cancel: flag.describe("Stop what it does and end it"),
      suspend: flag.describe("Let nothing of it and its children go on"),
      resume: flag.describe("Let a suspended one and its children go on"),
      rerun: z.enum(rerunStarts).optional().describe("Do an ended one again"),
      step: flag.describe(
        "Switch step mode on or off, for it and all that stem from the same process; with `rerun`, of the new one",
      ),
      decide: z.enum(stepDecisions).optional().describe("About what it is held before"),
      turn: count.describe("With `decide`: the turn at which it was seen"),
    }),
    body: processOrderBody,
    answers: { 202: { description: "It is being done", schema: startedDocument } },
    handle: async (ask) => {
      const { cancel, suspend, resume, rerun, step, decide, turn } = ask.query;
      const id = idOf(ask);
      const why = reasonOf(ask, ask.body?.reason);
      const orders = {
        cancel: cancel === true && (() => ask.call("processes.cancel", { id, ...why })),
        suspend: suspend === true && (() => ask.call("processes.suspend", { id, ...why })),
        resume: resume === true && (() => ask.call("processes.resume", { id })),
        rerun:
          rerun !== undefined &&
          (() => {
            const { variables } = ask.body ?? {};
            return ask.call("processes.rerun", {
              id,
              from: rerun,
              ...given({ variables, step }),
            });
          }),
        step:
          step !== undefined &&
          rerun === undefined &&
          (() => ask.call("processes.step", { id, step })),
        decide:
          decide !== undefined &&
          (() => {
            if (turn === undefined) throw needsTurn();
            return ask.call("processes.decide", { id, turn, decision: decide });
          }),
      };
      const [order, ...others] = Object.values(orders).filter((each) => each !== false);
      if (order === undefined || others.length > 0) throw needsOneOrder();
      const done = await order();
      ask.reply.code(202);
      return done ?? { process: ask.path() };
    },
  }),
];

function idOf(ask: Ask<unknown, unknown>): number {
  const { id } = ask.request.params as { id: string };
  return z.coerce.number().int().max(Number.MAX_SAFE_INTEGER).parse(id, { reportInput: false });
}

function needsOneOrder(): TsunagiError {
  return new TsunagiError(
    "METHOD_NOT_ALLOWED",
    "POST on a process needs to say what to do, and one thing at a time",
    {
      hint: "Add ?cancel to cancel it, ?suspend, ?resume, ?rerun=start or ?rerun=failed, ?step or ?step=false, or ?decide=go&turn=12.",
    },
  );
}

function needsTurn(): TsunagiError {
  return new TsunagiError("ARGUMENT_INVALID", "a decision names the turn that it is about", {
    details: { fields: [{ field: "turn", message: "missing" }] },
    hint: "It stands in the process's field 'held'; add it as &turn=12.",
  });
}

function notWith(name: string, other: string, hint: string): TsunagiError {
  return new TsunagiError(
    "ARGUMENT_INVALID",
    `'${name}' in the query does not go with '${other}' or 'sort'`,
    { details: { fields: [{ field: name, message: `not with ?${other}` }] }, hint },
  );
}

function onlyWith(name: string, other: string): TsunagiError {
  return new TsunagiError("ARGUMENT_INVALID", `'${name}' in the query needs '${other}', too`, {
    details: { fields: [{ field: name, message: `only with ?${other}` }] },
  });
}
