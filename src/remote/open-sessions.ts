/**
 * The sessions that processes have open on job managers, so that those are closed whose process ends by being cancelled:
 * no step of its own does it then. What is not known here, such as after a restart, job managers tell when they connect.
 */
export class OpenSessions {
  readonly #byProcess = new Map<number, Map<number, string>>();
  readonly #processes = new Map<number, number>();
  /** Nobody uses them any more, and their job manager could not be told. */
  readonly #disowned = new Set<number>();

  add(process: number, session: number, journal: string): void {
    this.#processes.set(session, process);
    const sessions = this.#byProcess.get(process);
    if (sessions === undefined) this.#byProcess.set(process, new Map([[session, journal]]));
    else sessions.set(session, journal);
  }

  ofProcess(process: number): { session: number; journal: string }[] {
    const sessions = this.#byProcess.get(process) ?? [];
    return Array.from(sessions, ([session, journal]) => ({ session, journal }));
  }

  processes(): number[] {
    return [...this.#byProcess.keys()];
  }

  forget(session: number): void {
    this.#disowned.delete(session);
    const process = this.#processes.get(session);
    if (process === undefined) return;
    this.#processes.delete(session);
    const sessions = this.#byProcess.get(process);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#byProcess.delete(process);
  }

  disown(session: number): void {
    this.forget(session);
    this.#disowned.add(session);
  }

  isDisowned(session: number): boolean {
    return this.#disowned.has(session);
  }
}
