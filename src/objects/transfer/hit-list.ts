/**
 * What a search found, as a short text: ids and revisions, so that it can be said later what differs. Whoever makes one up
 * learns nothing by it: objects are named only to who may read them.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { TsunagiError } from "#kernel";

/** Revisions by id, in order of id. */
export type HitList = ReadonlyMap<number, number>;

/** Ids as what they are more than the one before: of a long list, each object then takes two or three bytes. */
export function encodeHits(hits: HitList): string {
  const numbers: number[] = [];
  let last = 0;
  for (const [id, revision] of hits) {
    numbers.push(id - last, revision);
    last = id;
  }
  return deflateRawSync(numbers.join(" ")).toString("base64url");
}

export function decodeHits(fingerprint: string): HitList {
  const numbers = inflate(fingerprint)
    .split(" ")
    .filter((text) => text !== "")
    .map(Number);
  if (numbers.length % 2 !== 0 || !numbers.every(Number.isSafeInteger)) throw noFingerprint();
  const hits = new Map<number, number>();
  let id = 0;
  for (let at = 0; at < numbers.length; at += 2) {
    id += numbers[at] ?? 0;
    hits.set(id, numbers[at + 1] ?? 0);
  }
  return hits;
}

/** More than any bulk edit has. */
const inflatedMaxBytes = 16 * 1024 * 1024;

function inflate(fingerprint: string): string {
  try {
    const bytes = Buffer.from(fingerprint, "base64url");
    return inflateRawSync(bytes, { maxOutputLength: inflatedMaxBytes }).toString("latin1");
  } catch {
    throw noFingerprint();
  }
}

function noFingerprint(): TsunagiError {
  return new TsunagiError("ARGUMENT_INVALID", "this is no fingerprint of a preview", {
    hint: "send what the preview gave as `fingerprint`",
  });
}
