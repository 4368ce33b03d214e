import type { Request } from "../effect.ts";
import { evaluationFailure } from "../failure.ts";
import { isText, rawText } from "../operators.ts";
import { checkedText } from "../size.ts";
import {
  isDictionary,
  isList,
  SecretValue,
  typeName,
  type Dictionary,
  type Value,
} from "../value.ts";

/**
 * A built-in function or job (LANGUAGE section 7). The list of them is all that the checker, the completion and the
 * manual know. Names and meanings are only added: stored programs refer to them.
 */
export interface Builtin {
  readonly name: string;
  readonly kind: "function" | "job";
  readonly parameters: readonly BuiltinParameter[];
  /** One line. */
  readonly summary: string;
  readonly examples: readonly string[];
  /**
   * Functions only. The arguments come in the order of the parameters; one that was not given is undefined. Throws a Failure;
   * what only the world knows is asked for.
   */
  readonly evaluate?: (given: readonly (Value | undefined)[], host: BuiltinHost) => Value | Ask;
}

export interface BuiltinParameter {
  readonly name: string;
  readonly isRequired: boolean;
  /** Takes all further positional arguments as a list, or all further named ones as a dictionary. */
  readonly rest?: "positional" | "named";
}

/** What a function may know of the process that calls it. */
export interface BuiltinHost {
  /** The directory that holds the jobflow. */
  readonly directory: string;
  /** What the last fork or pfor left behind. */
  readonly children: readonly Value[];
  /** Counts elements that are copied or compared; fails with reason `limit` when it is too many without a wait. */
  spend(elements: number): void;
}

/** What a function needs the world for. The answer is its value. */
export class Ask {
  readonly request: Request;
  /** The value, if the world refuses. */
  readonly otherwise: Value | undefined;
  /** The value is whether there is an answer. */
  readonly whether: boolean;
  constructor(request: Request, options: { otherwise?: Value; whether?: boolean } = {}) {
    this.request = request;
    this.otherwise = options.otherwise;
    this.whether = options.whether ?? false;
  }
}

type Evaluate = NonNullable<Builtin["evaluate"]>;

/** Declares a function. Parameters are written `text`, optional ones `separator?`, rests `*more` and `**fields`. */
export function builtinFunction(
  name: string,
  parameters: string,
  summary: string,
  examples: readonly string[],
  evaluate: Evaluate,
): Builtin {
  return {
    name,
    kind: "function",
    parameters: readParameters(parameters),
    summary,
    examples,
    evaluate,
  };
}

/** Declares a job; the machine has an instruction for it, or somebody outside does it. */
export function builtinJob(
  name: string,
  parameters: string,
  summary: string,
  examples: readonly string[],
): Builtin {
  return { name, kind: "job", parameters: readParameters(parameters), summary, examples };
}

function readParameters(text: string): BuiltinParameter[] {
  return text
    .split(" ")
    .filter((word) => word !== "")
    .map((word) => {
      if (word.startsWith("**")) return { name: word.slice(2), isRequired: false, rest: "named" };
      if (word.startsWith("*"))
        return { name: word.slice(1), isRequired: false, rest: "positional" };
      const isRequired = !word.endsWith("?");
      return { name: isRequired ? word : word.slice(0, -1), isRequired };
    });
}

/** How a call is written: `split(text, separator = …)`. */
export function signatureOf({ name, parameters }: Builtin): string {
  const written = parameters.map(({ name: parameter, isRequired, rest }) =>
    rest ? `${parameter} …` : isRequired ? parameter : `${parameter} = …`,
  );
  return `${name}(${written.join(", ")})`;
}

/** What is wrong with a call of a built-in, or undefined; for the checker and, for what is only known at run time, the machine. */
export function argumentFault(
  builtin: Builtin,
  positional: number,
  names: readonly string[],
): string | undefined {
  const { name, parameters } = builtin;
  const plain = parameters.filter((parameter) => parameter.rest === undefined);
  const takesMore = parameters.some((parameter) => parameter.rest === "positional");
  if (positional > plain.length && !takesMore) {
    return `${name}() takes at most ${plain.length} argument${plain.length === 1 ? "" : "s"}, not ${positional}`;
  }
  const given = new Set(plain.slice(0, positional).map((parameter) => parameter.name));
  for (const argument of names) {
    if (given.has(argument)) return `${name}() gets its argument '${argument}' twice`;
    const isKnown = plain.some((parameter) => parameter.name === argument);
    if (!isKnown && !parameters.some((parameter) => parameter.rest === "named")) {
      return `${name}() has no parameter '${argument}'`;
    }
    given.add(argument);
  }
  const missing = plain.find((parameter) => parameter.isRequired && !given.has(parameter.name));
  return missing === undefined ? undefined : `${name}() needs its argument '${missing.name}'`;
}

/** Brings arguments into the order of the parameters. The call was checked with {@link argumentFault}. */
export function arrangeArguments(
  builtin: Builtin,
  positional: readonly Value[],
  named: ReadonlyMap<string, Value>,
): (Value | undefined)[] {
  const rest = new Map(named);
  let next = 0;
  const given = builtin.parameters.map((parameter): Value | undefined => {
    if (parameter.rest === "positional") return positional.slice(next);
    if (parameter.rest === "named") return undefined;
    if (next < positional.length) return positional[next++];
    const value = rest.get(parameter.name);
    rest.delete(parameter.name);
    return value;
  });
  const at = builtin.parameters.findIndex((parameter) => parameter.rest === "named");
  if (at >= 0) given[at] = rest;
  return given;
}

/** Reads texts and makes texts of them: what is built from a secret is one. */
export class Texts {
  #isSecret = false;

  read(value: Value | undefined, what: string): string {
    if (value === undefined || !isText(value)) throw wrongKind(what, "a string", value);
    if (value instanceof SecretValue) this.#isSecret = true;
    return rawText(value);
  }

  /** Marks what is made as secret, as a secret that was read does. */
  include(value: Value | undefined): void {
    if (value instanceof SecretValue) this.#isSecret = true;
  }

  make(text: string): string | SecretValue {
    return this.#isSecret ? new SecretValue(checkedText(text)) : checkedText(text);
  }

  /** All texts within a value. */
  makeAll(value: Value): Value {
    return this.#isSecret ? hideTexts(value) : value;
  }
}

function hideTexts(value: Value): Value {
  if (typeof value === "string") return new SecretValue(value);
  if (isList(value)) return value.map(hideTexts);
  if (isDictionary(value))
    return new Map([...value].map(([key, element]) => [key, hideTexts(element)]));
  return value;
}

export function readList(value: Value | undefined, what: string): readonly Value[] {
  if (value === undefined || !isList(value)) throw wrongKind(what, "a list", value);
  return value;
}

export function readDictionary(value: Value | undefined, what: string): Dictionary {
  if (value === undefined || !isDictionary(value)) throw wrongKind(what, "a dictionary", value);
  return value;
}

export function readInteger(value: Value | undefined, what: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value))
    throw wrongKind(what, "an integer", value);
  return value;
}

export function wrongKind(what: string, expected: string, value: Value | undefined): Error {
  const found = value === undefined ? "nothing" : `'${typeName(value)}'`;
  return evaluationFailure(`${what} takes ${expected}, not ${found}`);
}
