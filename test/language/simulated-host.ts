import { assert, resolvePath, TsunagiError } from "#kernel";
import { compile } from "#language";
import {
  advanceBy,
  begin,
  decodeState,
  encodeState,
  fromJson,
  isDictionary,
  JobRecorder,
  ObjectValue,
  principalOf,
  ProcessValue,
  SecretValue,
  textOf,
  TimeValue,
  type Answer,
  type Command,
  type Environment,
  type Input,
  type JobRecord,
  type Observer,
  type Outcome,
  type Pause,
  type ProcessEnd,
  type Program,
  type Request,
  type State,
  type Value,
  type Wait,
} from "#machine";

/**
 * A world in memory for jobflows: objects, channels, commands with given answers, and a clock that jumps to the next moment at which
 * something happens. It drives machines as the engine does, and knows nothing about what they should do.
 */
export interface StoredThing {
  type: string;
  fields: Map<string, Value>;
}

export interface CommandAnswer {
  pattern: RegExp;
  status: number;
  output: string;
  error: string;
  reason: Outcome["reason"];
  seconds: number;
  /** How often it is given; then the next one that fits. */
  times: number;
}

interface Process {
  id: number;
  state: State;
  path: string;
  parent: number | null;
  input: Input | null;
  pause: Extract<Pause, { kind: "wait" }> | null;
  /** When what it waits for happens by itself, with which outcome. */
  due: { at: number; index: number; outcome: Outcome }[];
  end: ProcessEnd | null;
  lines: string[];
  /** What it did, if that is recorded, and what of it is not over. */
  jobs: JobRecord[];
  openJobs: JobRecord[];
  jobCount: number;
}

// Programs that never end are cut off here.
const turnsMax = 5000;

/** A program ran longer than the test that runs it wants to wait; says nothing about the program. */
export class TooLong extends Error {}

/** Its state cannot be stored, which is the engine's business. */
export class TooLarge extends TooLong {}

const ok = (result: Value = null): Outcome => ({ status: 0, result, error: null, reason: null });

export class SimulatedHost {
  readonly objects = new Map<string, StoredThing>();
  readonly commands: CommandAnswer[] = [];
  readonly externals = new Map<string, Outcome>();
  /** What was printed, by all processes. */
  readonly lines: string[] = [];
  /** The commands that ran, with their host. */
  readonly ran: string[] = [];
  /** For whom each of them ran; null: the process's own principal. */
  readonly ranFor: (number | null)[] = [];
  readonly processes = new Map<number, Process>();
  readonly #programs: Map<string, Program>;
  readonly #mail = new Map<string, Value[]>();
  readonly #locks = new Map<number, number>();
  readonly #lockQueue: { process: number; of: number }[] = [];
  readonly #receivers: { process: number; channel: string; index: number }[] = [];
  readonly #source: (path: string) => string | undefined;
  readonly #savesEveryInstruction: boolean;
  readonly #turnsMax: number;
  readonly #recorder: JobRecorder | undefined;
  readonly #depthMax: number;
  readonly environment: Environment;
  /** Instructions that all processes together may still run. */
  #instructionsLeft: number;
  #now = Date.UTC(2026, 0, 2, 3, 4, 5);

  constructor(options: {
    source: (path: string) => string | undefined;
    savesEveryInstruction?: boolean;
    instructionsMax?: number;
    turnsMax?: number;
    recordsJobs?: boolean;
    depthMax?: number;
    observer?: Observer;
    /** Programs by their source, which spares compiling the same ones for each host. */
    programs?: Map<string, Program>;
  }) {
    this.#source = options.source;
    this.#programs = options.programs ?? new Map();
    this.#savesEveryInstruction = options.savesEveryInstruction ?? false;
    this.#instructionsLeft = options.instructionsMax ?? Infinity;
    this.#depthMax = options.depthMax ?? Infinity;
    this.#turnsMax = options.turnsMax ?? turnsMax;
    this.#recorder = options.recordsJobs ? new JobRecorder() : undefined;
    this.environment = {
      recorder: this.#recorder,
      program: (hash) => this.#programs.get(hash),
      observer: options.observer,
    };
  }

