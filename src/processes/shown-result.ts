import { maskSecrets, secretsOf, toJson, type Json, type State, type Value } from "#machine";

// Characters of a result that are kept for people to read.
const resultShownMax = 1_000_000;

/** A process's result for people, as JSON text: its secrets are masked, and what is too long to show is not. */
export function shownResult(result: Value, state: State): string {
  const shown = JSON.stringify(maskJson(toJson(result), secretsOf(state)));
  return shown.length <= resultShownMax
    ? shown
    : JSON.stringify(`(${shown.length} characters of result are too many to show)`);
}

/** With all that is secret hidden. */
export function maskJson(json: Json, secrets: readonly string[]): Json {
  if (secrets.length === 0) return json;
  if (typeof json === "string") return maskSecrets(json, secrets);
  if (Array.isArray(json)) return json.map((element) => maskJson(element, secrets));
  if (json === null || typeof json !== "object") return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      maskSecrets(key, secrets),
      maskJson(value, secrets),
    ]),
  );
}
