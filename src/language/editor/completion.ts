import { offersMax, rankOf, type Completion } from "./completion-language.ts";
import { Offers } from "./completion-offers.ts";
import type { EditorDocument } from "./document.ts";
import { placeAt } from "./place.ts";

export type { Completion, CompletionKind } from "./completion-language.ts";

/** What may be written at the offset: what fits best with what is there already comes first. */
export function completionsAt(document: EditorDocument, offset: number): Completion[] {
  const place = placeAt(document, offset);
  if (place.kind === "nothing") return [];
  const offers = new Offers(document, offset, place);
  return fitting(offers.all(), offers.wanted);
}

function fitting(offers: readonly Completion[], wanted: string): Completion[] {
  const ranked: { offer: Completion; rank: number }[] = [];
  const seen = new Set<string>();
  for (const offer of offers) {
    const rank = rankOf(offer.label, wanted);
    const key = `${offer.kind} ${offer.label}`;
    if (rank === null || seen.has(key)) continue;
    seen.add(key);
    ranked.push({ offer, rank });
  }
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, offersMax)
    .map(({ offer }) => offer);
}
