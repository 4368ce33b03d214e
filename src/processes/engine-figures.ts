import { counter, gauge, Histogram, histogram, secondsBounds, type Figure } from "#kernel";

/** How many pieces of work share a commit. */
const worksBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/**
 * What the engine counts while it works. Everything here is a number that is raised in passing; nothing is looked up, and
 * nothing is counted that was not committed.
 */
export class EngineFigures {
  turns = 0;
  /** Results of commands and the like that were stored, each together with the turn that it brought. */
  steps = 0;
  started = 0;
  /** Messages that a process took at once, and ones that were kept for the next. */
  messages = { delivered: 0, kept: 0 };
  timersFired = 0;
  turnFailures = 0;
  commitFailures = 0;
  readonly #batchSeconds = new Histogram(secondsBounds);
  readonly #commitSeconds = new Histogram(secondsBounds);
  readonly #works = new Histogram(worksBounds);
  readonly #timerLagSeconds = new Histogram(secondsBounds);

  /** A transaction of the engine's: all of it took so long, of which the commit alone. */
  committed(commit: { works: number; batchMs: number; commitMs: number }): void {
    this.#works.observe(commit.works);
    this.#batchSeconds.observe(commit.batchMs / 1000);
    this.#commitSeconds.observe(commit.commitMs / 1000);
  }

  /** A timer was seen to so long after its time. */
  timerFired(lagMs: number): void {
    this.timersFired += 1;
    this.#timerLagSeconds.observe(Math.max(0, lagMs) / 1000);
  }

  list(queued: number): Figure[] {
    const { delivered, kept } = this.messages;
    return [
      counter("tsunagi_engine_turns_total", "Turns of processes that were committed.", this.turns),
      counter(
        "tsunagi_engine_steps_total",
        "Durable steps: results from outside that were stored with the turn they brought.",
        this.steps,
      ),
      counter("tsunagi_engine_processes_started_total", "Processes started.", this.started),
      counter("tsunagi_channel_messages_total", "Messages to channels.", [
        { labels: { to: "process" }, value: delivered },
        { labels: { to: "mailbox" }, value: kept },
      ]),
      counter("tsunagi_engine_timers_total", "Timers that were due.", this.timersFired),
      counter("tsunagi_engine_failures_total", "What went wrong by a fault of the server's.", [
        { labels: { what: "turn" }, value: this.turnFailures },
        { labels: { what: "commit" }, value: this.commitFailures },
      ]),
      gauge("tsunagi_engine_queue", "Pieces of work that wait for the writer.", queued),
      histogram("tsunagi_engine_batch_works", "Pieces of work that shared a commit.", [
        this.#works.sample(),
      ]),
      histogram("tsunagi_engine_batch_seconds", "Transactions, from begin to their end on disk.", [
        this.#batchSeconds.sample(),
      ]),
      histogram("tsunagi_engine_commit_seconds", "The commit alone: how fast the disk is.", [
        this.#commitSeconds.sample(),
      ]),
      histogram("tsunagi_engine_timer_lag_seconds", "How late timers were seen to.", [
        this.#timerLagSeconds.sample(),
      ]),
    ];
  }
}
