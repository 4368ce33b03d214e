/**
 * Compares what the house has stored with what happened. It looks at what is committed only: what a crash would leave.
 *
 *   counts     every step of a flow that prints a line has changed the object that it changes in the same turn, and no other has
 *   truth      what a console says of a command is what became of it
 *   messages   none twice, in the order of their sender, and in the end none lost
 *   locks      nobody wrote in between
 *   memory     nothing that was seen is gone: no process, no line of a console; what has ended stays as it is
 *   structure  whoever waits is known to what he waits for, and nobody waits for what is there
 *   end        when all is calm, every process ends, and nothing runs for nobody
 */
import { readConsole } from "#processes";
import type { CommandWorld } from "./command-world.ts";
import type { Life } from "./scheduler.ts";
import type { SimulatedStore } from "./simulated-store.ts";
import { outputOf } from "./command-world.ts";

interface Row {
  id: number;
  parent: number | null;
  state: string;
  turn: number;
  ended_at: number | null;
  live_children: number;
  effect_number: number | null;
  effect_detail: string | null;
  waits_for: string | null;
  console_lines: number;
  console_tail: string | null;
  jobflow: string;
  error: string | null;
  status: number | null;
}

interface Seen {
  turn: number;
  lines: string[];
  ended: string | null;
  printed: string;
}

export class Checker {
  readonly #store: SimulatedStore<Life>;
  readonly #world: CommandWorld;
  readonly #onWrong: (message: string) => void;
  #seen = new Map<number, Seen>();
  /** Messages that a client got an answer for; an earlier state of the database may have lost them. */
  readonly accepted = new Set<string>();
  /** Processes whose start was answered. */
  readonly started = new Set<number>();

  constructor(
    store: SimulatedStore<Life>,
    world: CommandWorld,
    onWrong: (message: string) => void,
  ) {
    this.#store = store;
    this.#world = world;
    this.#onWrong = onWrong;
  }

