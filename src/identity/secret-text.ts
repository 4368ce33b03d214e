import { createHash, randomBytes } from "node:crypto";

/** 256 bits: beyond guessing, so that a fast hash is enough to keep it by. */
const secretBytes = 32;

/** Makes the text of a token or session, such as `tsn_…`; the prefix lets scanners find leaked ones. */
export function makeSecretText(prefix: string): string {
  return prefix + randomBytes(secretBytes).toString("base64url");
}

/** What is stored in place of the text. */
export function hashSecretText(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
