import type { ClientChannel } from "ssh2";
import { assert, type Clock } from "#kernel";
import type { CommandSpec, SshTarget } from "#contract";
import { fromWireBytes } from "../capture.ts";
import {
  killText,
  scriptFileName,
  settingLines,
  sudoInput,
  withSudo,
  workText,
} from "../command-line.ts";
import type { Ending, Runner, RunnerEvents, RunningCommand } from "../runner.ts";
import { shellQuote } from "../shell-quote.ts";
import { openChannel, type ChannelEvents } from "../ssh/channel.ts";
import {
  place as placeOf,
  refused,
  tellKeys,
  unknown,
  unreachable,
  type Failure,
  type SshConnection,
} from "../ssh/connection.ts";
import { sshPool, type SshPool, type SshPoolOptions } from "../ssh/pool.ts";
import { ProcessGroup } from "../ssh/process-group.ts";

/** For writing and removing a script's file. */
const errandTimeoutMs = 30_000;

/**
 * Runs commands over SSH, on connections that are kept and shared.
 *
 *   place on a connection ─► (script: write its file) ─► run ─► (script: remove it) ─► ended
 *
 * Where there is no shell as far as we know (a device), a command without settings is sent as it stands; it cannot be
 * ended then. Until its text has left, a failure is `unreachable` or `refused`; afterwards, a lost connection is `unknown`.
 */
export function sshRunner(options: SshPoolOptions, pool = sshPool(options)): Runner {
  return {
    start(spec, events) {
      assert(spec.target.kind === "ssh", "the ssh runner takes commands for ssh");
      const run = new SshRun(pool, options.clock, spec, spec.target, events);
      run.start();
      return run;
    },
    close: () => pool.close(),
  };
}

class SshRun implements RunningCommand {
  readonly #pool: SshPool;
  readonly #clock: Clock;
  readonly #spec: CommandSpec;
  readonly #target: SshTarget;
  readonly #events: RunnerEvents;
  readonly #group = new ProcessGroup((group) => this.#knowGroup(group));
  #channel: ClientChannel | undefined;
  #groupNumber: number | undefined;
  /** Asked for before the group was known. */
  #pendingSignal: "TERM" | "KILL" | undefined;
  /** Takes the request for a channel back while it stands in line. */
  #takeBack: () => boolean = () => false;
  /** The text may have left: what is not known to have ended may run. */
  #mayRun = false;
  #scriptDirectory: string | undefined;
  #isUnwanted = false;
  #isPaused = false;
  #hasEnded = false;

  constructor(
    pool: SshPool,
    clock: Clock,
    spec: CommandSpec,
    target: SshTarget,
    events: RunnerEvents,
  ) {
    this.#pool = pool;
    this.#clock = clock;
    this.#spec = spec;
    this.#target = target;
    this.#events = events;
  }

