/** The calls of a process with their variables, as people read them. */
import type { VariablesDocument } from "#contract";
import { told, toldWaits } from "./reader-language.ts";

export function variablesLines(document: VariablesDocument): string[] {
  const { state, waitsFor, waitsSince, frames, framesLeftOut } = document;
  const lines = [
    waitsFor === null
      ? state
      : `${state}: ${told(`${toldWaits(waitsFor)}, since ${waitsSince ?? "now"}`)}`,
  ];
  for (const frame of frames) {
    lines.push(
      `${told(`line ${frame.line} in ${frame.path}`)}${frame.job === null ? "" : `  ${frame.job}`}`,
    );
    if (frame.isHidden)
      lines.push(`  ${told("(its values are hidden: it acts for somebody else)")}`);
    for (const { name, value, isCut } of [...frame.variables, ...frame.context, ...frame.outcome]) {
      const text = isCut && typeof value === "string" ? value : JSON.stringify(value);
      lines.push(`  ${name} = ${text}${isCut ? "…" : ""}`);
    }
  }
  if (framesLeftOut > 0) lines.push(told(`… ${framesLeftOut} more calls …`));
  return lines;
}
