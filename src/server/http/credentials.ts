import type { IncomingMessage } from "node:http";
import { fastifyCookie } from "@fastify/cookie";
import { TsunagiError } from "#kernel";
import type { Credentials } from "../operations.ts";

/**
 * How a request shows who sends it. Only gathered here: the house checks them at each call.
 *
 * A browser sends the cookie along whoever made it send the request, so a write, and a WebSocket, with
 * nothing but the cookie must come from a page of ours: {@link assertSameOrigin}.
 */

export const sessionCookie = "tsunagi_session";

/** A token counts more than a cookie that happens to come along. */
export function credentialsOf(headers: IncomingMessage["headers"]): Credentials {
  const token = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  if (token !== undefined) return { kind: "token", token };
  if (headers.authorization !== undefined) {
    throw new TsunagiError("TOKEN_INVALID", "the Authorization header holds no bearer token", {
      hint: "Send 'Authorization: Bearer TOKEN'.",
    });
  }
  const session = fastifyCookie.parse(headers.cookie ?? "")[sessionCookie];
  return session === undefined || session === "" ? { kind: "none" } : { kind: "session", session };
}

/** Refuses what a page of another site could have made the browser send. */
export function assertSameOrigin(headers: IncomingMessage["headers"]): void {
  const site = headers["sec-fetch-site"];
  const isSame =
    site === undefined ? hostOf(headers.origin) === headers.host : site === "same-origin";
  if (isSame) return;
  throw new TsunagiError(
    "PERMISSION_DENIED",
    "a session may only be used from the server's own pages",
    {
      details: { origin: headers.origin ?? null, host: headers.host ?? null },
      hint: "Programs use a token: 'Authorization: Bearer TOKEN'. A proxy has to pass on the Host header.",
    },
  );
}

function hostOf(origin: string | string[] | undefined): string | null {
  return typeof origin === "string" && URL.canParse(origin) ? new URL(origin).host : null;
}
