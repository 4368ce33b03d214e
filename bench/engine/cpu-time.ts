import { readFileSync } from "node:fs";

// Linux counts in hundredths of a second, whatever the kernel's own clock.
const tickMs = 10;

/** Milliseconds of processor time that a process has used, all its threads together; NaN where the system does not say. */
export function cpuTimeMs(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return Number.NaN;
  }
}
