import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

/** Host keys as texts: `ssh-ed25519 AAAA…`, as in `known_hosts`. */

/** Makes the text of a key as it came over the wire. */
export function hostKeyText(blob: Buffer): string {
  return `${keyType(blob)} ${blob.toString("base64")}`;
}

/** As `ssh-keygen -l` shows it: `SHA256:…`. */
export function fingerprint(key: string): string {
  const blob = Buffer.from(keyParts(key).base64, "base64");
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** Whether two texts are the same key; comments do not count. */
export function isSameKey(one: string, other: string): boolean {
  const [a, b] = [keyParts(one), keyParts(other)];
  return a.type === b.type && a.base64 === b.base64;
}

/** Which signature algorithms a host proves a key of that type with: to be asked for first, so that it shows that key. */
export function algorithmsOf(key: string): ServerHostKeyAlgorithm[] {
  const { type } = keyParts(key);
  if (type === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];
  return [type as ServerHostKeyAlgorithm];
}

function keyParts(key: string): { type: string; base64: string } {
  const [type = "", base64 = ""] = key.trim().split(/\s+/);
  return { type, base64 };
}

/** A key begins with the length and the name of its type (RFC 4253, section 6.6). */
function keyType(blob: Buffer): string {
  return blob.toString("latin1", 4, 4 + blob.readUInt32BE(0));
}