  sendMessage(path: string, message: Value): void {
    const receiver = this.#receivers.findIndex((one) => one.channel === path);
    if (receiver < 0) {
      this.#mail.set(path, [...(this.#mail.get(path) ?? []), message]);
      return;
    }
    const [{ process, index } = { process: 0, index: 0 }] = this.#receivers.splice(receiver, 1);
    this.#give(process, { kind: "event", index, outcome: ok(message) });
  }

  /** Runs a jobflow and all that it starts; gives the end of the jobflow, or null if it waits for ever. */
  run(path: string, named: ReadonlyMap<string, Value>): ProcessEnd | null {
    const hash = this.#compile(path);
    const begun = begin({
      program: this.#programs.get(hash) as Program,
      hash,
      path,
      positional: [],
      named,
      context: new Map(),
    });
    if ("failure" in begun) throw new Error(begun.failure);
    const id = this.#create(begun.state, path, null);
    for (let turns = 0; turns < this.#turnsMax; turns += 1) {
      if (!this.#runReady() && !this.#advanceClock()) break;
    }
    return this.processes.get(id)?.end ?? null;
  }

  #compile(path: string): string {
    const source = this.#source(path);
    assert(source !== undefined, `there is no jobflow ${path}`);
    if (this.#programs.has(source)) return source;
    const { program, diagnostics } = compile(source);
    assert(program !== null, `${path}: ${JSON.stringify(diagnostics)}`);
    // The text of the source is as good a name as a hash.
    this.#programs.set(source, program);
    return source;
  }

  #create(state: State, path: string, parent: number | null): number {
    const id = this.processes.size + 1;
    const input: Input = { kind: "start" };
    this.processes.set(id, {
      id,
      state,
      path,
      parent,
      input,
      pause: null,
      due: [],
      end: null,
      lines: [],
      jobs: [],
      openJobs: [],
      jobCount: 0,
    });
    return id;
  }

  #runReady(): boolean {
    const ready = [...this.processes.values()].find((process) => process.input !== null);
    if (ready === undefined) return false;
    const input = ready.input as Input;
    ready.input = null;
    ready.pause = null;
    ready.due = [];
    this.#recorder?.begin(ready.openJobs, ready.jobCount, this.#now);
    this.#turn(ready, input);
    if (this.#recorder !== undefined) this.#keepJobs(ready, this.#recorder);
    return true;
  }

