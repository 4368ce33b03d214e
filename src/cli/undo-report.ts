/** What an undo or a restore did or would do, as a terminal shows it. */
import type { UndoDocument } from "#contract";
import { deltaLines } from "./delta-lines.ts";
import { told } from "./reader-language.ts";

const conflictsShown = 100;

export function undoReport(document: UndoDocument, isPreview: boolean): string {
  const { change, steps, total, conflicts, conflictTotal, isPartial } = document;
  const lines = isPreview
    ? steps.flatMap((step) => [`${step.action} ${step.objectPath}`, ...deltaLines(step)])
    : [];
  for (const { id, message, changes, isForceable } of conflicts.slice(0, conflictsShown)) {
    const forced = isForceable ? "" : ` ${told("(cannot be forced)")}`;
    lines.push(`${told(`conflict ${id}: ${message}`)}${forced}`);
    for (const { change: number, author, at } of changes) {
      lines.push(`    change ${number} by ${author} at ${at}`);
    }
  }
  if (isPartial) {
    lines.push(told("there are objects that you may not read; they stay as they are"));
  }
  const left = conflictTotal === 0 ? "" : `, ${conflictTotal} conflicts`;
  if (isPreview) lines.push(told(`would change ${total} objects${left}`));
  else if (change === null) lines.push(told(`nothing to undo${left}`));
  else lines.push(told(`${total} objects, as change ${change}${left}`));
  return lines.join("\n");
}
