import type { Transaction } from "#database";
import { findPrincipal } from "#identity";
import type { Clock } from "#kernel";
import {
  externalJobs,
  fromJson,
  maskSecrets,
  ObjectValue,
  SecretValue,
  textOf,
  type Context,
  type Dictionary,
  type Outcome,
  type Reason,
  type Value,
} from "#machine";
import type { ObjectStorage } from "#objects";
import {
  toMachineValue,
  type Acceptance,
  type EffectHandler,
  type EffectHost,
  type Engine,
  type NewEffect,
  type OpenEffect,
} from "#processes";
import { textFits } from "./expected-text.ts";
import { GivenSessions, said, type LineAnswer } from "./given-sessions.ts";
import type { GivenAnswer } from "./test-case.ts";

/** Something that the flow asked of the world outside, as people may see it. */
export interface Asked {
  /** `command`, `session` for a line in one, or the name of a job. */
  job: string;
  text: string;
  /** Of a command or a line: where it runs; null without a host. */
  host: string | null;
  /** Of a request. */
  method: string | null;
}

interface Detail {
  host: string | null;
  timeoutSeconds: number | null;
}

export interface GivenAnswersOptions {
  host: EffectHost & Pick<Engine, "secretsOf">;
  objects: ObjectStorage;
  clock: Clock;
  answers: readonly GivenAnswer[];
}

/**
 * The world outside, as a test describes it: takes what leaves the house and gives the first answer that fits and is not
 * used up. What is not answered stays open for ever, and is noted.
 */
export class GivenAnswers implements EffectHandler {
  readonly kinds: readonly string[] = [
    "command",
    ...[...externalJobs, ...sessionSteps].map((name) => `external:${name}`),
  ];
  /** All that was asked, in order. */
  readonly asked: Asked[] = [];
  readonly unanswered: Asked[] = [];
  readonly #options: GivenAnswersOptions;
  readonly #uses = new Map<GivenAnswer, number>();
  readonly #timers = new Map<number, () => void>();
  readonly #sessions = new GivenSessions();

  constructor(options: GivenAnswersOptions) {
    this.#options = options;
  }

  async accept(transaction: Transaction, effect: NewEffect): Promise<Acceptance> {
    const { wait } = effect;
    const isCommand = wait.kind === "command";
    if (!isCommand && (wait.kind !== "external" || !placed.has(wait.name))) {
      return { kind: "accepted", detail: null };
    }
    const context = isCommand ? wait.command.context : wait.context;
    const settings = await this.#settings(transaction, context, effect.principal);
    const option = isCommand ? wait.command.timeout : null;
    const detail: Detail = {
      host: clearText(settings.get("host") ?? null),
      timeoutSeconds: numberOf(option ?? settings.get("timeout") ?? null),
    };
    return { kind: "accepted", detail };
  }

  dispatch(effect: OpenEffect): void {
    const { wait } = effect;
    if (wait.kind === "external" && wait.name.startsWith("session_")) {
      this.#stepSession(effect, wait.name, wait.positional);
      return;
    }
    const clear = askedBy(effect);
    const answer = this.#find(effect, clear);
    const given = answer && whenGiven(answer, effect, clear);
    if (given !== undefined) this.#give(effect, given);
  }

