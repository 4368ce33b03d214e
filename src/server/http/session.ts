import { z } from "zod";
import { TsunagiError } from "#kernel";
import { assertSameOrigin, sessionCookie } from "./credentials.ts";
import { route, type Ask } from "./route.ts";

/** Signing in and out, and who one is. */

export const meDocument = z.object({
  user: z.string(),
  isAdministrator: z.boolean(),
  language: z
    .string()
    .nullable()
    .describe("As the user has set it, such as `ja`; null: as the browser has it"),
  via: z.enum(["session", "token"]),
});

export const sessionRoutes = [
  route({
    method: "POST",
    address: "/.login",
    summary: "Sign in; the session comes as a cookie",
    isOpen: true,
    body: z.strictObject({
      name: z.string().min(1).max(128),
      password: z.string().min(1).max(1024),
    }),
    answers: { 200: { description: "Signed in", schema: z.object({ user: z.string() }) } },
    handle: async (ask) => {
      const { headers } = ask.request;
      // Else another site could sign people in as somebody they are not.
      if (headers.origin !== undefined || headers["sec-fetch-site"] !== undefined) {
        assertSameOrigin(headers);
      }
      const { session, user } = await ask.call("identity.signIn", {
        ...ask.body,
        from: ask.request.ip,
      });
      ask.reply.setCookie(sessionCookie, session, cookieOptions(ask));
      return { user };
    },
  }),
  route({
    method: "POST",
    address: "/.logout",
    summary: "Sign out",
    isOpen: true,
    body: z.unknown().describe("Left out of account"),
    answers: { 204: { description: "Signed out" } },
    handle: async (ask) => {
      if (ask.credentials.kind === "session") await signOut(ask);
      return ask.reply.clearCookie(sessionCookie, cookieOptions(ask)).code(204).send();
    },
  }),
  route({
    method: "GET",
    address: "/.api/v1/me",
    summary: "Who one is signed in as",
    answers: { 200: { description: "The user", schema: meDocument } },
    handle: (ask) => ask.call("identity.whoami", {}),
  }),
];

/** A session that has ended meanwhile is as good as signed out. */
async function signOut(ask: Ask<unknown, unknown>): Promise<void> {
  try {
    await ask.call("identity.signOut", {});
  } catch (error) {
    if (!(error instanceof TsunagiError && error.status === 401)) throw error;
  }
}

function cookieOptions(ask: Ask<unknown, unknown>) {
  // A proxy ends TLS for us; who forges the header only loses his own cookie.
  const isForwardedTls = ask.request.headers["x-forwarded-proto"] === "https";
  return {
    path: "/",
    httpOnly: true,
    sameSite: "strict",
    secure: ask.request.protocol === "https" || isForwardedTls,
  } as const;
}