  /** The database was set back: what came after is forgotten, and may happen again. */
  setBack({ withJournals }: { withJournals: boolean }): void {
    this.#seen = new Map();
    this.accepted.clear();
    this.started.clear();
    // What nobody had got yet, somebody got afterwards, and nobody but him knows it.
    const open = new Set(
      this.#rows().flatMap(({ waits_for: waitsFor, effect_detail: detail }) =>
        detail === null || waitsFor === null || detail.includes('"journal":null') ? [] : [waitsFor],
      ),
    );
    for (const text of this.#world.starts.keys()) {
      // What was open then is settled by the journals, and not begun once more, unless they are of yesterday, too.
      const isOpen = !withJournals && [...open].some((waits) => waits.includes(text));
      const { allowed } = this.#world;
      if (!isOpen) allowed.set(text, (allowed.get(text) ?? 0) + 1);
    }
  }

  /** Whether every process has ended. */
  hasEnded(): boolean {
    return this.#store.look("select 1 from process where ended_at is null limit 1").length === 0;
  }

  /** Looks at everything; nothing of the simulation may run meanwhile. */
  async check(isEnd: boolean): Promise<void> {
    const rows = this.#rows();
    const consoles = new Map<number, string[]>();
    for (const row of rows) consoles.set(row.id, await this.#linesOf(row));
    this.#checkMemory(rows, consoles);
    this.#checkCounts(consoles);
    this.#checkTruth(consoles);
    this.#checkMessages(rows, consoles, isEnd);
    this.#checkStructure(rows);
    if (isEnd) this.#checkEnd(rows);
  }

  #rows(): Row[] {
    return this.#store.look<Row>(
      `select id, parent, state, turn, ended_at, live_children, effect_number, effect_detail, waits_for,
         console_lines, console_tail, jobflow, error, status from process order by id`,
    );
  }

  async #linesOf(row: Row): Promise<string[]> {
    const seen = this.#seen.get(row.id);
    const printed = `${row.console_lines} ${row.console_tail ?? ""}`;
    if (seen?.printed === printed) return seen.lines;
    const lines = await readConsole(this.#store.watcher(), row.id, 0, 100_000);
    if (lines.length !== row.console_lines) {
      this.#onWrong(
        `/process/${row.id} has printed ${row.console_lines} lines, and ${lines.length} are there`,
      );
    }
    return lines.map(({ text }) => text);
  }

  #checkMemory(rows: readonly Row[], consoles: ReadonlyMap<number, string[]>): void {
    const now = new Map<number, Seen>();
    for (const row of rows) {
      const lines = consoles.get(row.id) ?? [];
      const ended = row.ended_at === null ? null : `${row.state} ${row.status} ${row.error ?? ""}`;
      const before = this.#seen.get(row.id);
      if (before !== undefined) {
        if (row.turn < before.turn) this.#wrong(row, `is at turn ${row.turn} again`);
        if (before.lines.some((line, index) => line !== lines[index])) {
          this.#wrong(row, "has lost or changed lines of its console");
        }
        if (before.ended !== null && before.ended !== ended) {
          this.#wrong(row, `had ended (${before.ended}), and is ${ended ?? row.state}`);
        }
      }
      const printed = `${row.console_lines} ${row.console_tail ?? ""}`;
      now.set(row.id, { turn: row.turn, lines, ended, printed });
    }
    for (const id of [...this.#seen.keys(), ...this.started]) {
      if (!now.has(id)) this.#onWrong(`/process/${id} is lost`);
    }
    this.#seen = now;
  }

  #checkCounts(consoles: ReadonlyMap<number, string[]>): void {
    const count = (line: string) =>
      [...consoles.values()].reduce(
        (sum, lines) => sum + lines.filter((each) => each === line).length,
        0,
      );
    const counter = this.#valueOf("counter");
    if (counter !== count("inc")) {
      this.#onWrong(`the counter is at ${counter}, and ${count("inc")} steps have raised it`);
    }
    const cell = this.#valueOf("cell");
    if (cell !== count("held")) {
      this.#onWrong(`${count("held")} have written under the lock, and the cell is at ${cell}`);
    }
  }

  #valueOf(name: string): number {
    const [row] = this.#store.look<{ data: string }>("select data from object where name = ?", [
      name,
    ]);
    const values = Object.values(JSON.parse(row?.data ?? "{}") as Record<string, unknown>);
    return values.find((value) => typeof value === "number") ?? 0;
  }

  #checkTruth(consoles: ReadonlyMap<number, string[]>): void {
    for (const [id, lines] of consoles) {
      for (const line of lines) {
        const [, p = "", i = "", told] = /^ok (\S+) (\d+) (.*)$/.exec(line) ?? [];
        if (/^(bad|again) unknown/.test(line) && !this.isDoubtAllowed) {
          this.#onWrong(`/process/${id} says '${line}', and no job manager was lost`);
        }
        const text = `step ${p} ${i}`;
        if (told !== undefined && (told !== outputOf(text) || !this.#world.succeeded.has(text))) {
          this.#onWrong(`/process/${id} says '${line}', which is not true`);
        }
        const slept = /^slept (\S+) (\S+)$/.exec(line);
        if (slept !== null && !this.isClockWrong) {
          const ms = Date.parse(slept[2] ?? "") - Date.parse(slept[1] ?? "");
          if (!(ms >= 2000)) this.#onWrong(`/process/${id} slept ${ms} ms instead of 2000`);
        }
        const family = /^family (.*)$/.exec(line)?.[1];
        if (family !== undefined) this.#checkFamily(id, family);
      }
    }
  }

  /** A job manager, a journal or the database was lost or set back, or cut off for long: the fate of a command may be unknown. */
  isDoubtAllowed = false;

  /** Wall clocks were moved: nobody can tell how long something took. */
  isClockWrong = false;

  #checkFamily(id: number, told: string): void {
    const values = told.split(" ");
    if (values.some((value, index) => value !== `c${index}`)) {
      this.#onWrong(`/process/${id} got '${told}' of its children`);
    }
  }

  #checkMessages(
    rows: readonly Row[],
    consoles: ReadonlyMap<number, string[]>,
    isEnd: boolean,
  ): void {
    const got = new Set<string>();
    const sent = new Set(this.accepted);
    for (const [id, lines] of consoles) {
      const last = new Map<string, number>();
      for (const line of lines) {
        const [, what = "", message = "", sender = "", number] =
          /^(got|sent) (m (\S+) (\d+))$/.exec(line) ?? [];
        if (what === "sent") sent.add(message);
        if (what !== "got") continue;
        if (got.has(message)) this.#onWrong(`the message '${message}' was received twice`);
        got.add(message);
        if (Number(number) <= (last.get(sender) ?? 0)) {
          this.#onWrong(`/process/${id} received '${message}' after a later one of its sender`);
        }
        last.set(sender, Number(number));
      }
    }
    const kept = this.#store.look<{ body: string }>("select body from mailbox");
    // On its way to a process of another server.
    const passed = this.#store
      .look<{ body: string }>("select body from arrival")
      .map(({ body }) => body.replaceAll("\\", ""));
    for (const { body } of kept) {
      const message = [...sent].find((each) => body.includes(`"${each}"`));
      if (message !== undefined && got.has(message)) {
        this.#onWrong(`the message '${message}' was received, and is kept`);
      }
    }
    if (kept.length > 0) {
      const [waiter] = this.#store.look(
        "select process from waiter where kind = 'channel' limit 1",
      );
      if (waiter !== undefined) {
        this.#onWrong("a message is kept, and somebody waits for one");
      }
    }
    const isTaking = rows.some(({ state }) => state === "ready");
    if (!isEnd && isTaking) return;
    for (const message of sent) {
      const isKept = kept.some(({ body }) => body.includes(`"${message}"`));
      const isPassed = !isEnd && passed.some((body) => body.includes(`"${message}"`));
      if (!got.has(message) && !isKept && !isPassed) {
        this.#onWrong(`the message '${message}' is lost`);
      }
    }
  }

  #checkStructure(rows: readonly Row[]): void {
    const live = new Map(
      rows.filter((row) => row.ended_at === null).map((row) => [row.id, row] as const),
    );
    const children = new Map<number, number>();
    for (const { parent } of live.values()) {
      if (parent !== null) children.set(parent, (children.get(parent) ?? 0) + 1);
    }
    const waits = this.#store.look<{ kind: string; target: number; process: number; turn: number }>(
      "select kind, target, process, turn from waiter",
    );
    const timers = this.#store.look<{ process: number; turn: number }>(
      "select process, turn from timer",
    );
    const woken = new Set<number>();
    for (const { process, turn } of [...waits, ...timers]) {
      const row = live.get(process);
      if (row === undefined || row.turn !== turn) {
        this.#onWrong(
          `something waits for turn ${turn} of /process/${process}, which is not at it`,
        );
      }
      woken.add(process);
    }
    for (const { process } of this.#store.look<{ process: number }>(
      "select process from arrival",
    )) {
      woken.add(process);
    }
    const locks = this.#store.look<{ object_id: number; process: number }>(
      "select object_id, process from lock_holder",
    );
    for (const { process } of locks) {
      if (!live.has(process)) this.#onWrong(`/process/${process} has ended and holds a lock`);
    }
    for (const { kind, target, process } of waits) {
      if (kind === "lock" && !locks.some((lock) => lock.object_id === target)) {
        this.#onWrong(`/process/${process} waits for a lock that nobody holds`);
      }
      if (kind === "process" && !live.has(target)) {
        this.#onWrong(
          `/process/${process} waits for the end of /process/${target}, which has ended`,
        );
      }
    }
    for (const [id, row] of live) {
      const isParentGone = row.parent !== null && !live.has(row.parent);
      if (isParentGone) this.#wrong(row, "has outlived its parent");
      if (row.live_children !== (children.get(id) ?? 0)) {
        this.#wrong(row, `counts ${row.live_children} children and has ${children.get(id) ?? 0}`);
      }
      if (row.state === "waiting" && !woken.has(id)) {
        this.#wrong(row, `waits for ${row.waits_for}, and nothing will wake it`);
      }
      if (row.state === "running" && row.effect_number === null) {
        this.#wrong(row, "runs something, and nothing is open");
      }
    }
    const numbers = [...live.values()].flatMap(({ effect_number: number }) => number ?? []);
    if (new Set(numbers).size < numbers.length) {
      this.#onWrong("two processes have an effect of the same number");
    }
  }

  #checkEnd(rows: readonly Row[]): void {
    for (const row of rows) {
      if (row.ended_at !== null) continue;
      const detail = row.effect_detail === null ? "" : ` ${row.effect_number} ${row.effect_detail}`;
      this.#wrong(row, `never ends: it waits for ${row.waits_for}${detail}`);
    }
    for (const [run, { life }] of this.#world.running) {
      // With its job manager gone, nobody can end it.
      if (!life.isDead) this.#onWrong(`the command '${run.replace(/^\d+ /, "")}' runs for nobody`);
    }
  }

  #wrong({ id, jobflow, state }: Row, what: string): void {
    this.#onWrong(`/process/${id} (${jobflow}, ${state}) ${what}`);
  }
}