  #stepSession(
    effect: OpenEffect,
    step: string,
    [handle = null, text = null]: readonly Value[],
  ): void {
    switch (step) {
      case "session_open": {
        const { host } = effect.detail as Detail;
        const clear = { job: step, text: host ?? "", host, method: null };
        // That a host can be reached needs not be said.
        const answer = this.#options.answers.find((each) => this.#fits(each, [clear]));
        const opened = { seconds: 0, outcome: said(this.#sessions.open(effect.number, host)) };
        if (answer === undefined) this.#give(effect, opened);
        else {
          this.#use(answer);
          const given = whenGiven(answer, effect, clear);
          const isOpened = given?.outcome.reason === null;
          if (given !== undefined)
            this.#give(effect, isOpened ? { ...opened, seconds: given.seconds } : given);
        }
        return;
      }
      case "session_send": {
        const host = this.#sessions.hostOf(handle);
        const clear = { job: "session", text: clearText(text) ?? "", host, method: null };
        const answer = this.#find(effect, clear);
        if (answer === undefined) return;
        this.#sessions.sent(handle, whenGiven(answer, effect, clear));
        this.#give(effect, { seconds: 0, outcome: said(null) });
        return;
      }
      case "session_read": {
        const given = withinLimit(this.#sessions.read(handle), effect.detail as Detail);
        this.#give(effect, given);
        return;
      }
      default:
        this.#sessions.close(handle);
        this.#give(effect, { seconds: 0, outcome: said(null) });
    }
  }

  /** The first answer that fits; that there is none is noted. */
  #find(effect: OpenEffect, clear: Asked): GivenAnswer | undefined {
    const secrets = this.#options.host.secretsOf(effect.process);
    const asked = { ...clear, text: maskSecrets(clear.text, secrets) };
    this.asked.push(asked);
    const answer = this.#options.answers.find((each) => this.#fits(each, [clear, asked]));
    if (answer === undefined) this.unanswered.push(asked);
    else this.#use(answer);
    return answer;
  }

  #fits(answer: GivenAnswer, asked: readonly Asked[]): boolean {
    return (
      (this.#uses.get(answer) ?? 0) < answer.times && asked.some((each) => isFor(answer, each))
    );
  }

  #use(answer: GivenAnswer): void {
    this.#uses.set(answer, (this.#uses.get(answer) ?? 0) + 1);
  }

  #give(effect: OpenEffect, { seconds, outcome }: LineAnswer): void {
    const cancel = this.#options.clock.after(seconds * 1000, () => {
      this.#timers.delete(effect.number);
      void this.#options.host.complete(effect, outcome);
    });
    this.#timers.set(effect.number, cancel);
  }

  abandon(effect: OpenEffect): void {
    this.#timers.get(effect.number)?.();
    this.#timers.delete(effect.number);
  }

  /** A rehearsal begins with nothing open. */
  restore(): void {}

  /** As far as answers depend on them: explicit settings win over the node's, and null switches one off. */
  async #settings(
    transaction: Transaction,
    context: Context,
    user: number,
  ): Promise<ReadonlyMap<string, Value>> {
    const settings = new Map<string, Value>();
    const node = context.get("__node__");
    const principal = await findPrincipal(transaction, user, "process");
    if (node instanceof ObjectValue && principal !== undefined) {
      const { objects } = this.#options;
      const actor = { principal, cause: { kind: "process", id: null } } as const;
      const object = await objects.get(transaction, actor, node.id > 0 ? node.id : node.path);
      for (const name of objects.fieldNames(object)) {
        if (name !== "host" && name !== "timeout") continue;
        settings.set(
          name,
          toMachineValue(await objects.readField(transaction, actor, object, name)),
        );
      }
    }
    for (const name of ["host", "timeout"]) {
      const explicit = context.get(`__${name}__`);
      if (explicit !== undefined) settings.set(name, explicit);
    }
    return settings;
  }
}

const sessionSteps = ["session_open", "session_send", "session_read", "session_close"];
/** Of these it matters where they are done, or how long they may take. */
const placed: ReadonlySet<string> = new Set(["session_open", "session_read", "put", "get"]);

/** Under which name each job gets what its answers are chosen by, if it is not given first. */
const subjects: Readonly<Record<string, string>> = {
  urlopen: "url",
  confirm: "title",
  mailto: "to",
  put: "source",
  get: "source",
};

function askedBy({ wait, detail }: OpenEffect): Asked {
  if (wait.kind === "command") {
    const { text, script, arguments: given } = wait.command;
    const words = [script === null ? text : script.path, ...given];
    const { host } = detail as Detail;
    return {
      job: "command",
      text: words.map((word) => clearText(word)).join(" "),
      host,
      method: null,
    };
  }
  if (wait.kind !== "external") throw new TypeError(`a wait of the kind ${wait.kind} is no effect`);
  const named = wait.named.get(subjects[wait.name] ?? "") ?? wait.named.get("target");
  const subject = wait.positional[0] ?? named ?? null;
  const text = clearText(subject) ?? "";
  return {
    job: wait.name,
    text,
    host: null,
    method: wait.name === "urlopen" ? methodOf(wait.positional, wait.named) : null,
  };
}

function isFor(answer: GivenAnswer, asked: Asked): boolean {
  if (answer.job !== asked.job || !textFits(answer.text, asked.text)) return false;
  if (answer.method !== undefined && answer.method.toUpperCase() !== asked.method) return false;
  return answer.host === undefined || hostFits(answer.host, asked.host);
}

/** Whether a command ran where it was expected. */
export function hostFits(expected: string | null, host: string | null): boolean {
  return expected === null || host === null ? expected === host : textFits(expected, host);
}

