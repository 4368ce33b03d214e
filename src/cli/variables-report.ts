/** The calls of a process with their variables, as people read them. */
import type { VariablesDocument } from "#contract";

export function variablesLines(document: VariablesDocument): string[] {
  const { state, waitsFor, waitsSince, frames, framesLeftOut } = document;
  const waits = waitsFor === null ? "" : `: ${waitsFor}, since ${waitsSince ?? "now"}`;
  const lines = [`${state}${waits}`];
  for (const frame of frames) {
    lines.push(`line ${frame.line} in ${frame.path}${frame.job === null ? "" : `  ${frame.job}`}`);
    if (frame.isHidden) lines.push("  (its values are hidden: it acts for somebody else)");
    for (const { name, value, isCut } of [...frame.variables, ...frame.context, ...frame.outcome]) {
      const text = isCut && typeof value === "string" ? value : JSON.stringify(value);
      lines.push(`  ${name} = ${text}${isCut ? "…" : ""}`);
    }
  }
  if (framesLeftOut > 0) lines.push(`… ${framesLeftOut} more calls …`);
  return lines;
}
