import type { Clock } from "#kernel";
import { outputMaxBytes } from "#contract";
import type { Ending } from "../runner.ts";
import { lineReader, withoutEcho, type LineReader, type Patterns } from "./prompt.ts";
import { TerminalText } from "./terminal-text.ts";

/**
 * One interactive connection: lines go in, and what comes back up to the next prompt is the answer.
 *
 *   opening ─► resting ◄─► reading ─► closed
 *
 * S1  Nothing is read as an answer that came before the line was sent, but for what nobody has read yet.
 * S2  Whoever reads gets an end: the text, or why there is none.
 * S3  What is kept is bounded, whatever floods in.
 */
export interface ShellChannel {
  write(text: string): void;
  /** Ends it; `closed` of the events comes soon. */
  close(): void;
}

export type ShellEnd =
  /** The other side has hung up. */
  | { kind: "hung up" }
  /** The way to it broke. */
  | { kind: "lost"; message: string };

export interface Reading extends Patterns {
  /** For all of it; null: {@link silenceMaxMs} after the last that came. */
  timeoutMs: number | null;
}

export type Answer = { text: string; cutCharacters: number } | Failed;
type Failed = Extract<Ending, { kind: "failed" }>;

/** Without a limit of its own, a read gives up when nothing came for so long. */
export const silenceMaxMs = 60_000;

interface Reader {
  lines: LineReader;
  timeoutMs: number | null;
  done(answer: Answer): void;
  takeBackLimit(): void;
}

/** Quoted of a last line. */
const lineShownMax = 200;

export class Session {
  readonly #clock: Clock;
  readonly #channel: ShellChannel;
  readonly #place: string;
  readonly #patterns: Patterns;
  readonly #decoder: TextDecoder;
  readonly #text = new TerminalText(outputMaxBytes);
  #reader: Reader | undefined;
  #takeBackQuiet: () => void = () => {};
  /** Something came since the last line was sent, or the last answer was read. */
  #isFresh = false;
  #heardAt: number;
  #lastPrompt: string | null = null;
  #lastSent = "";
  /** A line was sent, and no prompt has come since. */
  #isBusy = false;
  /** What was read while opening; the first to read before a line is sent gets it. */
  #greeting: Answer | undefined;
  #end: ShellEnd | undefined;
  #closeListeners: (() => void)[] = [];
  usedAt: number;

  constructor(
    channel: ShellChannel,
    options: { clock: Clock; place: string; patterns: Patterns; encoding: string | null },
  ) {
    this.#channel = channel;
    this.#clock = options.clock;
    this.#place = options.place;
    this.#patterns = options.patterns;
    this.#decoder = new TextDecoder(options.encoding ?? "utf-8");
    this.#heardAt = this.#clock.now();
    this.usedAt = this.#heardAt;
  }

  get isClosed(): boolean {
    return this.#end !== undefined;
  }

  /** Waits for the first prompt; what came before it is kept for whoever reads next. */
  open(timeoutMs: number | null, done: (failure: Failed | undefined) => void): () => void {
    return this.read({ prompt: null, more: null, timeoutMs }, (answer) => {
      if ("kind" in answer) return done(answer);
      this.#greeting = answer;
      done(undefined);
    });
  }

  /** Sends a line; gives why it could not. */
  send(text: string): Failed | undefined {
    this.usedAt = this.#clock.now();
    if (this.#end !== undefined) {
      // This line has not left, whatever became of the last one.
      this.#isBusy = false;
      return this.#ended(this.#end);
    }
    this.#greeting = undefined;
    this.#isFresh = false;
    this.#isBusy = true;
    this.#lastSent = text;
    this.#channel.write(`${text}\n`);
    return undefined;
  }