/** What the flow gets and after how long; undefined: never. */
function whenGiven(
  answer: GivenAnswer,
  { wait, detail }: OpenEffect,
  asked: Asked,
): { seconds: number; outcome: Outcome } | undefined {
  const limit =
    wait.kind === "external" ? externalLimit(wait, detail) : (detail as Detail).timeoutSeconds;
  const seconds = answer.fate === "never" ? Infinity : answer.delaySeconds;
  if (limit !== null && seconds > limit) {
    return { seconds: limit, outcome: timedOut(asked, limit) };
  }
  return seconds === Infinity ? undefined : { seconds, outcome: outcomeOf(answer, asked) };
}

function externalLimit(
  { name, positional, named }: Extract<OpenEffect["wait"], { kind: "external" }>,
  detail: unknown,
): number | null {
  switch (name) {
    case "urlopen":
      return numberOf(named.get("timeout") ?? positional[4] ?? null) ?? urlTimeoutSeconds;
    case "confirm":
      return numberOf(named.get("timeout") ?? positional[4] ?? null);
    case "session_open":
    case "put":
    case "get":
      return (detail as Detail).timeoutSeconds;
    default:
      return null;
  }
}

/** A read ends with its time; without one, a session that says nothing for a minute is given up. */
function withinLimit(given: LineAnswer | undefined, { timeoutSeconds }: Detail): LineAnswer {
  const limit = timeoutSeconds ?? silenceMaxSeconds;
  if (given !== undefined && given.seconds <= limit) return given;
  return { seconds: limit, outcome: failure("timeout", `no prompt came within ${limit} s`) };
}

const silenceMaxSeconds = 60;

/** As patient as `urlopen` itself is when the flow does not say. */
const urlTimeoutSeconds = 30;

function timedOut({ job, text }: Asked, seconds: number): Outcome {
  switch (job) {
    case "command":
      return failure(
        "timeout",
        `the command ran longer than its time limit of ${seconds} s and was ended`,
      );
    case "confirm":
      return failure("timeout", `nobody answered within ${seconds} s`);
    default:
      return failure("timeout", `${originOf(text)} did not answer within ${seconds} s`);
  }
}

function outcomeOf(answer: GivenAnswer, asked: Asked): Outcome {
  if (answer.fate === "unknown") {
    return failure("unknown", answer.error ?? "what became of it is not known");
  }
  if (answer.fate === "unreachable") {
    const place = asked.job === "urlopen" ? originOf(asked.text) : (asked.host ?? "the host");
    return failure("unreachable", answer.error ?? `${place} cannot be reached`);
  }
  if (asked.job === "command") return commandOutcome(answer);
  if (asked.job === "urlopen") return urlOutcome(answer, asked);
  if (asked.job === "session") return said(withoutNewline(answer.output ?? ""));
  const status = answer.status ?? 0;
  return {
    status,
    result: status === 0 ? fromJson(answer.result ?? null) : null,
    error: answer.error ?? null,
    reason: status === 0 ? null : "exit",
  };
}

/** As a job manager reports it: output without its last newline. */
function commandOutcome({ status = 0, output = "", error = "" }: GivenAnswer): Outcome {
  return {
    status,
    result: withoutNewline(output),
    error: withoutNewline(error),
    reason: status === 0 ? null : "exit",
  };
}

function urlOutcome({ status = 200, headers = {}, body = "" }: GivenAnswer, asked: Asked): Outcome {
  if (status >= 400) {
    const error = `${originOf(asked.text)} answered with status ${status}`;
    return { status, result: null, error, reason: "exit" };
  }
  const isText = typeof body === "string";
  const sent = isText ? headers : { "content-type": "application/json", ...headers };
  const result = new Map<string, Value>([
    ["status", status],
    ["headers", new Map(Object.entries(sent))],
    ["body", isText ? body : JSON.stringify(body)],
  ]);
  return { status: 0, result, error: null, reason: null };
}

function failure(reason: Reason, error: string): Outcome {
  return { status: -1, result: null, error, reason };
}

function methodOf(positional: readonly Value[], named: Dictionary): string {
  const method = positional[1] ?? named.get("method") ?? null;
  const data = positional[3] ?? named.get("data") ?? null;
  if (method === null) return data === null ? "GET" : "POST";
  return textOf(method).toUpperCase();
}

function originOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? url : `${parsed.protocol}//${parsed.host}`;
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function clearText(value: Value): string | null {
  if (value === null || value === "") return null;
  return value instanceof SecretValue ? value.text : textOf(value);
}

function numberOf(value: Value): number | null {
  return typeof value === "number" ? value : null;
}
