import { readdirSync, readFileSync } from "node:fs";

// Linux counts in hundredths of a second, whatever the kernel's own clock.
const tickMs = 10;

/** Milliseconds of processor time that a process has used, all its threads together; NaN where the system does not say. */
export function cpuTimeMs(pid: number): number {
  const fields = statOf(pid);
  return fields === undefined ? Number.NaN : (fields.user + fields.system) * tickMs;
}

/** The same of a process with its children, also those that have ended. */
export function cpuTimeWithChildrenMs(pid: number): number {
  const own = statOf(pid);
  if (own === undefined) return Number.NaN;
  let ticks = own.user + own.system + own.endedChildren;
  for (const name of readdirSync("/proc")) {
    const each = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (each?.parent === pid) ticks += each.user + each.system;
  }
  return ticks * tickMs;
}

function statOf(
  pid: number,
): { parent: number; user: number; system: number; endedChildren: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
    return { parent, user, system, endedChildren: endedUser + endedSystem };
  } catch {
    return undefined;
  }
}
