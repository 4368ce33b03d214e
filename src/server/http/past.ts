import { z } from "zod";
import {
  changeListDocument,
  copyBody,
  moment,
  moveBody,
  objectDocument,
  oneChangeDocument,
  restoreBody,
  restoredDocument,
  undoBody,
  undoDocument,
} from "#contract";
import { addressOfPath } from "./address.ts";
import { reasonOf } from "./reason.ts";
import { type Ask, count, given, pageLimit, route } from "./route.ts";

/** Changes: which there were, and taking them back; and what is done with whole trees. */

export const pastRoutes = [
  route({
    method: "GET",
    address: "/.api/v1/changes",
    summary: "List changes, the newest first",
    description: "Only those that changed something that you may read.",
    query: z.strictObject({
      author: z.string().optional().describe("Only what this user changed"),
      process: z.string().optional().describe("Only what this process changed: /process/17"),
      cause: z.string().optional().describe("Only what has this cause, such as `import`"),
      from: moment.optional().describe("Only after that moment"),
      to: moment.optional().describe("Only up to that moment"),
      below: z.string().optional().describe("Only of objects in or below this directory"),
      before: count.describe("`next` of the page before"),
      limit: pageLimit.describe("How many rows at most"),
    }),
    answers: { 200: { description: "A page of changes", schema: changeListDocument } },
    handle: (ask) => ask.call("changes.list", given(ask.query)),
  }),
  route({
    method: "GET",
    address: "/.api/v1/changes/{id}",
    summary: "Read a change: what it did to which objects",
    query: z.strictObject({
      after: z.string().optional().describe("`next` of the page before"),
      limit: pageLimit.describe("How many objects at most"),
    }),
    answers: { 200: { description: "The change", schema: oneChangeDocument } },
    handle: (ask) => ask.call("changes.get", { id: idOf(ask), ...given(ask.query) }),
  }),
  route({
    method: "POST",
    address: "/.api/v1/undo",
    summary: "Take changes back: a value, an object, a change, what somebody did, a period",
    description:
      "What is undone is what fits all that is given. Nothing is done (409, UNDO_CONFLICT) if later changes are in the way, unless `skipConflicts` leaves them out or `force` names them. An undo is a change, and can be undone.",
    body: undoBody,
    answers: { 200: { description: "What was done, or would be", schema: undoDocument } },
    handle: (ask) => {
      const body = { ...ask.body, ...reasonOf(ask, ask.body.reason) };
      return ask.call(body.dryRun === true ? "objects.previewUndo" : "objects.undo", body);
    },
  }),
  route({
    method: "POST",
    address: "/.api/v1/restore",
    summary: "Put a deleted object back, with what was deleted from below it",
    body: restoreBody,
    answers: { 200: { description: "What was done, or would be", schema: restoredDocument } },
    handle: (ask) => {
      const body = { ...ask.body, ...reasonOf(ask, ask.body.reason) };
      return ask.call(body.dryRun === true ? "objects.previewRestore" : "objects.restore", body);
    },
  }),
  route({
    method: "POST",
    address: "/.api/v1/copy",
    summary: "Copy an object and all below it",
    description:
      "References inside of what is copied point into the copy. Grants are not copied; passwords only if you may manage the original.",
    body: copyBody,
    answers: { 201: { description: "The copy", schema: objectDocument } },
    handle: async (ask) => {
      const object = await ask.call("objects.copy", {
        ...ask.body,
        ...reasonOf(ask, ask.body.reason),
      });
      ask.reply.code(201).header("location", addressOfPath(object.path));
      return object;
    },
  }),
  route({
    method: "POST",
    address: "/.api/v1/move",
    summary: "Rename or move an object, with all below it",
    body: moveBody,
    answers: { 200: { description: "The object at its new path", schema: objectDocument } },
    handle: (ask) => ask.call("objects.move", { ...ask.body, ...reasonOf(ask, ask.body.reason) }),
  }),
];

function idOf(ask: Ask<unknown, unknown>): number {
  const { id } = ask.request.params as { id: string };
  return z.coerce.number().int().max(Number.MAX_SAFE_INTEGER).parse(id, { reportInput: false });
}