  #keepJobs(process: Process, recorder: JobRecorder): void {
    const { done, open, number } = recorder.take(this.environment, process.state.secrets);
    process.jobs.push(...done);
    process.openJobs = open;
    process.jobCount = number;
  }

  #turn(process: Process, first: Input): void {
    let input = first;
    for (;;) {
      const pause = this.#advance(process, input);
      if (pause.kind === "ended") return this.#ended(process, pause.end);
      if (pause.kind === "wait") return this.#park(process, pause);
      input = { kind: "answer", answer: this.#answer(process, pause.request) };
    }
  }

  #advance(process: Process, first: Input): Pause {
    let input = first;
    for (;;) {
      this.#save(process);
      // What was waited for begins the count of a process anew.
      const isAwaited = input.kind === "event" || input.kind === "deadline";
      const before = isAwaited ? 0 : process.state.instructions;
      const pause = advanceBy(
        process.state,
        input,
        this.environment,
        this.#savesEveryInstruction ? 1 : this.#instructionsLeft,
      );
      this.#instructionsLeft -= process.state.instructions - before;
      this.#save(process);
      const isTooDeep = process.state.frames.length > this.#depthMax;
      if (this.#instructionsLeft <= 0 || isTooDeep) throw new TooLong();
      if (pause.kind !== "interrupted") return pause;
      input = { kind: "start" };
    }
  }

  #save(process: Process): void {
    if (!this.#savesEveryInstruction) return;
    try {
      process.state = decodeState(encodeState(process.state));
    } catch (error) {
      const isTooLarge = error instanceof TsunagiError && error.code === "LIMIT_EXCEEDED";
      throw isTooLarge ? new TooLarge() : error;
    }
  }

  #give(id: number, input: Input): void {
    const process = this.processes.get(id);
    if (process === undefined || process.end !== null) return;
    process.input = input;
    process.pause = null;
    this.#forgetWaits(id);
  }

  #forgetWaits(id: number): void {
    for (const list of [this.#receivers, this.#lockQueue]) {
      for (let at = list.length - 1; at >= 0; at -= 1)
        if (list[at]?.process === id) list.splice(at, 1);
    }
  }

  #park(process: Process, pause: Extract<Pause, { kind: "wait" }>): void {
    process.pause = pause;
    for (const [index, wait] of pause.waits.entries()) this.#begin(process, wait, index);
  }

  #begin(process: Process, wait: Wait, index: number): void {
    switch (wait.kind) {
      case "command": {
        const { outcome, seconds } = this.#command(wait.command);
        this.ranFor.push(principalOf(process.state));
        process.due.push({ at: this.#now + seconds * 1000, index, outcome });
        return;
      }
      case "sleep":
        process.due.push({ at: wait.until, index, outcome: ok() });
        return;
      case "receive": {
        const mail = this.#mail.get(wait.channel.path) ?? [];
        const message = mail.shift();
        if (message !== undefined)
          return this.#give(process.id, { kind: "event", index, outcome: ok(message) });
        this.#receivers.push({ process: process.id, channel: wait.channel.path, index });
        return;
      }
      case "process":
      case "children":
        return this.#checkEnds(process, wait, index);
      case "lock":
        if (!this.#locks.has(wait.of.id)) {
          this.#locks.set(wait.of.id, process.id);
          return this.#give(process.id, { kind: "event", index, outcome: ok() });
        }
        this.#lockQueue.push({ process: process.id, of: wait.of.id });
        return;
      case "external": {
        const [first] = wait.positional;
        this.ran.push(`${wait.name} ${first === undefined ? "" : textOf(first)}`.trim());
        process.due.push({ at: this.#now, index, outcome: this.externals.get(wait.name) ?? ok() });
      }
    }
  }

  #checkEnds(process: Process, wait: Wait, index: number): void {
    if (wait.kind === "process") {
      const other = this.processes.get(wait.process.id);
      if (other?.end)
        this.#give(process.id, { kind: "event", index, outcome: outcomeOf(other.end) });
    } else if (wait.kind === "children") {
      const running = wait.processes.filter(({ id }) => this.processes.get(id)?.end === null);
      if (running.length <= wait.atMost) {
        this.#give(process.id, { kind: "event", index, outcome: ok(running) });
      }
    }
  }

  #ended(process: Process, end: ProcessEnd): void {
    process.end = end;
    process.input = null;
    this.#forgetWaits(process.id);
    for (const child of this.processes.values()) {
      if (child.parent === process.id && child.end === null) this.#cancel(child);
    }
    for (const [of, holder] of this.#locks) if (holder === process.id) this.#unlock(of);
    for (const other of this.processes.values()) {
      for (const [index, wait] of (other.pause?.waits ?? []).entries())
        this.#checkEnds(other, wait, index);
    }
  }

  #cancel(process: Process): void {
    this.#ended(process, {
      state: "cancelled",
      result: null,
      status: -1,
      reason: "cancelled",
      error: "cancelled",
      trace: [],
    });
  }

  #unlock(of: number): void {
    this.#locks.delete(of);
    const next = this.#lockQueue.find((waiter) => waiter.of === of);
    if (next === undefined) return;
    this.#locks.set(of, next.process);
    this.#give(next.process, { kind: "event", index: 0, outcome: ok() });
  }

  /** The next moment at which something happens, if there is one. */
  #advanceClock(): boolean {
    let next: { at: number; process: Process; input: Input } | undefined;
    for (const process of this.processes.values()) {
      if (process.pause === null || process.end !== null) continue;
      for (const { at, index, outcome } of process.due) {
        if (next === undefined || at < next.at)
          next = { at, process, input: { kind: "event", index, outcome } };
      }
      const { deadline } = process.pause;
      if (deadline !== null && (next === undefined || deadline < next.at)) {
        next = { at: deadline, process, input: { kind: "deadline" } };
      }
    }
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.at);
    this.#give(next.process.id, next.input);
    return true;
  }

  #command(command: Command): { outcome: Outcome; seconds: number } {
    const text = command.script?.path ?? secretText(command.text);
    const shown = [text, ...command.arguments.map(secretText)].join(" ");
    const where = ["__user__", "__host__"].flatMap((name) => {
      const value = command.context.get(name) ?? null;
      return value === null ? [] : [secretText(value)];
    });
    this.ran.push(where.length === 0 ? shown : `${where.join("@")}: ${shown}`);
    const answer = this.commands.find((one) => one.times > 0 && one.pattern.test(shown));
    if (answer === undefined) {
      return {
        outcome: { status: 127, result: "", error: `not given: ${shown}`, reason: "exit" },
        seconds: 0,
      };
    }
    answer.times -= 1;
    const { status, output, error, reason, seconds } = answer;
    if (command.timeout !== null && seconds > command.timeout) {
      return {
        outcome: { status: -1, result: "", error: "the command timed out", reason: "timeout" },
        seconds: command.timeout,
      };
    }
    return { outcome: { status, result: output, error, reason }, seconds };
  }

  #answer(process: Process, request: Request): Answer {
    const value = (given: Value): Answer => ({ ok: true, value: given });
    const refuse = (message: string): Answer => ({ ok: false, reason: "evaluation", message });
    switch (request.kind) {
      case "print":
        process.lines.push(...request.text.split("\n"));
        this.lines.push(...request.text.split("\n"));
        return value(null);
      case "resolve": {
        const found = this.#find(request.path);
        return found === undefined ? refuse(`no object at ${request.path}`) : value(found);
      }
      case "read":
        return this.#read(request.of, request.field);
      case "children":
        return value(this.#children(request));
      case "find": {
        const type = textOf(request.type);
        const found = [...this.objects].filter(
          ([, { type: own, fields }]) =>
            own === type &&
            [...request.where].every(
              ([field, wanted]) => textOf(fields.get(field) ?? null) === textOf(wanted),
            ),
        );
        return value(found.map(([path]) => this.#find(path) as ObjectValue));
      }
      case "update":
        return this.#update(request.of, request.fields);
      case "send":
        if (request.to.type === "Channel") this.sendMessage(request.to.path, request.value);
        else if (isDictionary(request.value)) return this.#update(request.to, request.value);
        else return refuse(`${request.to.path} is no channel`);
        return value(null);
      case "method":
        return value(
          `${request.method} ${request.of.path} ${[...request.positional].map(textOf).join(" ")}`.trim(),
        );
      case "callee":
        return this.#callee(request.of);
      case "fork":
        return value(
          request.children.map(
            ({ state }) => new ProcessValue(this.#create(state, process.path, process.id)),
          ),
        );
      case "spawn":
        return value(
          new ProcessValue(this.#create(request.start.state, request.start.callee.path, null)),
        );
      case "cancel": {
        const other = this.processes.get(request.process.id);
        if (other?.end === null) this.#cancel(other);
        return value(null);
      }
      case "outcomes":
        return value(
          request.of.map(({ id }) => {
            const { status, reason, result, error } = outcomeOf(
              this.processes.get(id)?.end as ProcessEnd,
            );
            return new Map<string, Value>([
              ["status", status],
              ["reason", reason],
              ["result", result],
              ["error", error],
              ["process", new ProcessValue(id)],
            ]);
          }),
        );
      case "unlock":
        this.lines.push(`(unlock ${request.of.path})`);
        this.#unlock(request.of.id);
        return value(null);
      case "holds":
        return value(this.#locks.get(request.of.id) === process.id);
      case "user":
        return value("operator");
      case "now":
        return value(new TimeValue(this.#now));
      case "uuid":
        return value("00000000-0000-4000-8000-000000000001");
    }
  }

  #update(of: ObjectValue, fields: ReadonlyMap<string, Value>): Answer {
    const thing = this.objects.get(of.path);
    if (thing === undefined)
      return { ok: false, reason: "refused", message: `${of.path} cannot be changed` };
    for (const [field, content] of fields) thing.fields.set(field, content);
    return { ok: true, value: null };
  }

  #find(path: string): ObjectValue | ProcessValue | undefined {
    const process = /^\/process\/(\d+)$/.exec(path);
    if (process !== null) return new ProcessValue(Number(process[1]));
    const index = [...this.objects.keys()].indexOf(path);
    if (index >= 0) return new ObjectValue(index + 1, path, this.objects.get(path)?.type ?? "");
    if (this.#source(path) !== undefined)
      return new ObjectValue(1000 + path.length, path, "Jobflow");
    const isDirectory = [...this.objects.keys()].some((other) => other.startsWith(`${path}/`));
    return isDirectory ? new ObjectValue(2000 + path.length, path, "Directory") : undefined;
  }

  #children({ of, page }: Extract<Request, { kind: "children" }>): Value {
    const all = this.#childrenOf(of.path);
    if (page === undefined) return all;
    const { after } = page;
    const rest = all.filter((child) => after === null || nameOf(child) > after);
    const items = rest.slice(0, childrenPerPage);
    const last = rest.length > items.length ? items.at(-1) : undefined;
    return new Map<string, Value>([
      ["items", items],
      ["next", last === undefined ? null : nameOf(last)],
      ["mark", null],
    ]);
  }

  #childrenOf(path: string): ObjectValue[] {
    return [...this.objects.keys()]
      .filter((other) => resolvePath("..", other) === path)
      .sort()
      .map((other) => this.#find(other) as ObjectValue);
  }

  #read(of: ObjectValue | ProcessValue, field: string): Answer {
    if (of instanceof ProcessValue) {
      const process = this.processes.get(of.id);
      if (field === "state") return { ok: true, value: process?.end?.state ?? "running" };
      return {
        ok: false,
        reason: "evaluation",
        message: `/process/${of.id} has no field '${field}'`,
      };
    }
    const found = this.objects.get(of.path)?.fields.get(field);
    if (found !== undefined) return { ok: true, value: found };
    if (field === "name") return { ok: true, value: of.path.slice(of.path.lastIndexOf("/") + 1) };
    return { ok: false, reason: "evaluation", message: `${of.path} has no field '${field}'` };
  }

  #callee(of: ObjectValue): Answer {
    const thing = this.objects.get(of.path);
    if (thing?.type === "Script") {
      const text = secretText(thing.fields.get("source") ?? "");
      return {
        ok: true,
        callee: { kind: "script", script: { path: of.path, text, interpreter: null } },
      };
    }
    if (this.#source(of.path) === undefined) {
      return {
        ok: false,
        reason: "evaluation",
        message: `${of.path} cannot be called: it is of the type ${of.type}`,
      };
    }
    const source = this.#source(of.path) ?? "";
    const context = source.includes("# context: own") ? "own" : "inherit";
    const runsAs = /# runs as: (\d+)/.exec(source)?.[1];
    const program = this.#compile(of.path);
    return {
      ok: true,
      callee: {
        kind: "program",
        program,
        path: of.path,
        context,
        runsAs: runsAs === undefined ? null : Number(runsAs),
      },
    };
  }
}

/** Fields of an object as JSON; `{"secret": "…"}` is the value of a password field. */
export function fieldsFromJson(json: unknown): Map<string, Value> {
  return new Map(
    Object.entries(json as object).map(([name, field]: [string, unknown]) => {
      const secret = (field as { secret?: string } | null)?.secret;
      return [name, typeof secret === "string" ? new SecretValue(secret) : fromJson(field)];
    }),
  );
}

function outcomeOf({ status, result, error, reason }: ProcessEnd): Outcome {
  return { status, result, error, reason };
}

function secretText(value: Value): string {
  return value instanceof SecretValue ? value.text : textOf(value);
}

/** So few that loops meet the end of a page. */
const childrenPerPage = 2;

function nameOf({ path }: ObjectValue): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
