import { toBase64, utf8 } from "./bytes.ts";
import { ClosureValue, SecretValue, type Value } from "./value.ts";

/** Finding and hiding secrets (LANGUAGE section 9). */

export const shownSecret = "********";

export function containsSecret(value: Value): boolean {
  for (const _ of secretsIn(value)) return true;
  return false;
}

/** Every secret text within a value. */
export function* secretsIn(value: Value | undefined): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof SecretValue) yield value.text;
  else if (Array.isArray(value)) for (const element of value) yield* secretsIn(element as Value);
  else if (value instanceof Map) for (const element of value.values()) yield* secretsIn(element);
  else if (value instanceof ClosureValue) {
    for (const element of value.captured) yield* secretsIn(element);
  }
}

/**
 * Replaces each secret in a text by `********`: as it is, as base64, as part of a URL, and as part of JSON. A secret of
 * several lines is hidden line by line, too, since output arrives in lines.
 */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0 || text === "") return text;
  let masked = text;
  for (const form of writtenForms(secrets)) {
    if (masked.includes(form)) masked = masked.replaceAll(form, shownSecret);
  }
  return masked;
}

// Lists of secrets change seldom and are used for every line.
const formsOf = new WeakMap<readonly string[], { count: number; forms: string[] }>();

/** Longest first: a secret may be part of another one. */
function writtenForms(secrets: readonly string[]): string[] {
  const known = formsOf.get(secrets);
  if (known !== undefined && known.count === secrets.length) return known.forms;
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const form of formsOfOne(secret)) if (form !== "") forms.add(form);
  }
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  formsOf.set(secrets, { count: secrets.length, forms: sorted });
  return sorted;
}

function formsOfOne(secret: string): string[] {
  if (secret === "") return [];
  const base64 = toBase64(utf8(secret));
  const forms = [
    secret,
    base64,
    base64.replace(/=+$/, ""),
    base64.replaceAll("+", "-").replaceAll("/", "_"),
    encodeURIComponent(secret.toWellFormed()),
    encodeURIComponent(secret.toWellFormed()).replaceAll("%20", "+"),
    JSON.stringify(secret).slice(1, -1),
  ];
  if (secret.includes("\n")) {
    // Lines such as `}` would hide half of all output.
    forms.push(...secret.split(/\r?\n/).filter((line) => line.trim().length >= 4));
  }
  return forms;
}
