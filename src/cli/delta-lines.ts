/** What changed on an object, as a terminal shows it: one line a field, before and after. */
import type { ChangeDocument } from "#contract";

type Delta = Pick<ChangeDocument, "before" | "after" | "path" | "type" | "owner" | "grants">;

const valueMax = 60;

export function deltaLines(delta: Delta): string[] {
  const names = new Set([...Object.keys(delta.before), ...Object.keys(delta.after)]);
  const fields = [...names].map((name) =>
    line(name, delta.before[name] ?? null, delta.after[name] ?? null),
  );
  const others = (["path", "type", "owner", "grants"] as const).flatMap((name) => {
    const pair = delta[name];
    return pair === undefined ? [] : [line(`(${name})`, pair.before, pair.after)];
  });
  return [...others, ...fields];
}

function line(name: string, before: unknown, after: unknown): string {
  if (before === null) return `    ${name}: ${text(after)}`;
  return `    ${name}: ${text(before)} → ${text(after)}`;
}

function text(value: unknown): string {
  if (value === null) return "–";
  const json = typeof value === "string" && !value.includes("\n") ? value : JSON.stringify(value);
  const characters = Array.from(json);
  return characters.length <= valueMax ? json : `${characters.slice(0, valueMax).join("")}…`;
}

/** Who did it and why: `2026-11-20T10:00:00.000Z  change 41  alice (person)  reason`. */
export function headLine(
  head: Pick<ChangeDocument, "at" | "change" | "author" | "cause" | "reason">,
) {
  const why = head.reason === null ? "" : `  ${head.reason}`;
  return `${head.at}  change ${head.change}  ${head.author} (${head.cause})${why}`;
}
