import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";

/**
 * Whoever reads without end cannot say so. This thread looks whether the other one goes on, and ends both when it does not:
 * that is a finding, too. The time is no measure of anything; nothing that is tried takes seconds.
 */
const standstillMs = 120_000;

/** Where a run is: the seed, the number of the program, and how many attempts were made. */
export class Progress {
  readonly #shared: Int32Array<SharedArrayBuffer>;

  constructor(shared = new Int32Array(new SharedArrayBuffer(12))) {
    this.#shared = shared;
  }

  set(seed: number, index: number): void {
    this.#shared[0] = seed;
    this.#shared[1] = index;
    this.beat();
  }

  beat(): void {
    Atomics.add(this.#shared, 2, 1);
  }

  get attempts(): number {
    return Atomics.load(this.#shared, 2);
  }

  get place(): string {
    return `--seed ${(this.#shared[0] ?? 0) >>> 0} --from ${this.#shared[1]}`;
  }

  watch(): void {
    new Worker(new URL(import.meta.url), { workerData: this.#shared }).unref();
  }
}

if (!isMainThread && workerData instanceof Int32Array) {
  const progress = new Progress(workerData as Int32Array<SharedArrayBuffer>);
  let [attempts, since] = [-1, performance.now()];
  setInterval(() => {
    if (progress.attempts !== attempts) [attempts, since] = [progress.attempts, performance.now()];
    if (performance.now() - since < standstillMs) return;
    writeSync(1, `\nit does not come to an end: npm run fuzz -- ${progress.place} --programs 1\n`);
    process.kill(process.pid, "SIGABRT");
  }, 1000);
}
