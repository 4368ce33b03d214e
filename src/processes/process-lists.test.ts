import { expect, test } from "vitest";
import type { Transaction } from "#database";
import { listProcesses, type ProcessPage } from "./process-table.ts";
import { TestEngine } from "./test-engine.ts";

/** With a million parked processes and ten million past ones, a list that looks at all of them takes minutes. */
const page: ProcessPage = {
  before: null,
  limit: 100,
  startedBy: null,
  state: null,
  root: null,
  jobflow: null,
};

const lists: [string, Partial<ProcessPage>][] = [
  ["all", {}],
  ["those after a page", { before: 1000 }],
  ["the live ones", { state: "live" }],
  ["ready ones", { state: "ready" }],
  ["running ones", { state: "running" }],
  ["waiting ones", { state: "waiting" }],
  ["suspended ones", { state: "suspended" }],
  ["those that are done", { state: "done" }],
  ["aborted ones", { state: "aborted" }],
  ["cancelled ones", { state: "cancelled" }],
  ["a user's", { startedBy: "alice" }],
  ["the runs of a jobflow", { jobflow: 7 }],
  ["the live runs of a jobflow", { jobflow: 7, state: "live" }],
  ["the aborted runs of a jobflow", { jobflow: 7, state: "aborted" }],
  ["those that stem from one", { root: 5 }],
];

test.each(lists)("the list of %s takes an index, and sorts nothing", async (_, wanted) => {
  const at = await TestEngine.open();
  if (at.database.dialect !== "sqlite") return at.database.close();
  await at.database.read(async (tx) => {
    const plan: string[] = [];
    const explaining: Pick<Transaction, "all"> = {
      all: async (sql, parameters) => {
        const steps = await tx.all<{ detail: string }>(`explain query plan ${sql}`, parameters);
        plan.push(...steps.map(({ detail }) => detail));
        return [];
      },
    };
    await listProcesses(explaining as Transaction, { ...page, ...wanted });
    for (const step of plan) {
      // Nothing but the newest ones of all is found by the table itself, backwards.
      if (Object.keys(wanted).length > 0) expect(step).not.toBe("SCAN process");
      // What a process led to is a small set.
      if (wanted.root === undefined) expect(step).not.toContain("TEMP B-TREE");
    }
    expect(plan.length).toBeGreaterThan(0);
  });
  await at.database.close();
});
