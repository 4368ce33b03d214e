import type { ProblemDocument } from "#contract";
import { language, t } from "../ui/text.ts";
import { addressOfPath } from "./address.ts";
import { sessionEnd } from "./session-end.ts";

/** Requests to the server, always below `/.api/v1/`: the pages' own addresses would fill the Back button with data. */

/** What the server refused, with everything it said about it. */
export class Problem extends Error {
  override name = "Problem";
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument) {
    super(document.detail);
    this.document = document;
  }

  get code(): string {
    return this.document.code;
  }
}

export interface RequestOptions {
  method?: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  body?: unknown;
  /** A file as the body. */
  file?: Blob;
  /** The revision that a change is based on. */
  revision?: number;
  /** Makes an object, and replaces none. */
  isNew?: boolean;
  signal?: AbortSignal;
}

/** Asks for the object at a path, or what its query names. */
export function requestObject<Result>(
  path: string,
  query: Query = {},
  options: RequestOptions = {},
): Promise<Result> {
  return request(`/.api/v1/objects${addressOfPath(path)}${queryText(query)}`, options);
}

/** Values of an address; undefined ones are left out. */
export type Query = Record<string, string | number | undefined>;

export function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

/** Asks for any address; throws a {@link Problem} if the answer is one, or if there is no answer. */
export async function request<Result>(
  address: string,
  options: RequestOptions = {},
): Promise<Result> {
  const { method = "GET", body, file, revision, isNew, signal } = options;
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: {
        accept: "application/json",
        "accept-language": language,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(file === undefined ? {} : { "content-type": file.type || "application/octet-stream" }),
        ...(revision === undefined ? {} : { "if-match": `"${revision}"` }),
        ...(isNew === true ? { "if-none-match": "*" } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(file === undefined ? {} : { body: file }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Problem(unreachable());
  }
  const text = await response.text();
  if (response.ok) return (text === "" ? null : JSON.parse(text)) as Result;
  const problem = problemOf(response.status, text);
  if (problem.code === "NOT_SIGNED_IN") {
    const again = sessionEnd.signedInAgain();
    if (again !== undefined) {
      await again;
      return request(address, options);
    }
  }
  throw new Problem(problem);
}

function problemOf(status: number, text: string): ProblemDocument {
  try {
    const document = JSON.parse(text) as ProblemDocument;
    if (typeof document.code === "string") return document;
  } catch {
    // A proxy in between answers with a page of its own.
  }
  return {
    ...unreachable(),
    status,
    detail: t("unreachable.foreign", { status }),
  };
}

function unreachable(): ProblemDocument {
  return {
    type: "urn:tsunagi:error:SERVER_UNREACHABLE",
    status: 503,
    code: "SERVER_UNREACHABLE",
    title: t("unreachable.title"),
    detail: t("unreachable.detail"),
    details: {},
    hint: t("unreachable.hint"),
    requestId: "",
  };
}
