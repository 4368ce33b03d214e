import { andThen, type Soon } from "#kernel";
import {
  pendingPause,
  principalOf,
  secretsOf,
  type Environment,
  type Input,
  type Interruption,
  type JobRecorder,
  type Pause,
  type Request,
  type Wait,
} from "#machine";
import { isSimple, type Answerer, type Asking, type SimpleRequest } from "./answerer.ts";
import { appendConsole } from "./console.ts";
import type { EffectDispatch } from "./effect-dispatch.ts";
import { cancelledEnd, waitsNoMore, type Ending } from "./ending.ts";
import { moveTo, type Live, type LiveProcesses } from "./live-processes.ts";
import { appendJobs, endOpenJobs, openJobsOf } from "./process-jobs.ts";
import type { ProcessLife } from "./process-life.ts";
import { hasEnded } from "./process-state.ts";
import { updateProcess } from "./process-table.ts";
import { TurnShare } from "./turn-share.ts";
import { removeWaits } from "./waiters.ts";
import type { Waiting, WaitingRoom } from "./waiting.ts";
import type { Batch } from "./work-queue.ts";

/** A turn under way: what its process asked so far, and what is left of its time. */
interface Turn {
  live: Live;
  asking: Asking;
  share: TurnShare;
}

// What a child costs that is started, as many characters would.
const childWork = 16_000;

/** One turn of a process: from an input to the next thing that only the world outside can give, with all answers on the way. */
export class TurnRunner {
  readonly #life: ProcessLife;
  readonly #live: LiveProcesses;
  readonly #waiting: WaitingRoom;
  readonly #ending: Ending;
  readonly #answerer: Answerer;
  readonly #effects: EffectDispatch;
  readonly #environment: Environment;
  readonly #recorder: JobRecorder;
  readonly #onConsole: (process: number, lines: readonly string[]) => void;
  readonly #onReady: (process: number, turn: number) => void;

  constructor(options: {
    life: ProcessLife;
    live: LiveProcesses;
    waiting: WaitingRoom;
    ending: Ending;
    answerer: Answerer;
    effects: EffectDispatch;
    environment: Environment & { recorder: JobRecorder };
    /** After a commit: what a process printed. */
    onConsole: (process: number, lines: readonly string[]) => void;
    /** After a commit: a process was left `ready`. */
    onReady: (process: number, turn: number) => void;
  }) {
    this.#life = options.life;
    this.#live = options.live;
    this.#waiting = options.waiting;
    this.#ending = options.ending;
    this.#answerer = options.answerer;
    this.#effects = options.effects;
    this.#environment = options.environment;
    this.#recorder = options.environment.recorder;
    this.#onConsole = options.onConsole;
    this.#onReady = options.onReady;
  }

  run(batch: Batch, live: Live, input: Input): Soon<void> {
    const removed = live.hasWaits ? removeWaits(batch.transaction, live.row.id) : undefined;
    return andThen(removed, () => this.#begin(batch, live, input));
  }

  #begin(batch: Batch, live: Live, input: Input): Soon<void> {
    const { row, state } = live;
    this.#leaveWait(batch, live, input);
    row.turn += 1;
    row.started_at ??= batch.now;
    const asking: Asking = {
      batch,
      process: row,
      principal: () => principalOf(state) ?? row.principal,
      lines: [],
      life: this.#life,
    };
    const { open, number } = openJobsOf(row);
    this.#recorder.begin(open, number, batch.now);
    const share = new TurnShare(state, this.#environment);
    // A question that was put off is asked now.
    const put = input.kind === "start" ? pendingPause(state) : null;
    return this.#goOn({ live, asking, share }, put?.kind === "ask" ? put : share.advance(input));
  }

  /** From a pause of the machine to the end of the turn. */
  #goOn(turn: Turn, first: Pause | Interruption): Soon<void> {
    const { live, asking, share } = turn;
    let pause = first;
    while (pause.kind === "ask") {
      const { request } = pause;
      if (!isSimple(request)) return this.#ask(turn, request);
      if (request.kind === "print") share.spend(request.text.length);
      const answer = this.#answerer.answerAtOnce(asking, request);
      pause = share.advance({ kind: "answer", answer });
    }
    switch (pause.kind) {
      case "ended": {
        const { end } = pause;
        return this.#leave(turn, () => this.#ending.finish(asking.batch, live, end));
      }
      case "interrupted":
        return this.#leave(turn, () => this.#goOnLater(asking.batch, live, { kind: "start" }));
      case "wait":
        return this.#isForEffect(pause) ? this.#park(turn, pause) : this.#wait(turn, pause);
    }
  }

