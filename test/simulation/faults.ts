/** What may go wrong in a simulation, as a plan that is drawn before it begins: leaving parts out shrinks it. */
import type { Random } from "./random.ts";

export type Fault = { atMs: number; lastsMs: number } & (
  | { kind: "kill server"; server: number; fuse: number }
  | { kind: "stop server"; server: number }
  | { kind: "pause server"; server: number }
  | { kind: "kill job manager"; manager: number; fuse: number }
  | { kind: "stop job manager"; manager: number }
  | { kind: "pause job manager"; manager: number }
  | { kind: "cut lines" }
  | { kind: "silence lines" }
  | { kind: "partition"; server: number; manager: number }
  | { kind: "slow disk" }
  | { kind: "full disk" }
  | { kind: "database away"; server: number }
  | { kind: "conflicts" }
  | { kind: "kill at commit"; server: number; when: "dies before" | "dies after" }
  | { kind: "line lost at commit"; when: "lost before" | "lost after" }
  | { kind: "kill at journal"; manager: number; when: "dies before" | "dies after" }
  | { kind: "journal full"; manager: number }
  | { kind: "journal deleted"; manager: number }
  | { kind: "journal set back"; manager: number }
  | { kind: "database set back" }
  | { kind: "all set back" }
  | { kind: "clock jump"; byMs: number }
);

export type FaultKind = Fault["kind"];

/** Of which a simulation has some only: what never happens alone is found by what happens together. */
const kinds: readonly FaultKind[] = [
  "kill server",
  "kill server",
  "stop server",
  "pause server",
  "kill job manager",
  "kill job manager",
  "stop job manager",
  "pause job manager",
  "cut lines",
  "silence lines",
  "partition",
  "slow disk",
  "full disk",
  "database away",
  "conflicts",
  "kill at commit",
  "kill at commit",
  "line lost at commit",
  "kill at journal",
  "kill at journal",
  "journal full",
  "journal deleted",
  "journal set back",
  "journal set back",
  "database set back",
  "database set back",
  "all set back",
  "clock jump",
];

export function drawFaults(
  random: Random,
  untilMs: number,
  { servers, managers }: { servers: number; managers: number },
): Fault[] {
  const chosen = Array.from({ length: 1 + random.below(3) }, () => random.pick(kinds));
  const count = random.below(7);
  const faults = Array.from({ length: count }, (): Fault => {
    const kind = random.pick(chosen);
    const time = { atMs: random.between(200, untilMs), lastsMs: drawDuration(random, kind) };
    const server = random.below(servers);
    const manager = random.below(managers);
    const when = random.pick(["before", "after"] as const);
    switch (kind) {
      case "kill server":
        return { ...time, kind, server, fuse: random.below(4) };
      case "kill job manager":
        return { ...time, kind, manager, fuse: random.below(3) };
      case "kill at commit":
        return { ...time, kind, server, when: `dies ${when}` };
      case "line lost at commit":
        return { ...time, kind, when: `lost ${when}` };
      case "kill at journal":
        return { ...time, kind, manager, when: `dies ${when}` };
      case "stop server":
      case "pause server":
      case "database away":
        return { ...time, kind, server };
      case "stop job manager":
      case "pause job manager":
      case "journal full":
      case "journal deleted":
      case "journal set back":
        return { ...time, kind, manager };
      case "partition":
        return { ...time, kind, server, manager };
      case "clock jump":
        return { ...time, kind, byMs: random.pick([-3_600_000, -7000, 7000, 3_600_000]) };
      case "cut lines":
      case "silence lines":
      case "slow disk":
      case "full disk":
      case "conflicts":
      case "database set back":
      case "all set back":
        return { ...time, kind };
    }
  });
  return faults.sort((a, b) => a.atMs - b.atMs);
}

/** Seldom for longer than a server waits for a lost job manager; often for longer than a lease. */
function drawDuration(random: Random, kind: FaultKind): number {
  if (random.oneIn(20)) return random.between(40_000, 120_000);
  const isAboutLeases = kind === "pause server" || kind === "database away";
  if (isAboutLeases && random.oneIn(2)) return random.between(5000, 20_000);
  return random.mostlyNear(5, 40_000);
}
