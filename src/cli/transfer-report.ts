/** What was done to many objects, or would be, as a terminal shows it. */
import type { ChangeDocument, FaultDocument, ImportDocument } from "#contract";
import { deltaLines } from "./delta-lines.ts";
import { told } from "./reader-language.ts";

const faultsShown = 100;

/** Each object with what differs. */
export function previewLines(objects: readonly ChangeDocument[], total: number): string[] {
  const lines = objects.flatMap((each) => [
    `${each.operation} ${each.objectPath}`,
    ...deltaLines(each),
  ]);
  const left = total - objects.length;
  return left > 0 ? [...lines, told(`and ${left} more objects`)] : lines;
}

/** What is wrong, a line each. */
export function faultLines(faults: readonly FaultDocument[], total = faults.length): string[] {
  const lines = faults.slice(0, faultsShown).map(faultLine);
  const left = total - Math.min(total, faultsShown);
  return left > 0 ? [...lines, told(`and ${left} more`)] : lines;
}

function faultLine({ index, at, path, code, message, hint }: FaultDocument): string {
  const where = at ?? told(`operation ${index}`);
  const object = path === undefined || message.includes(path) || at === path ? "" : ` ${path}`;
  const help = hint === undefined ? "" : ` (${told(hint)})`;
  return `${where}:${object} [${code}] ${told(message)}${help}`;
}

/** The counts of an import in one line. */
export function importSummary(done: ImportDocument, isPreview: boolean): string {
  const { rows, created, updated, unchanged, deleted, faulty, changes, isCancelled } = done;
  const counts = `${rows} rows: ${created} created, ${updated} updated, ${deleted} deleted, ${unchanged} unchanged, ${faulty} wrong`;
  if (isCancelled) return told(`cancelled; done before: ${counts}, as ${changeText(changes)}`);
  if (isPreview) return told(`would be: ${counts}`);
  return changes.length === 0 ? told(counts) : told(`${counts}, as ${changeText(changes)}`);
}

function changeText(changes: readonly number[]): string {
  const [first] = changes;
  if (changes.length <= 1) return `change ${first ?? "none"}`;
  return `changes ${first} to ${changes.at(-1)}`;
}
