import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { counter, gauge, samplesBy, type Figure } from "#kernel";
import { loggedLines } from "#runtime";

/** Rare enough to cost an idle server nothing. */
const resolutionMs = 50;

/** Delays are told of the last such while, so that a bad moment is neither lost at once nor shown for ever. */
const windowMs = 60_000;

/** What a thread knows about itself: its memory, how busy it is, and how long its event loop kept others waiting. */
export class ThreadFigures {
  readonly #thread: string;
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  #windowBegan = performance.now();

  constructor(thread: string) {
    this.#thread = thread;
    this.#delay.enable();
  }

  list(): Figure[] {
    const { heapUsed, heapTotal, external } = process.memoryUsage();
    const labels = { thread: this.#thread };
    const memory = Object.entries({ heap_used: heapUsed, heap: heapTotal, external });
    const figures = [
      gauge(
        "tsunagi_thread_memory_bytes",
        "Memory of a thread's JavaScript.",
        memory.map(([what, value]) => ({ labels: { ...labels, what }, value })),
      ),
      counter("tsunagi_thread_busy_seconds_total", "How long a thread was at work.", [
        { labels, value: performance.eventLoopUtilization().active / 1000 },
      ]),
      gauge(
        "tsunagi_thread_event_loop_delay_seconds",
        "How much later than due a thread came to things, in the last minute.",
        [0.5, 0.99, 1].map((quantile) => ({
          labels: { ...labels, quantile: String(quantile) },
          value: this.#delaySeconds(quantile),
        })),
      ),
      counter(
        "tsunagi_log_lines_total",
        "Lines that were logged.",
        samplesBy("level", loggedLines).map(({ labels: level, value }) => ({
          labels: { ...labels, ...level },
          value,
        })),
      ),
    ];
    this.#renewWindow();
    return figures;
  }

  #delaySeconds(quantile: number): number {
    if (this.#delay.count === 0) return 0;
    const measuredMs = this.#delay.percentile(quantile * 100) / 1e6;
    return Math.max(0, measuredMs - resolutionMs) / 1000;
  }

  #renewWindow(): void {
    if (performance.now() - this.#windowBegan < windowMs) return;
    this.#delay.reset();
    this.#windowBegan = performance.now();
  }
}
