/**
 * Parameters of a jobflow as they are written on a command line.
 *
 * A text becomes a number only if the number prints as the same text, so that `00123`, `1.10` and
 * `1e5` (a customer number, a version, a serial) reach the jobflow as they were typed.
 */
import type { Json } from "#contract";
import { TsunagiError } from "#kernel";

const words: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** The value of a text given on the command line. */
export function parameterValue(text: string): Json {
  const word = words.get(text);
  if (word !== undefined) return word;
  const number = Number(text);
  return isExact(number) && String(number) === text ? number : text;
}

/** Parameters by name, from `NAME=VALUE` and `NAME=JSON`. */
export function parseParameters(
  plain: readonly string[],
  json: readonly string[],
  [plainOption, jsonOption]: readonly [string, string] = ["--param", "--param-json"],
): Record<string, Json> {
  const parameters = new Map<string, Json>();
  const add = (option: string, assignment: string, parse: (text: string) => Json) => {
    const { name, text } = splitAssignment(option, assignment);
    if (parameters.has(name)) {
      throw new TsunagiError("USAGE", `the parameter '${name}' is given twice`);
    }
    parameters.set(name, parse(text));
  };
  for (const assignment of plain) add(plainOption, assignment, parameterValue);
  for (const assignment of json) add(jsonOption, assignment, parseJson);
  return Object.fromEntries(parameters);
}

/** Integers beyond 2^53-1 are no longer exact, so they stay text, as in LANGUAGE section 2. */
function isExact(number: number): boolean {
  return Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number));
}

function splitAssignment(option: string, assignment: string): { name: string; text: string } {
  const cut = assignment.indexOf("=");
  if (cut <= 0) {
    throw new TsunagiError("USAGE", `${option} '${assignment}' has no name and '='`, {
      hint: `Write ${option} NAME=VALUE, for example ${option} host=web01.`,
    });
  }
  return { name: assignment.slice(0, cut), text: assignment.slice(cut + 1) };
}

/** Reads a JSON text given on the command line. */
export function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const fault = cause instanceof Error ? cause.message : String(cause);
    throw new TsunagiError("USAGE", `'${text.slice(0, 200)}' is no JSON: ${fault}`, {
      hint: `A text needs double quotes, and the shell single ones around them: '"text"'.`,
      cause,
    });
  }
}
