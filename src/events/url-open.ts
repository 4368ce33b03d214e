/**
 * `urlopen`: requests that the server itself sends. A request leaves at most once:
 *
 *   accepted ──(marked begun, on disk)──► sent ──► its answer is the outcome
 *
 * A server that starts and finds one marked begun does not know what became of it, and says so (`unknown`); one that
 * was not marked has never left, and is sent now.
 */
import type { Transaction } from "#database";
import { BinaryValue, type Outcome, type Reason, type Value } from "#machine";
import type { Acceptance, EffectHandler, EffectHost, NewEffect, OpenEffect } from "#processes";
import { HttpFault, sendRequest, type HttpRequest, type HttpResponse } from "./http-request.ts";
import { ArgumentFault, readArguments } from "./url-arguments.ts";

export interface UrlOpenOptions {
  host: Pick<EffectHost, "complete" | "update">;
  /** A failure of the database, which nobody waits for. */
  onFailure: (error: unknown, process: number) => void;
}

interface Detail {
  isBegun: boolean;
}

export class UrlOpen implements EffectHandler {
  readonly kinds: readonly string[] = ["external:urlopen"];
  readonly #host: UrlOpenOptions["host"];
  readonly #onFailure: UrlOpenOptions["onFailure"];
  readonly #open = new Map<number, AbortController>();

  constructor({ host, onFailure }: UrlOpenOptions) {
    this.#host = host;
    this.#onFailure = onFailure;
  }

  async accept(_transaction: Transaction, effect: NewEffect): Promise<Acceptance> {
    try {
      requestOf(effect);
    } catch (error) {
      if (!(error instanceof ArgumentFault)) throw error;
      return { kind: "failed", outcome: failure("evaluation", error.message) };
    }
    return { kind: "accepted", detail: { isBegun: false } satisfies Detail };
  }

  dispatch(effect: OpenEffect): void {
    const controller = new AbortController();
    this.#open.set(effect.number, controller);
    this.#give(effect, controller.signal)
      .catch((error: unknown) => this.#onFailure(error, effect.process))
      .finally(() => this.#open.delete(effect.number));
  }

  abandon(effect: OpenEffect): void {
    this.#open.get(effect.number)?.abort();
  }

  /** Its process stays with this server until the answer has come: no other one could know what it is. */
  isUnderWay(number: number): boolean {
    return this.#open.has(number);
  }

  restore(effects: OpenEffect[]): void {
    for (const effect of effects) {
      if ((effect.detail as Detail | null)?.isBegun !== true) this.dispatch(effect);
      else {
        const message =
          "the server was stopped while the request was under way; whether it was served is not known";
        this.#host
          .complete(effect, failure("unknown", message))
          .catch((error: unknown) => this.#onFailure(error, effect.process));
      }
    }
  }

  async #give(effect: OpenEffect, signal: AbortSignal): Promise<void> {
    const isStillWanted = await this.#host.update(effect, { isBegun: true } satisfies Detail);
    if (!isStillWanted || signal.aborted) return;
    const outcome = await outcomeOf(requestOf(effect), signal);
    if (!signal.aborted) await this.#host.complete(effect, outcome);
  }
}

function requestOf({ wait }: NewEffect): HttpRequest {
  if (wait.kind !== "external") throw new ArgumentFault(`'${wait.kind}' is no request`);
  return readArguments(wait.positional, wait.named);
}

async function outcomeOf(request: HttpRequest, signal: AbortSignal): Promise<Outcome> {
  let response: HttpResponse;
  try {
    response = await sendRequest(request, signal);
  } catch (error) {
    if (error instanceof HttpFault) return failure(reasonOf(request, error), error.message);
    throw error;
  }
  const { status } = response;
  if (status < 400) return { status: 0, result: resultOf(response), error: null, reason: null };
  const place = `${request.url.protocol}//${request.url.host}`;
  return { status, result: null, error: `${place} answered with status ${status}`, reason: "exit" };
}

/** What only reads has no fate that one must know; anything else that left may have been done. */
function reasonOf({ method }: HttpRequest, { kind, hasLeft }: HttpFault): Reason {
  const isReading = method === "GET" || method === "HEAD";
  return hasLeft && !isReading && kind !== "limit" ? "unknown" : kind;
}

function resultOf({ status, headers, body }: HttpResponse): Value {
  return new Map<string, Value>([
    ["status", status],
    ["headers", new Map(Object.entries(headers))],
    ["body", textOrBytes(body, charsetOf(headers["content-type"] ?? ""))],
  ]);
}

function charsetOf(contentType: string): string {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? "utf-8";
}

/** Bytes where it is no text of that character set, or nobody knows the set. */
function textOrBytes(body: Uint8Array, charset: string): Value {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return new BinaryValue(body);
  }
}

function failure(reason: Reason, error: string): Outcome {
  return { status: -1, result: null, error, reason };
}