  start(): void {
    const { work } = this.#spec;
    if (work.kind === "command") {
      this.#run(null);
      return;
    }
    const name = scriptFileName(work.name);
    // mktemp makes the directory for this user alone; the text comes by standard input, so that no list of processes shows it.
    const file = `"$d"/${shellQuote(name)}`;
    const write =
      `umask 077 && d=$(mktemp -d "\${TMPDIR:-/tmp}/tsunagi.XXXXXXXXXX") && cat > ${file}` +
      ` && chmod 700 ${file} && printf '%s' "$d"`;
    this.#errand(write, work.text, (directory, failure) => {
      if (directory?.startsWith("/")) this.#scriptDirectory = directory;
      if (this.#isUnwanted) this.#finish(notStarted);
      else if (this.#scriptDirectory !== undefined) this.#run(`${directory}/${name}`);
      else
        this.#finish(
          failure ?? refused(`no temporary file could be made on ${placeOf(this.#target)}`),
        );
    });
  }

  signal(signal: "TERM" | "KILL"): void {
    this.#isUnwanted = true;
    if (this.#takeBack()) {
      this.#finish(notStarted);
      return;
    }
    if (this.#groupNumber === undefined) this.#pendingSignal = signal;
    else this.#kill(this.#groupNumber, signal);
  }

  release(): void {
    this.#channel?.close();
    const message = `it could not be ended on ${placeOf(this.#target)} and may still run there`;
    this.#finish(this.#mayRun ? unknown(message) : notStarted);
  }

  pause(): void {
    this.#isPaused = true;
    this.#channel?.pause();
    this.#channel?.stderr.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#channel?.resume();
    this.#channel?.stderr.resume();
  }

  #run(scriptFile: string | null): void {
    this.#mayRun = true;
    const textFor = ({ hasShell }: SshConnection) =>
      (hasShell ? this.#group.line : "") + this.#text(scriptFile);
    this.#takeBack = openChannel(this.#pool, this.#target, textFor, {
      opened: (channel, { connection }) => this.#watch(channel, connection),
      ended: (ending) => {
        this.#report("stdout", this.#group.rest());
        this.#finish(ending);
      },
      failed: (failure) => this.#finish(failure),
    });
  }

  #watch(channel: ClientChannel, connection: SshConnection): void {
    this.#channel = channel;
    tellKeys(this.#target, connection, this.#events);
    this.#events.started();
    channel.on("data", (bytes: Buffer) => {
      this.#report("stdout", connection.hasShell ? this.#group.strip(bytes) : bytes);
    });
    channel.stderr.on("data", (bytes: Buffer) => this.#report("stderr", bytes));
    if (this.#isPaused) this.pause();
    channel.end(this.#standardInput());
  }

  #report(stream: "stdout" | "stderr", bytes: Buffer): void {
    if (!this.#hasEnded && bytes.length > 0) this.#events.output(stream, bytes);
  }

  #knowGroup(group: number): void {
    this.#groupNumber = group;
    if (this.#hasEnded && this.#isUnwanted) this.#kill(group, "KILL");
    else if (this.#pendingSignal !== undefined) this.#kill(group, this.#pendingSignal);
  }

  #text(scriptFile: string | null): string {
    const spec = this.#spec;
    const text = workText(spec, scriptFile);
    const settings = settingLines(spec);
    const isScript = spec.work.kind === "script";
    if (spec.sudo !== null) {
      const shell = isScript ? "/bin/sh" : (spec.shell ?? "/bin/sh");
      return posix(withSudo(settings + text, shell, spec.sudo));
    }
    if (isScript) return posix(settings + text);
    if (spec.shell === null) return settings + text;
    return `${settings}exec ${shellQuote(spec.shell)} -c ${shellQuote(text)}`;
  }

  #standardInput(): Buffer {
    const { stdin, sudo } = this.#spec;
    const own = stdin === null ? Buffer.alloc(0) : fromWireBytes(stdin);
    return Buffer.concat([Buffer.from(sudoInput(sudo)), own]);
  }

  #kill(group: number, signal: "TERM" | "KILL"): void {
    const { sudo } = this.#spec;
    const text = posix(killText(group, signal, sudo));
    const events: ChannelEvents = {
      opened(channel) {
        channel.resume();
        channel.stderr.resume();
        channel.end(sudoInput(sudo));
      },
      // Whether it helped is seen by the command's end alone.
      ended() {},
      failed() {},
    };
    openChannel(this.#pool, this.#target, () => text, events, { isUrgent: true });
  }

  #finish(ending: Ending): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const directory = this.#scriptDirectory;
    if (directory === undefined) {
      this.#events.ended(ending);
      return;
    }
    // Whatever happened to the script, its file goes; that it could not be removed does not change how it ended.
    this.#errand(`rm -rf -- ${shellQuote(directory)}`, "", () => this.#events.ended(ending));
  }

  /** Runs a small command of our own and gives its output, or why there is none. */
  #errand(
    text: string,
    input: string,
    done: (output: string | undefined, failure?: Failure) => void,
  ): void {
    const where = placeOf(this.#target);
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let isDone = false;
    const end = (result: string | undefined, failure?: Failure) => {
      if (isDone) return;
      isDone = true;
      takeBackTimer();
      done(result, failure);
    };
    const takeBackTimer = this.#clock.after(errandTimeoutMs, () => {
      end(undefined, unreachable(`${where} did not answer within ${errandTimeoutMs / 1000} s`));
    });
    this.#takeBack = openChannel(this.#pool, this.#target, () => posix(text), {
      opened(channel) {
        channel.on("data", (bytes: Buffer) => output.push(bytes));
        channel.stderr.on("data", (bytes: Buffer) => errors.push(bytes));
        channel.end(input);
      },
      ended(ending) {
        if (ending.kind === "failed") end(undefined, unreachable(ending.message));
        else if (ending.status === 0) end(Buffer.concat(output).toString());
        else {
          const why = Buffer.concat(errors).toString().trim() || `status ${ending.status}`;
          end(undefined, refused(`the script's file could not be written on ${where}: ${why}`));
        }
      },
      failed: (failure) => end(undefined, failure),
    });
  }
}

const notStarted: Failure = {
  kind: "failed",
  reason: "cancelled",
  message: "the command was not started",
};

/** For what needs a POSIX shell, whatever the login shell is. */
function posix(text: string): string {
  return `exec /bin/sh -c ${shellQuote(text)}`;
}
