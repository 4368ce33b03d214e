import { useSyncExternalStore } from "react";
import { addressOfPath, pathOfAddress } from "./address.ts";
import { queryText, type Query } from "./request.ts";

/**
 * Where the application is: the browser's own address, and nothing beside it. Names of objects may hold whatever
 * a router takes for its own (`$name`, `*`, dots), so addresses go to the history as they are.
 *
 * A parameter `as-of` is a moment of the past in which the whole application stands; links keep it.
 */

export interface Address {
  pathname: string;
  /** Of the object that it shows; undefined if it shows none. */
  path: string | undefined;
  params: URLSearchParams;
  hash: string;
}

export type Params = Query;

const listeners = new Set<() => void>();
let known: Address | undefined;

/** The address as it is now. */
export function currentAddress(): Address {
  if (known === undefined) {
    known = readAddress();
    window.addEventListener("popstate", () => {
      known = readAddress();
      tell();
    });
  }
  return known;
}

function readAddress(): Address {
  const { pathname, search, hash } = window.location;
  return {
    pathname,
    path: pathOfAddress(pathname),
    params: new URLSearchParams(search),
    hash: decodeHash(hash),
  };
}

function decodeHash(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The address; the component draws itself again when it changes. */
export function useAddress(): Address {
  return useSyncExternalStore(subscribe, currentAddress);
}

/** Goes to an address of this application. */
export function navigate(href: string, options: { replace?: boolean } = {}): void {
  const { pathname } = currentAddress();
  if (options.replace === true) window.history.replaceState(null, "", href);
  else window.history.pushState(null, "", href);
  const arrived = readAddress();
  known = arrived;
  if (options.replace !== true && arrived.pathname !== pathname) window.scrollTo(0, 0);
  tell();
}

/** The address of an object, in the moment in which the application stands. */
export function hrefOf(path: string, params: Params = {}): string {
  const moment = currentAddress().params.get("as-of");
  const all = moment === null || "as-of" in params ? params : { ...params, "as-of": moment };
  return addressOfPath(path) + queryText(all);
}

/** Goes to an object, or to a page of the application such as `/.search`. */
export function open(path: string, params: Params = {}, hash = ""): void {
  navigate(hrefOf(path, params) + (hash === "" ? "" : `#${encodeURIComponent(hash)}`));
}

/** Changes parameters of the address; undefined takes one out. What is a step of its own gets an entry of the history. */
export function setParams(changes: Params, options: { replace?: boolean } = {}): void {
  const params = new URLSearchParams(currentAddress().params);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) params.delete(name);
    else params.set(name, String(value));
  }
  const text = params.toString();
  navigate(currentAddress().pathname + (text === "" ? "" : `?${text}`), options);
}
