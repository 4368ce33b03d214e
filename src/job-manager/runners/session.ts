import type { SessionSpec } from "#contract";
import { assert, type Clock } from "#kernel";
import type { Runner, RunnerEvents, RunningCommand } from "../runner.ts";
import { Session, type ShellChannel, type ShellEnd } from "../session/session.ts";
import { openLocalShell, openSshShell, type ShellEvents } from "../session/shell-channel.ts";
import { place as placeOf, refused, unreachable, type Failure } from "../ssh/connection.ts";
import type { SshPool } from "../ssh/pool.ts";

/**
 * Keeps the sessions of a job manager, and does what is asked of them: each step has a number of its own, like a command.
 * A session lives in here and nowhere else: with the job manager it is gone, and it is never opened again by itself.
 *
 *   open ─► (send | read)* ─► close, or nobody used it for long, or its process has ended
 */
export interface SessionRunner extends Runner<SessionSpec> {
  /** Those that are open, with the process that may use each. */
  list(): { session: number; process: number }[];
  has(session: number): boolean;
  /** Ends sessions that nobody uses any more; one that is being opened, too. */
  closeAll(sessions: readonly number[]): void;
}

/** A person may have to be asked in the middle of a session. */
export const idleMaxMs = 30 * 60_000;
/** Each holds a connection, or a shell here. */
const sessionsMax = 500;
/** What the other side gets to hang up, when it is asked to. */
const hangUpMaxMs = 5000;

interface Kept {
  session: Session;
  process: number;
  takeBackIdle: () => void;
}

export function sessionRunner({ pool, clock }: { pool: SshPool; clock: Clock }): SessionRunner {
  const sessions = new Map<number, Kept>();

  function keep(number: number, process: number, session: Session): void {
    const kept: Kept = { session, process, takeBackIdle: () => {} };
    sessions.set(number, kept);
    const watch = () => {
      const leftMs = session.usedAt + idleMaxMs - clock.now();
      if (leftMs <= 0) forget(number);
      else kept.takeBackIdle = clock.after(leftMs, watch);
    };
    watch();
  }

  function forget(number: number, done: () => void = () => {}): void {
    const kept = sessions.get(number);
    if (kept === undefined) return done();
    sessions.delete(number);
    kept.takeBackIdle();
    kept.session.close(done);
  }

  function find(spec: SessionSpec): Session | Failure {
    const kept = sessions.get(spec.session);
    if (kept === undefined) {
      return unreachable(
        `the session is not open any more: the job manager was restarted since, or nobody used it for ${idleMaxMs / 60_000} minutes`,
      );
    }
    if (kept.process !== spec.process) {
      return refused(
        "a session can only be used by the process that opened it, and not by children",
      );
    }
    return kept.session;
  }

  function open(spec: SessionSpec, events: RunnerEvents): RunningCommand {
    const { work } = spec;
    assert(work.kind === "open", "a session is begun by opening it");
    if (sessions.size >= sessionsMax) {
      events.ended(refused(`this job manager keeps ${sessionsMax} sessions already`));
      return nothingToEnd;
    }
    const { target } = work;
    if (target.kind === "none") {
      events.ended(refused("the connection type 'none' has no sessions"));
      return nothingToEnd;
    }
    const end = once(events);
    let session: Session | undefined;
    let isUnwanted = false;
    const shell: ShellEvents = {
      opened(channel) {
        if (isUnwanted) return channel.close();
        session = begin(spec, channel, target.kind === "ssh" ? placeOf(target) : "the local shell");
        events.started();
        const own = session;
        own.open(spec.timeoutMs, (failure) => {
          if (failure === undefined) keep(spec.session, spec.process, own);
          else own.close(() => {});
          end(failure ?? { kind: "exited", status: 0 });
        });
      },
      failed: (failure) => end(failure),
      received: (bytes) => session?.received(bytes),
      closed(how: ShellEnd) {
        session?.closed(how);
        // Who uses it next is told so; until then it is kept.
      },
      hostKey: (key, jump) => events.hostKey(key, jump),
    };
    let takeBack = () => false;
    try {
      if (target.kind === "ssh") takeBack = openSshShell(pool, target, work, shell);
      else openLocalShell(work, shell);
    } catch (error) {
      end(refused(`no shell could be started here: ${(error as Error).message}`));
    }
    const giveUp = () => {
      isUnwanted = true;
      takeBack();
      session?.close(() => {});
      end(cancelled);
    };
    return { signal: giveUp, release: giveUp, pause() {}, resume() {} };
  }

  function begin(spec: SessionSpec, channel: ShellChannel, place: string): Session {
    const { prompt, more, work } = spec;
    const encoding = work.kind === "open" ? work.encoding : null;
    return new Session(channel, { clock, place, patterns: { prompt, more }, encoding });
  }

  function send(session: Session, text: string, events: RunnerEvents): RunningCommand {
    events.started();
    events.ended(session.send(text) ?? { kind: "exited", status: 0 });
    return nothingToEnd;
  }

  function read(session: Session, spec: SessionSpec, events: RunnerEvents): RunningCommand {
    const end = once(events);
    events.started();
    const giveUp = session.read(spec, (answer) => {
      if ("kind" in answer) return end(answer);
      const { text, cutCharacters } = answer;
      if (text !== "") events.output("stdout", Buffer.from(text));
      if (cutCharacters > 0) {
        events.output("stdout", Buffer.from(`\n… ${cutCharacters} characters more`));
      }
      end({ kind: "exited", status: 0 });
    });
    const stop = () => {
      giveUp();
      end(cancelled);
    };
    return { signal: stop, release: stop, pause() {}, resume() {} };
  }

  function close(number: number, events: RunnerEvents): RunningCommand {
    const end = once(events);
    events.started();
    // A host that does not hang up is let go of.
    const takeBack = clock.after(hangUpMaxMs, () => end({ kind: "exited", status: 0 }));
    forget(number, () => {
      takeBack();
      end({ kind: "exited", status: 0 });
    });
    return nothingToEnd;
  }

  return {
    start(spec, events) {
      if (spec.work.kind === "open") return open(spec, events);
      const session = find(spec);
      if (spec.work.kind === "close") {
        return close(session instanceof Session ? spec.session : 0, events);
      }
      if (!(session instanceof Session)) {
        events.ended(session);
        return nothingToEnd;
      }
      if (spec.work.kind === "send") return send(session, spec.work.text, events);
      return read(session, spec, events);
    },
    list: () => Array.from(sessions, ([session, { process }]) => ({ session, process })),
    has: (session) => sessions.has(session),
    closeAll(numbers) {
      for (const number of numbers) forget(number);
    },
    close() {
      for (const number of sessions.keys()) forget(number);
    },
  };
}

const nothingToEnd: RunningCommand = { signal() {}, release() {}, pause() {}, resume() {} };

const cancelled: Failure = { kind: "failed", reason: "cancelled", message: "it was given up" };

/** The end of a step, told once. */
function once(events: RunnerEvents): RunnerEvents["ended"] {
  let hasEnded = false;
  return (ending) => {
    if (hasEnded) return;
    hasEnded = true;
    events.ended(ending);
  };
}
