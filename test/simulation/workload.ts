/**
 * What the simulated house is asked to do: jobflows whose consoles tell what happened, so that it can be compared with the world.
 * Every command has a text of its own.
 */
import type { Json } from "#contract";
import type { Random } from "./random.ts";

export const realm = { name: "site", wait: 20, lost_after: 60 };

/** `|p|` is a name of its own for each process that a person starts. */
const flows: Readonly<Record<string, string>> = {
  // A command, then a count and a line in one turn.
  steps: `|p| |n|
    [i = 0] -> { while i < n |
      [i = i + 1]
      -> ["step $p $i"] ->> print("ok $p $i $RESULT") =>> print("bad $REASON step $p $i")
      -> [./counter.n << (./counter).n + 1] -> print('inc') }
    -> return("steps $p")`,
  // Messages to a channel, numbered by their sender.
  sender: `|p| |n|
    [i = 0] -> { while i < n |
      [i = i + 1]
      -> [./inbox << "m $p $i"] -> print("sent m $p $i")
      -> { if i % 2 == 0 | ["pause $p $i"] => sleep(1) } }`,
  // Takes messages until nobody sends any more.
  listener: `|p|
    [i = 0] -> { while i >= 0 |
      { choice |
        <./inbox> -> print("got $RESULT") -> [i = i + 1] -> { if i % 2 == 0 | ["handle $p $i"] => print('handled') }
        after 15: [i = -1] } }`,
  // One at a time reads, runs a command, and writes.
  locker: `|p| |n|
    [i = 0] -> { while i < n |
      [i = i + 1]
      -> { lock ./cell |
           [a = (./cell).v] -> ["hold $p $i"] => sleep(1) -> [./cell.v << a + 1] -> print('held') } }`,
  family: `|p| |n|
    { pfor i in range(n) limit 2 | ["child $p $i"] => [x = "c$i"] -> sleep(1) -> return(x) }
    -> print("family \${join($RESULT, ' ')}")`,
  fork: `|p|
    { fork |
      ["left $p"] => return('left')
      { timeout 3 | ["slow right $p"] => return('right') else: return('late') }
      [./steps: "$p-f", 2] -> return('middle') }
    -> print("forked \${$RESULT[0]} \${$RESULT[2]}")`,
  sleeper: `|p|
    [a = now()] -> sleep(2) -> print("slept $a \${now()}")
    -> sleep(8) -> print('slept long')`,
  deadline: `|p|
    { timeout 4 | ["slow one $p"] ->> print('in time') =>> print('failed') else: print('too late') }
    -> { timeout 3 | sleep(60) -> print('never') else: print('woken') }
    -> { timeout 3 | ["hang $p"] -> print('never') else: print('given up') }`,
  spawner: `|p|
    spawn(./steps, "$p-a", 2) -> [a = $RESULT]
    -> spawn(./steps, "$p-b", 3) -> [b = $RESULT]
    -> sleep(2) -> cancel(b)
    -> wait(a) => print("spawned $RESULT")
    -> wait(b) ->> print('b ended') =>> print("b $REASON")`,
  again: `|p|
    ["again $p": retry = 2, interval = 3] ->> print("again ok") =>> print("again $REASON")
    -> [./steps: "$p-s", 1] -> abort('at the end')`,
  caller: `|p|
    [f = {|q| ["deep $p $q"] => return("r$q")}]
    -> [f: 1] -> [x = $RESULT] -> [f: 2] -> print("called $x $RESULT")
    -> [./steps: "$p-c", 2] -> print("called $RESULT")`,
};

export const startable = Object.keys(flows);

/** What stands in the house before anything happens. */
export const objects: readonly { path: string; type: string; fields: Record<string, Json> }[] = [
  {
    path: "/system/types/Counter",
    type: "Type",
    fields: { fields: [{ name: "n", kind: "integer", default: 0 }] },
  },
  {
    path: "/system/types/Cell",
    type: "Type",
    fields: { fields: [{ name: "v", kind: "integer", default: 0 }] },
  },
  {
    path: `/system/realms/${realm.name}`,
    type: "Realm",
    fields: { wait: realm.wait, lost_after: realm.lost_after },
  },
  { path: "/w/counter", type: "Counter", fields: {} },
  { path: "/w/cell", type: "Cell", fields: {} },
  { path: "/w/inbox", type: "Channel", fields: {} },
  ...Object.entries(flows).map(([name, source]) => ({
    path: `/w/${name}`,
    type: "Jobflow",
    fields: { source: inRealm(source) },
  })),
];

/** All commands run in the realm of the simulated job managers. */
function inRealm(source: string): string {
  const end = source.lastIndexOf("|", source.indexOf("\n"));
  const [parameters, chain] = [source.slice(0, end + 1), source.slice(end + 1)];
  return `${parameters} { __realm__ = '${realm.name}' | ${chain} }`;
}

export type Action = { atMs: number } & (
  | { kind: "start"; flow: string; p: string; n: number; step: boolean }
  | { kind: "post"; sender: string; count: number }
  | { kind: "cancel"; which: number }
  | { kind: "suspend"; which: number; lastsMs: number }
);

/** What people do in one simulation. */
export function drawActions(random: Random, untilMs: number): Action[] {
  const actions: Action[] = [];
  const chosen = Array.from({ length: 1 + random.below(3) }, () => random.pick(startable));
  const starts = 2 + random.below(4);
  for (let index = 0; index < starts; index += 1) {
    actions.push({
      atMs: random.between(0, untilMs / 2),
      kind: "start",
      flow: random.pick(chosen),
      p: `p${index}`,
      n: 1 + random.below(4),
      step: random.oneIn(12),
    });
  }
  const hasListener = actions.some((each) => each.kind === "start" && each.flow === "listener");
  if (hasListener || random.oneIn(4)) {
    for (let sender = 0; sender < 1 + random.below(2); sender += 1) {
      actions.push({
        atMs: random.between(0, untilMs),
        kind: "post",
        sender: `client${sender}`,
        count: 1 + random.below(4),
      });
    }
  }
  if (random.oneIn(4)) {
    actions.push({ atMs: random.between(100, untilMs), kind: "cancel", which: random.below(8) });
  }
  if (random.oneIn(5)) {
    actions.push({
      atMs: random.between(100, untilMs),
      kind: "suspend",
      which: random.below(8),
      lastsMs: random.mostlyNear(10, 20_000),
    });
  }
  return actions.sort((a, b) => a.atMs - b.atMs);
}

/** Parameters that the flow has. */
export function parametersOf(flow: string, p: string, n: number): Record<string, Json> {
  return (flows[flow] ?? "").startsWith("|p| |n|") ? { p, n } : { p };
}
