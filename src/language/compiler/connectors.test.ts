import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Connector } from "../syntax/tree.ts";
import { nextLink } from "./connectors.ts";

type Result = { ran: number[]; isFailed: boolean };

/** LANGUAGE section 4, read as it is written: a state goes from job to job. */
function interpret(
  connectors: readonly (Connector | null)[],
  outcomes: readonly boolean[],
): Result {
  let state: "succeeded" | "failed" | "handled" = outcomes[0] ? "succeeded" : "failed";
  const ran = [0];
  for (const [index, connector] of connectors.entries()) {
    if (connector === null) continue;
    const isFailure = state !== "succeeded";
    if (connector === "->" && state === "failed") return { ran, isFailed: true };
    if (connector === "->>" && isFailure) {
      state = "handled";
      continue;
    }
    if (connector === "=>>" && !isFailure) continue;
    ran.push(index);
    state = outcomes[index] ? "succeeded" : "failed";
  }
  return { ran, isFailed: state === "failed" };
}

function compiled(connectors: readonly (Connector | null)[], outcomes: readonly boolean[]): Result {
  const ran: number[] = [];
  let at: number | "end" | "fail" = 0;
  while (typeof at === "number") {
    ran.push(at);
    at = nextLink(connectors, at + 1, outcomes[at] ? "succeeded" : "failed");
  }
  return { ran, isFailed: at === "fail" };
}

test("what is decided when a chain is compiled is what happens when it is read from left to right", () => {
  const connector = fc.constantFrom<Connector>("->", "=>", "->>", "=>>");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(connector, fc.boolean()), { maxLength: 8 }),
      fc.boolean(),
      (links, first) => {
        const connectors = [null, ...links.map(([text]) => text)];
        const outcomes = [first, ...links.map(([, outcome]) => outcome)];
        expect(compiled(connectors, outcomes)).toEqual(interpret(connectors, outcomes));
      },
    ),
    { numRuns: 1000 },
  );
});
