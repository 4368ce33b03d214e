import { z } from "zod";
import {
  explanationDocument,
  grantBody,
  grantDocument,
  groupBody,
  objectDocument,
  objectRightsDocument,
  rightNames,
  userBody,
  userRightsDocument,
} from "#contract";
import { TsunagiError } from "#kernel";
import { reasonOf } from "./reason.ts";
import { flag, given, route } from "./route.ts";

/** Who may do what; users and groups. They are read as objects, at /system/users and /system/groups. */

export const permissionRoutes = [
  route({
    method: "GET",
    address: "/.api/v1/rights",
    summary: "Who can do what on an object, what a user can do, and why",
    description:
      "With `path`: who can do what on that object. With `user`, and perhaps `below`: what he can do. With `user`, `path` and `right`: why he may do that, or may not. Needs manage on the object, but for questions about oneself.",
    query: z.strictObject({
      path: z.string().max(1024).optional(),
      user: z.string().max(128).optional(),
      below: z.string().max(1024).optional().describe("Of a user: only in or below this object"),
      right: z.enum(rightNames).optional(),
    }),
    answers: {
      200: {
        description: "The report",
        schema: z.union([objectRightsDocument, userRightsDocument, explanationDocument]),
      },
    },
    handle: async (ask) => {
      const { path, user, below, right } = ask.query;
      if (user === undefined && path !== undefined) return ask.call("rights.ofObject", { path });
      if (user === undefined) {
        throw new TsunagiError("ARGUMENT_INVALID", "rights of what, or of whom?", {
          hint: "give path=PATH, or user=NAME",
        });
      }
      if (path === undefined) return ask.call("rights.ofUser", { user, ...given({ below }) });
      return ask.call("rights.explain", { user, path, right: right ?? "read" });
    },
  }),
  route({
    method: "POST",
    address: "/.api/v1/rights",
    summary: "Grant rights on an object and all below it, or take them away",
    body: grantBody,
    answers: { 200: { description: "The grant as it is now", schema: grantDocument } },
    handle: (ask) => {
      const { reason, ...body } = ask.body;
      return ask.call("rights.grant", { ...body, ...reasonOf(ask, reason) });
    },
  }),
  route({
    method: "POST",
    address: "/.api/v1/users",
    summary: "Make a user",
    body: userBody,
    answers: { 201: { description: "Made", schema: objectDocument } },
    handle: async (ask) => {
      const { reason, ...body } = ask.body;
      const made = await ask.call("users.create", { ...given(body), ...reasonOf(ask, reason) });
      ask.reply.code(201);
      return made;
    },
  }),
  route({
    method: "PATCH",
    address: "/.api/v1/users",
    summary: "Change fields of a user, his password, or whether he is disabled",
    body: userBody,
    answers: { 200: { description: "Changed", schema: objectDocument } },
    handle: (ask) => {
      const { reason, ...body } = ask.body;
      return ask.call("users.change", { ...given(body), ...reasonOf(ask, reason) });
    },
  }),
  route({
    method: "POST",
    address: "/.api/v1/groups",
    summary: "Make a group",
    body: groupBody,
    answers: { 201: { description: "Made", schema: objectDocument } },
    handle: async (ask) => {
      const { reason, ...body } = ask.body;
      const made = await ask.call("groups.create", { ...given(body), ...reasonOf(ask, reason) });
      ask.reply.code(201);
      return made;
    },
  }),
  route({
    method: "PATCH",
    address: "/.api/v1/groups",
    summary: "Change fields or members of a group",
    body: groupBody,
    answers: { 200: { description: "Changed", schema: objectDocument } },
    handle: (ask) => {
      const { reason, ...body } = ask.body;
      return ask.call("groups.change", { ...given(body), ...reasonOf(ask, reason) });
    },
  }),
  route({
    method: "DELETE",
    address: "/.api/v1/groups",
    summary: "Take a group away, with its grants",
    description: "Refused while values of fields name it.",
    query: z.strictObject({
      name: z.string().min(1).max(128),
      force: flag.describe("Also if objects are left that only administrators can manage"),
    }),
    answers: { 204: { description: "Deleted" } },
    handle: async (ask) => {
      await ask.call("groups.delete", { ...given(ask.query), ...reasonOf(ask) });
      return ask.reply.code(204).send();
    },
  }),
];
