import type { ProblemDocument } from "#contract";
import { language, t } from "../ui/text.ts";
import { addressOfPath } from "./address.ts";

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
  /** The revision that a change is based on. */
  revision?: number;
  signal?: AbortSignal;
}

/** Asks for the object at a path, or what its query names. */
export function requestObject<Result>(
  path: string,
  query: Record<string, string | number> = {},
  options: RequestOptions = {},
): Promise<Result> {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)]),
  );
  const suffix = search.size === 0 ? "" : `?${search.toString()}`;
  return request(`/.api/v1/objects${addressOfPath(path)}${suffix}`, options);
}

/** Asks for any address; throws a {@link Problem} if the answer is one, or if there is no answer. */
export async function request<Result>(
  address: string,
  options: RequestOptions = {},
): Promise<Result> {
  const { method = "GET", body, revision, signal } = options;
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: {
        accept: "application/json",
        "accept-language": language,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(revision === undefined ? {} : { "if-match": `"${revision}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Problem(unreachable());
  }
  const text = await response.text();
  if (response.ok) return (text === "" ? null : JSON.parse(text)) as Result;
  throw new Problem(problemOf(response.status, text));
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
