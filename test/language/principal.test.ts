import { expect, test } from "vitest";
import { SimulatedHost } from "./simulated-host.ts";

function principals(flows: Record<string, string>): Record<string, number | null> {
  const host = new SimulatedHost({ source: (path) => flows[path], savesEveryInstruction: true });
  host.commands.push({
    pattern: /^/,
    status: 0,
    output: "",
    error: "",
    reason: null,
    seconds: 0,
    times: Infinity,
  });
  expect(host.run("/main", new Map())?.state).toBe("done");
  return Object.fromEntries(
    host.ran.map((command, index) => [command, host.ranFor[index] ?? null]),
  );
}

test("a flow that runs as its owner acts for him, with its calls and children, and only until it ends", () => {
  const ran = principals({
    "/main": "['before'] -> [/privileged] -> ['after']",
    "/privileged":
      "# runs as: 7\n['inside'] -> [/called] -> { fork | ['child'] } -> spawn({|| ['spawned']}) -> wait($RESULT)",
    "/called": "['called']",
  });
  expect(ran).toEqual({ before: null, inside: 7, called: 7, child: 7, spawned: 7, after: null });
});

test("a closure acts for whom it was written, wherever it is called or spawned", () => {
  const ran = principals({
    "/main":
      "[f = {|name| [name] -> { fork | ['$name in a child'] }}] -> [/privileged: f] -> [$RESULT]",
    "/privileged":
      "# runs as: 7\n|f| [f: 'called'] -> spawn(f, 'spawned') -> wait($RESULT) -> return({|| ['given back']})",
  });
  expect(ran).toEqual({
    called: null,
    "called in a child": null,
    spawned: null,
    "spawned in a child": null,
    "given back": 7,
  });
});

test("a flow in last position acts for its own owner", () => {
  const ran = principals({
    "/main": "['before'] -> [/privileged]",
    "/privileged": "# runs as: 7\n['inside'] -> [/other]",
    "/other": "# runs as: 8\n['other']",
  });
  expect(ran).toEqual({ before: null, inside: 7, other: 8 });
});
