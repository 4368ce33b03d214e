/**
 * Deliberate faults, as data: each breaks one promise, and the simulation has to find it (mutants.test.ts). Whoever changes a text
 * that stands here makes the same fault in the changed text.
 */
export interface Mutant {
  name: string;
  file: string;
  /** Stands there once. */
  find: string;
  replacement: string;
  /** The promise that is broken. */
  breaks: string;
  /** It needs several servers to be seen. */
  servers?: number;
}

export const mutants: readonly Mutant[] = [
  {
    name: "a command leaves before the commit",
    file: "src/processes/effect-dispatch.ts",
    find: "batch.afterCommit(() => handler.dispatch(open));",
    replacement: "handler.dispatch(open);",
    breaks: "no command runs twice",
  },
  {
    name: "an answer is given before the commit",
    file: "src/processes/work-queue.ts",
    find: "          item.outcome = outcome instanceof Promise ? await outcome : outcome;",
    replacement:
      '          item.outcome = outcome instanceof Promise ? await outcome : outcome;\n          if ("value" in item.outcome) entry.resolve(item.outcome.value);',
    breaks: "an answer is given only for what is on disk",
  },
  {
    name: "the journal is written after the start",
    file: "src/job-manager/agent.ts",
    find: "      this.#taking.set(number, spec);\n      this.#planFlush();",
    replacement:
      "      this.#start(number, spec);\n      this.#taking.set(number, spec);\n      this.#planFlush();",
    breaks: "no command runs twice",
  },
  {
    name: "a journal forgets which numbers it took",
    file: "src/job-manager/journal.ts",
    find: "      taken.add(number);\n",
    replacement: "      void number;\n",
    breaks: "the fate of a command is known as long as its job manager lives",
  },
  {
    name: "results are not sent again after a broken line",
    file: "src/job-manager/agent.ts",
    find: "    for (const number of this.#finished) {\n      const result",
    replacement: "    for (const number of [] as number[]) {\n      const result",
    breaks: "every process ends",
  },
  {
    name: "a result is acknowledged before it is stored",
    file: "src/remote/remote.ts",
    find: "      this.#complete(held, outcome, () => this.#acknowledge(manager, number));",
    replacement: "      this.#acknowledge(manager, number);\n      this.#complete(held, outcome);",
    breaks: "what a command gave is not lost",
  },
  {
    name: "what was handed over goes to another job manager",
    file: "src/remote/remote.ts",
    find: 'else if (held?.state === "handed") this.#watchLost(held);\n    }\n  }\n\n  /** With several servers: these',
    replacement:
      'else if (held?.state === "handed") this.#wait(held);\n    }\n  }\n\n  /** With several servers: these',
    breaks: "no command runs twice",
  },
  {
    name: "what was open at a restart is handed over anew",
    file: "src/remote/remote.ts",
    find: '        held.state = "handed";\n        this.#watchLost(held);',
    replacement: "        this.#wait(held);",
    breaks: "no command runs twice",
  },
  {
    name: "what a journal has not seen is not sent again",
    file: "src/remote/remote.ts",
    find: "    for (const number of unseen) {",
    replacement: "    for (const number of unseen.slice(0, 0)) {",
    breaks: "every process ends",
  },
  {
    name: "a command that nobody waits for any more is not ended",
    file: "src/remote/remote.ts",
    find: '    if (held === undefined || held.state === "done") return;\n    if (held.state === "handed") this.#cancel(held);',
    replacement: '    if (held === undefined || held.state === "done") return;',
    breaks: "nothing runs for nobody",
  },
  {
    name: "a journal that was set back is believed",
    file: "src/remote/settlement.ts",
    find: "hello.highest >= highestTaken",
    replacement: "hello.highest >= 0",
    breaks: "no command runs twice",
  },
  {
    name: "who was given a message goes on waiting for one",
    file: "src/processes/due-turns.ts",
    find: "    await removeWaits(batch.transaction, waiter.process);\n    const",
    replacement: "    const",
    breaks: "each message goes to one waiter",
  },
  {
    name: "a message is kept although somebody took it",
    file: "src/processes/delivery.ts",
    find: "    return { delivered: true };",
    replacement: "",
    breaks: "each message goes to one waiter",
  },
  {
    name: "a message stays in the mailbox when it is taken",
    file: "src/processes/mailbox.ts",
    find: '  if (mail !== undefined) await tx.run("delete from mailbox where id = ?", [mail.id]);\n',
    replacement: "",
    breaks: "each message goes to one waiter",
  },
  {
    name: "the newest message is taken first",
    file: "src/processes/mailbox.ts",
    find: '"select id, body from mailbox where channel = ? order by id limit 1"',
    replacement: '"select id, body from mailbox where channel = ? order by id desc limit 1"',
    breaks: "messages keep the order of their sender",
  },
  {
    name: "a lock is given to everybody",
    file: "src/processes/waiting.ts",
    find: "if (holder === undefined || holder === live.row.id) return success();",
    replacement: "return success();",
    breaks: "a lock has one holder",
  },
  {
    name: "nobody is told that a lock is free",
    file: "src/processes/ending.ts",
    find: "    if (next !== undefined) await this.#due.wake(batch, next, success());\n",
    replacement: "",
    breaks: "every process ends",
  },
  {
    name: "children outlive their parent",
    file: "src/processes/ending.ts",
    find: "    else if (row.live_children > 0) await this.#cancelChildren(batch, row);\n",
    replacement: "",
    breaks: "children end with their parent",
  },
  {
    name: "timers are forgotten at a restart",
    file: "src/processes/engine.ts",
    find: "    if (found.timer !== undefined) this.#arm(found.timer);",
    replacement: "",
    breaks: "every process ends",
  },
  {
    name: "what was open is forgotten at a restart",
    file: "src/processes/engine.ts",
    find: "    this.#effects.restore(open);",
    replacement: "",
    breaks: "every process ends",
  },
  {
    name: "a timer fires too early",
    file: "src/processes/waiters.ts",
    find: "where t.wake_at <= ? and",
    replacement: "where t.wake_at - 1500 <= ? and",
    breaks: "nobody wakes before his time",
  },
  {
    name: "memory stays ahead of a refused transaction",
    file: "src/processes/work-queue.ts",
    find: "  #giveBack(taken: readonly { entry: Entry }[], error: unknown): void {\n    this.#onRollback();",
    replacement: "  #giveBack(taken: readonly { entry: Entry }[], error: unknown): void {",
    breaks: "no update is lost or doubled",
  },
  {
    name: "the engine's own work is dropped when the disk is full",
    file: "src/processes/work-queue.ts",
    find: "    this.#queue.unshift(...patient);",
    replacement: "",
    breaks: "every process ends",
  },
  {
    name: "a server that was put out may write",
    file: "src/database/server-seat.ts",
    find: "    if (changes !== 1) throw serverReplaced();",
    replacement: "    void changes;",
    breaks: "what two servers write does not mix",
    servers: 3,
  },
  {
    name: "who takes over does not put the other one out",
    file: "src/processes/shard-duty.ts",
    find: "        await removeSeat(transaction, server);\n        await onServerEnded",
    replacement: "        await onServerEnded",
    breaks: "what two servers write does not mix",
    servers: 3,
  },
  {
    name: "the outcome that another server has left is not given on",
    file: "src/processes/process-life.ts",
    find: "        await this.completeEffect(batch, { process: id, number: arrival.number }, arrival.outcome);\n",
    replacement: "",
    breaks: "every process ends",
    servers: 3,
  },
  {
    name: "a process of another server is not told",
    file: "src/processes/due-turns.ts",
    find: '    else await this.#neighbours.send(batch, { shard, process }, { kind: "wake", turn, input });\n',
    replacement: "",
    breaks: "every process ends",
    servers: 3,
  },
];