  async #ask(turn: Turn, request: Exclude<Request, SimpleRequest>): Promise<void> {
    const { asking, live, share } = turn;
    if (request.kind === "fork") {
      if (share.isUsedUp) {
        // It is asked when others have had their turns.
        return this.#leave(turn, () => this.#goOnLater(asking.batch, live, { kind: "start" }));
      }
      share.spend(request.children.length * childWork);
    }
    const answer = await this.#answerer.answer(asking, request);
    if (!hasEnded(live.row.state))
      return this.#goOn(turn, share.advance({ kind: "answer", answer }));
    // It has cancelled itself, or a parent that took it along.
    const { batch, process: row } = asking;
    await this.#leave(turn, async () => {
      await endOpenJobs(batch.transaction, row, batch.now, cancelledEnd);
      updateProcess(batch.transaction, row);
    });
  }

  async #wait(turn: Turn, pause: Waiting): Promise<void> {
    const { asking, live, share } = turn;
    const event = await this.#waiting.eventAtOnce(asking.batch, live, pause);
    if (event === undefined) return this.#park(turn, pause);
    if (!share.isUsedUp) return this.#goOn(turn, share.advance(event));
    return this.#leave(turn, () => this.#goOnLater(asking.batch, live, event));
  }

  #park(turn: Turn, pause: Waiting): Soon<void> {
    const { asking, live } = turn;
    return this.#leave(turn, () => this.#waiting.parkOrHold(asking.batch, live, pause));
  }

  /** Writes down what the turn printed, changed and did, and then what follows from it. */
  #leave({ asking, live }: Turn, next: () => Soon<void>): Soon<void> {
    return andThen(this.#print(asking), () => {
      const finished = asking.change === undefined ? undefined : this.#answerer.finish(asking);
      return andThen(finished, () => andThen(this.#keepJobs(asking.batch, live), next));
    });
  }

  #keepJobs(batch: Batch, { row, state }: Live): Promise<void> | undefined {
    const taken = this.#recorder.take(this.#environment, secretsOf(state));
    return appendJobs(batch.transaction, row, taken);
  }

  /** The others have their turns first. */
  #goOnLater(batch: Batch, live: Live, input: Input): void {
    const { row } = live;
    moveTo(row, "ready");
    this.#live.keepInput(row, input);
    this.#live.store(batch, live);
    batch.afterCommit(() => this.#onReady(row.id, row.turn));
  }

  /** Gives up what the last turn waited for, as far as this input did not come from it. */
  #leaveWait(batch: Batch, live: Live, input: Input): void {
    const { row, state } = live;
    live.hasWaits = false;
    const pause = pendingPause(state);
    const waits: readonly Wait[] = pause?.kind === "wait" ? pause.waits : [];
    for (const [index, wait] of waits.entries()) {
      if (input.kind === "event" && input.index === index) continue;
      if (this.#effects.takes(wait)) this.#ending.abandonEffect(batch, row, pause);
    }
    waitsNoMore(row);
  }

  /** Whether nothing is waited for but an effect that can be given, which is over only when it has been given. */
  #isForEffect({ waits }: Waiting): boolean {
    const [wait] = waits;
    return waits.length === 1 && wait !== undefined && this.#effects.takes(wait);
  }

  #print({ batch, process: row, lines }: Asking): Promise<void> | undefined {
    if (lines.length === 0) return undefined;
    batch.afterCommit(() => this.#onConsole(row.id, lines));
    return appendConsole(batch.transaction, row, batch.now, lines);
  }
}
