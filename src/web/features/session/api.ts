import { request } from "../../client/request.ts";

export function signIn(body: { name: string; password: string }): Promise<{ user: string }> {
  return request("/.login", { method: "POST", body });
}

export function signOut(): Promise<null> {
  return request("/.logout", { method: "POST" });
}