  /** Reads to the next prompt. The returned function gives up: `done` is not called then. */
  read(reading: Reading, done: (answer: Answer) => void): () => void {
    this.usedAt = this.#clock.now();
    if (this.#greeting !== undefined) {
      done(this.#greeting);
      this.#greeting = undefined;
      return () => {};
    }
    if (this.#end !== undefined) {
      done(this.#ended(this.#end));
      return () => {};
    }
    const reader: Reader = {
      lines: lineReader({
        prompt: reading.prompt ?? this.#patterns.prompt,
        more: reading.more ?? this.#patterns.more,
      }),
      timeoutMs: reading.timeoutMs,
      done,
      takeBackLimit: () => {},
    };
    this.#reader = reader;
    if (reader.timeoutMs !== null) this.#limit(reader, reader.timeoutMs);
    else this.#limitSilence(reader);
    this.#look(reader);
    return () => {
      if (this.#reader === reader) this.#leave(reader);
    };
  }

  /** Bytes of the other side. */
  received(bytes: Uint8Array): void {
    this.#heardAt = this.#clock.now();
    this.#isFresh = true;
    this.#text.add(this.#decoder.decode(bytes, { stream: true }));
    if (this.#reader !== undefined) this.#look(this.#reader);
  }

  closed(end: ShellEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const reader = this.#reader;
    if (reader !== undefined) {
      const failure = this.#ended(end);
      this.#leave(reader);
      reader.done(failure);
    }
    for (const listener of this.#closeListeners.splice(0)) listener();
  }

  /** Ends it; resolves by calling `done`, at once if it has ended. */
  close(done: () => void): void {
    if (this.#end !== undefined) return done();
    this.#closeListeners.push(done);
    this.#channel.close();
  }

  /** A prompt may stand there, or the question of a pager. */
  #look(reader: Reader): void {
    this.#takeBackQuiet();
    if (!this.#isFresh) return;
    const { line } = this.#text;
    const pagerStart = reader.lines.pagerStart(line);
    if (pagerStart >= 0) {
      this.#text.cutLine(pagerStart);
      this.#channel.write(" ");
      return;
    }
    const prompt = reader.lines.prompt(line, this.#lastPrompt);
    if (prompt === undefined) return;
    const quietMs = Math.max(0, prompt.quietMs - (this.#clock.now() - this.#heardAt));
    this.#takeBackQuiet = this.#clock.after(quietMs, () => {
      // A busy job manager may have been late, and more may have come that it has not seen yet.
      const immediate = setImmediate(() => this.#answer(reader, prompt.length));
      this.#takeBackQuiet = () => clearImmediate(immediate);
    });
  }

  #answer(reader: Reader, promptLength: number): void {
    const { line } = this.#text;
    this.#lastPrompt = line.slice(line.length - promptLength);
    const before = line.slice(0, line.length - promptLength);
    const { lines, cutCharacters } = this.#text.take();
    const ended = withoutEcho(lines, this.#lastSent);
    this.#leave(reader);
    this.#isFresh = false;
    this.#isBusy = false;
    this.#lastSent = "";
    reader.done({ text: [...ended, ...(before === "" ? [] : [before])].join("\n"), cutCharacters });
  }

  #limit(reader: Reader, delayMs: number): void {
    reader.takeBackLimit = this.#clock.after(delayMs, () => {
      const seconds = (reader.timeoutMs ?? silenceMaxMs) / 1000;
      const how =
        reader.timeoutMs === null ? `; nothing came for ${seconds} s` : ` within ${seconds} s`;
      this.#leave(reader);
      reader.done({
        kind: "failed",
        reason: "timeout",
        message: `no prompt came from ${this.#place}${how}; ${this.#shownLine()}. If that is a prompt, describe it in __prompt__`,
      });
    });
  }

  #limitSilence(reader: Reader): void {
    const delayMs = this.#heardAt + silenceMaxMs - this.#clock.now();
    // What came before this read says nothing about it.
    const fromNow = this.#reader === reader && delayMs > 0 ? delayMs : silenceMaxMs;
    const heardAt = this.#heardAt;
    reader.takeBackLimit = this.#clock.after(fromNow, () => {
      if (this.#heardAt > heardAt) this.#limitSilence(reader);
      else this.#limit(reader, 0);
    });
  }

  #leave(reader: Reader): void {
    this.#takeBackQuiet();
    reader.takeBackLimit();
    this.#reader = undefined;
    this.usedAt = this.#clock.now();
  }

  #ended(end: ShellEnd): Failed {
    if (end.kind === "hung up") {
      const message = `${this.#place} has closed the session; ${this.#shownLine()}`;
      return { kind: "failed", reason: "unreachable", message };
    }
    if (!this.#isBusy) return { kind: "failed", reason: "unreachable", message: end.message };
    return {
      kind: "failed",
      reason: "unknown",
      message: `${end.message}; what became of the last line that was sent is not known`,
    };
  }

  #shownLine(): string {
    const line = this.#text.lastLine.slice(-lineShownMax);
    return line === "" ? "it has said nothing" : `its last line is '${line}'`;
  }
}
