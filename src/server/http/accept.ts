/** What a client wants to get, by its `Accept` and `Accept-Language` headers. */
import type { Language } from "#kernel";

export type Wanted = "json" | "html" | "text";

const mediaTypes: Record<Wanted, readonly string[]> = {
  json: ["application/json", "application/problem+json"],
  html: ["text/html", "application/xhtml+xml"],
  text: ["text/plain"],
};

/** Chooses among what an address offers. Who wants everything, says nothing or asks for the impossible gets the first. */
export function wantedOf(
  accept: string | undefined,
  offered: readonly [Wanted, ...Wanted[]],
): Wanted {
  const ranges = rangesOf(accept ?? "");
  let best = offered[0];
  let bestQuality = 0;
  for (const candidate of offered) {
    const quality = Math.max(...mediaTypes[candidate].map((type) => qualityOf(type, ranges)));
    if (quality > bestQuality) {
      best = candidate;
      bestQuality = quality;
    }
  }
  return best;
}

/** The language in which people are told what is wrong. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const ranges = rangesOf(acceptLanguage ?? "");
  const quality = (language: string) =>
    Math.max(
      0,
      ...ranges.filter(({ name }) => name.split("-")[0] === language).map((range) => range.quality),
    );
  return quality("ja") > quality("en") ? "ja" : "en";
}

interface Range {
  name: string;
  quality: number;
}

function rangesOf(header: string): Range[] {
  return header
    .toLowerCase()
    .split(",")
    .map((part) => {
      const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim());
      const quality = Number(parameters.find((p) => p.startsWith("q="))?.slice(2) ?? 1);
      return { name, quality: quality >= 0 && quality <= 1 ? quality : 0 };
    })
    .filter(({ name }) => name !== "");
}

/** The most specific range that covers a type decides (RFC 9110, 12.5.1). */
function qualityOf(type: string, ranges: Range[]): number {
  const anyOfKind = `${type.split("/")[0]}/*`;
  for (const name of [type, anyOfKind, "*/*"]) {
    const range = ranges.find((candidate) => candidate.name === name);
    if (range !== undefined) return range.quality;
  }
  return 0;
}
