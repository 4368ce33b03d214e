import { z } from "zod";
import { madeTokenDocument, tokenBody, tokenListDocument } from "#contract";
import { route } from "./route.ts";

/** One's own tokens for programs. */

export const tokenRoutes = [
  route({
    method: "GET",
    address: "/.api/v1/tokens",
    summary: "List one's own tokens, the revoked ones included, without their texts",
    answers: { 200: { description: "The oldest first", schema: tokenListDocument } },
    handle: (ask) => ask.call("tokens.list", {}),
  }),
  route({
    method: "POST",
    address: "/.api/v1/tokens",
    summary: "Make a token that may do what oneself may",
    description: "In a session only, not with a token.",
    body: tokenBody,
    answers: {
      201: { description: "Made; its text is shown this once", schema: madeTokenDocument },
    },
    handle: async (ask) => {
      const made = await ask.call("tokens.create", ask.body);
      ask.reply.code(201);
      return made;
    },
  }),
  route({
    method: "POST",
    address: "/.api/v1/tokens/revoke",
    summary: "Make one of one's own tokens useless at once",
    description: "In a session only, not with a token.",
    body: z.strictObject({ id: z.number().int() }),
    answers: { 204: { description: "Revoked" } },
    handle: async (ask) => {
      await ask.call("tokens.revoke", ask.body);
      return ask.reply.code(204).send();
    },
  }),
];
