import type { Clock } from "#kernel";
import type { CommandResult, WorkSpec } from "#contract";
import { Capture } from "./capture.ts";
import type { Ending, OutputStream, Runner } from "./runner.ts";

/**
 * The life of one command: started by its runner, watched, ended when its time is over or nobody wants it any
 * more, and summed up as a result.
 *
 *   running ── time is over, cancelled ──► TERM ── 5 s ──► KILL ── 5 s ──► let go: its fate is unknown
 *      └───────────────────────────────────┴───────────────┴─► ended
 */
export interface Execution {
  /** Ends the command; the result comes as usual, with reason `cancelled`. */
  cancel(message: string): void;
  pause(): void;
  resume(): void;
}

export interface ExecutionEvents {
  started(): void;
  /** What of a chunk of output is kept for the result, too. */
  output(stream: OutputStream, bytes: Uint8Array): void;
  /** Once, last. */
  ended(result: CommandResult): void;
}

/** What a command gets to end by itself after TERM, and the system after KILL. */
export const terminationGraceMs = 5000;

export function execute<Spec extends WorkSpec>(
  spec: Spec,
  runner: Runner<Spec>,
  clock: Clock,
  events: ExecutionEvents,
): Execution {
  const encoding = "encoding" in spec ? spec.encoding : null;
  // A session keeps its time itself: it can tell what it has seen instead of a prompt.
  const limitMs = "kind" in spec && spec.kind === "session" ? null : spec.timeoutMs;
  const captures = { stdout: new Capture(encoding), stderr: new Capture(encoding) };
  let stopping: { reason: "timeout" | "cancelled"; message: string } | undefined;
  let stopTimer: (() => void) | undefined;
  let hasEnded = false;
  let hostKey: string | null = null;
  let jumpHostKeys: (string | null)[] | undefined;

  function stop(reason: "timeout" | "cancelled", message: string): void {
    if (hasEnded || stopping !== undefined) return;
    stopTimer?.();
    stopping = { reason, message };
    // Whoever is asked to end must be able to write its last words.
    command.resume();
    stopTimer = clock.after(terminationGraceMs, () => {
      stopTimer = clock.after(terminationGraceMs, () => command.release());
      command.signal("KILL");
    });
    command.signal("TERM");
  }

  function end(ending: Ending): void {
    if (hasEnded) return;
    hasEnded = true;
    stopTimer?.();
    events.ended({
      ...verdict(ending, stopping),
      stdout: captures.stdout.end(),
      stderr: captures.stderr.end(),
      stdoutCut: captures.stdout.cutBytes,
      stderrCut: captures.stderr.cutBytes,
      hostKey,
      ...(jumpHostKeys === undefined ? {} : { jumpHostKeys: Array.from(jumpHostKeys, orNull) }),
      ...(ending.kind === "exited" && ending.base64 !== undefined ? { base64: ending.base64 } : {}),
    });
  }

  const command = runner.start(spec, {
    started() {
      events.started();
      if (limitMs === null || stopping !== undefined) return;
      stopTimer = clock.after(limitMs, () => {
        const what = "kind" in spec ? "the copy took" : "the command ran";
        stop("timeout", `${what} longer than its time limit of ${limitMs / 1000} s`);
      });
    },
    output(stream, bytes) {
      const kept = captures[stream].add(bytes);
      if (kept.length > 0) events.output(stream, kept);
    },
    hostKey(key, jump) {
      if (jump === undefined) hostKey = key;
      else {
        jumpHostKeys ??= Array.from({ length: jump }, () => null);
        jumpHostKeys[jump] = key;
      }
    },
    ended: end,
  });

  return {
    cancel: (message) => stop("cancelled", message),
    pause: () => {
      if (!hasEnded && stopping === undefined) command.pause();
    },
    resume: () => {
      if (!hasEnded) command.resume();
    },
  };
}

/** A gap is a host whose key was known. */
const orNull = (key: string | null | undefined) => key ?? null;

function verdict(
  ending: Ending,
  stopping: { reason: "timeout" | "cancelled"; message: string } | undefined,
): Pick<CommandResult, "status" | "reason" | "message"> {
  switch (ending.kind) {
    case "exited":
      if (stopping !== undefined) {
        return {
          status: -1,
          reason: stopping.reason,
          message: `${stopping.message} and was ended`,
        };
      }
      return { status: ending.status, reason: ending.status === 0 ? null : "exit", message: null };
    case "failed":
      if (stopping !== undefined && ending.reason === "unknown") {
        const message = `${stopping.message}; ${ending.message}`;
        return { status: -1, reason: "unknown", message };
      }
      if (stopping !== undefined && ending.reason === "cancelled") {
        return { status: -1, reason: stopping.reason, message: stopping.message };
      }
      return { status: -1, reason: ending.reason, message: ending.message };
  }
}
