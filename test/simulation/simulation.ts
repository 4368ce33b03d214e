/**
 * One simulation: servers, job managers and people over a simulated store, network and clock, with faults. All that a seed
 * decides is drawn from it, so it happens again exactly as it happened.
 */
import { leaseTerms, seatMigrations, type Database } from "#database";
import { createUser } from "#identity";
import { TsunagiError } from "#kernel";
import type { Logger, Sealer } from "#runtime";
import { Agent } from "../../src/job-manager/agent.ts";
import { restFixture } from "../../src/job-manager/command-fixture.ts";
import { webSocketTransport } from "../../src/job-manager/transports/web-socket.ts";
import { EngineHouse } from "../../src/server/engine-house.ts";
import { migrations } from "../../src/server/house.ts";
import type { Credentials } from "../../src/server/operations.ts";
import { Checker } from "./checker.ts";
import { CommandWorld } from "./command-world.ts";
import { drawFaults, type Fault, type FaultKind } from "./faults.ts";
import { Random } from "./random.ts";
import { drained, Life, Scheduler, type Host } from "./scheduler.ts";
import { simulateIn } from "./simulated-globals.ts";
import { JournalDisk, type JournalFate } from "./simulated-journals.ts";
import { SimulatedNetwork, type Listener } from "./simulated-network.ts";
import { SimulatedStore, type Fate } from "./simulated-store.ts";
import { drawActions, objects, parametersOf, realm, type Action } from "./workload.ts";

/** What goes wrong, and what people do; drawn from the seed, or given to try less of it. */
export interface Plan {
  /** One server on a database of its own, or several on one. */
  servers: number;
  actions: Action[];
  faults: Fault[];
}

export interface Outcome {
  seed: number;
  plan: Plan;
  /** What promise was broken, if one was. */
  wrong: string | null;
  steps: number;
  commits: number;
  commands: number;
  processes: number;
  /** The same for the same seed. */
  fingerprint: number;
}

const managerCount = 2;
const leaseMs = 10_000;
/** What people do, and what goes wrong, comes within this time. */
const troubleMs = 20_000;
const actionsMs = 8000;
const faultsMs = 14_000;
/** After it everything that can end has to end. */
const calmMs = 600_000;
/** A seed that needs more goes round in circles. */
const stepsMax = 200_000;
const commitsPerCheck = 12;

const local: Credentials = { kind: "local" };
const sealer: Sealer = { seal: (text) => text, open: (text) => text };

/** What all simulations of a program begin with: a house with its jobflows, made once. */
export class Beginning {
  readonly store: SimulatedStore<Life>;
  readonly disks = Array.from({ length: managerCount }, () => new JournalDisk());

  private constructor(store: SimulatedStore<Life>) {
    this.store = store;
  }

  static async make(): Promise<Beginning> {
    const scheduler = new Scheduler(new Random(0));
    const life = new Life(
      scheduler,
      { name: "beginning", skewMs: 0, standsUntil: 0 },
      "beginning",
      () => undefined,
    );
    const atOnce = {
      after: (_ms: number, _life: Life | null, _label: string, run: () => void) =>
        setImmediate(run),
    };
    const store = new SimulatedStore<Life>(atOnce);
    const database = await store.openMigrated(life, [...seatMigrations, ...migrations]);
    await database.write(async (tx) => {
      await createUser(tx, { name: "root", isAdministrator: true }, 0);
    });
    const house = await EngineHouse.open({ database, sealer, logger: silent, clock: life.clock });
    for (const { path, type, fields } of objects) {
      await house.call("objects.put", local, { path, type, fields, parents: true });
    }
    await house.engine.stop();
    store.mark("beginning");
    return new Beginning(store);
  }
}

const silent = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
} as unknown as Logger;

interface Server {
  host: Host;
  life: Life;
  starts: number;
  house: EngineHouse | undefined;
}

interface Manager {
  host: Host;
  life: Life;
  starts: number;
  disk: JournalDisk;
  agent: Agent | undefined;
  /** The fate of its next writes. */
  fates: JournalFate[];
  fullUntil: number;
}

export class Simulation {
  readonly #beginning: Beginning;
  readonly #seed: number;
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #network: SimulatedNetwork;
  readonly #world: CommandWorld;
  readonly #checker: Checker;
  readonly #servers: Server[] = [];
  readonly #managers: Manager[] = [];
  readonly #trace: ((line: string) => void) | undefined;
  readonly #started: number[] = [];
  #wrong: string | null = null;
  #fingerprint = 0;
  #isCalm = false;
  #mustCheck = false;
  #hasBackup = false;
  /** How often the database was set back. */
  #setBacks = 0;
  /** The fate of the next commits, whosoever. */
  #fates: Fate[] = [];
  /** Programs that were told to stop. */
  readonly #leaving = new Set<Life>();
  #slowUntil = 0;
  #fullUntil = 0;
  #conflictsUntil = 0;

  constructor(
    beginning: Beginning,
    seed: number,
    options: { plan?: Plan; trace?: (line: string) => void } = {},
  ) {
    this.#beginning = beginning;
    this.#seed = seed;
    this.#trace = options.trace;
    this.#random = new Random(seed, 1);
    this.#plan = options.plan ?? drawPlan(seed);
    this.#scheduler = new Scheduler(this.#random, ({ life, label }) => this.#note(life, label));
    this.#network = new SimulatedNetwork(this.#scheduler);
    this.#world = new CommandWorld(this.#scheduler, (message) => this.#fail(message));
    this.#checker = new Checker(beginning.store, this.#world, (message) => this.#fail(message));
    this.#checker.isDoubtAllowed = mayLeaveDoubt(this.#plan.faults);
    this.#checker.isClockWrong = this.#plan.faults.some(({ kind }) => kind === "clock jump");
  }

  /** Ends with the first broken promise, or when all that was begun has come to its end. */
  async run(): Promise<Outcome> {
    const { store, disks } = this.#beginning;
    simulateIn(this.#scheduler);
    for (const disk of disks) disk.clear();
    const notePromise = (reason: unknown) => this.#fail(`a promise was rejected: ${said(reason)}`);
    process.on("unhandledRejection", notePromise);
    try {
      store.begin(this.#scheduler, {
        now: () => this.#scheduler.now,
        hintMs: () => (this.#random.oneIn(8) ? undefined : this.#network.delayMs()),
        beginMs: () => this.#random.mostlyNear(0.05, 2),
        commitMs: () =>
          this.#slowUntil > this.#scheduler.now
            ? this.#random.between(500, 3000)
            : this.#random.mostlyNear(0.5, 20),
        fate: () => this.#drawFate(),
        findOutMs: () => this.#random.between(1, 2000),
      });
      this.#bootAll(disks);
      for (const action of this.#plan.actions) this.#planAction(action);
      for (const fault of this.#plan.faults) this.#planFault(fault);
      this.#decideNowAndThen();
      await this.#runUntil(troubleMs);
      await this.#calmDown();
    } catch (error) {
      this.#fail(`something was thrown: ${said(error)}`);
    } finally {
      for (const { life } of [...this.#servers, ...this.#managers]) life.end();
      await drained();
      simulateIn(undefined);
      process.off("unhandledRejection", notePromise);
    }
    const processes = store.look<{ count: number }>("select count(*) as count from process");
    const outcome: Outcome = {
      seed: this.#seed,
      plan: this.#plan,
      wrong: this.#wrong,
      steps: this.#scheduler.steps,
      commits: store.commits,
      commands: this.#world.starts.size,
      processes: processes[0]?.count ?? 0,
      fingerprint: this.#fingerprint,
    };
    store.restore("beginning");
    for (const disk of disks) disk.forgetBackup();
    return outcome;
  }

  async #runUntil(elapsedMs: number): Promise<void> {
    const until = this.#scheduler.now - this.#scheduler.elapsedMs + elapsedMs;
    const { store } = this.#beginning;
    let checkedAt = store.commits;
    while (this.#wrong === null && (await this.#scheduler.step(until))) {
      if (this.#scheduler.steps > stepsMax) this.#fail("it goes round in circles");
      if (!store.isIdle) continue;
      if (this.#mustCheck || store.commits >= checkedAt + commitsPerCheck) {
        this.#mustCheck = false;
        checkedAt = store.commits;
        await this.#checker.check(false);
      }
      if (this.#isCalm && store.commits > 0 && this.#isOver()) return;
    }
  }

  #lookedAt = -1;
  #isOverSince = 0;

  /** All processes have ended, and nothing runs; looked for when something was written. */
  #isOver(): boolean {
    for (const { life } of this.#world.running.values()) if (!life.isDead) return false;
    const { commits } = this.#beginning.store;
    if (this.#lookedAt === commits) {
      return this.#isOverSince > 0 && this.#scheduler.now > this.#isOverSince + 3000;
    }
    this.#lookedAt = commits;
    this.#isOverSince = this.#checker.hasEnded() ? this.#isOverSince || this.#scheduler.now : 0;
    return false;
  }

  /** Everything comes back, nothing goes wrong any more, and all that can end has to. */
  async #calmDown(): Promise<void> {
    if (this.#wrong !== null) return;
    const { store } = this.#beginning;
    this.#isCalm = true;
    this.#fates = [];
    this.#fullUntil = this.#slowUntil = this.#conflictsUntil = 0;
    for (const server of this.#servers) {
      server.host.skewMs = 0;
      store.mend(server.life);
      server.life.fuse = undefined;
      if (this.#leaving.has(server.life)) server.life.end();
      if (server.life.isDead) this.#bootServer(server);
    }
    for (const manager of this.#managers) {
      manager.fates = [];
      manager.fullUntil = 0;
      manager.life.fuse = undefined;
      if (this.#leaving.has(manager.life)) manager.life.end();
      if (manager.life.isDead) this.#bootManager(manager);
    }
    // What was planned while a clock was wrong is planned for a wrong time.
    const jumpsMs = this.#plan.faults.map((fault) =>
      fault.kind === "clock jump" ? Math.abs(fault.byMs) : 0,
    );
    await this.#runUntil(troubleMs + calmMs + jumpsMs.reduce((sum, ms) => sum + ms, 0));
    while (this.#wrong === null && !store.isIdle) await this.#scheduler.step(Infinity);
    if (this.#wrong === null) await this.#checker.check(true);
  }

  #bootAll(disks: readonly JournalDisk[]): void {
    for (let index = 0; index < this.#plan.servers; index += 1) {
      const host = { name: `server ${index + 1}`, skewMs: 0, standsUntil: 0 };
      const server: Server = { host, starts: 0, house: undefined, life: this.#newLife(host, "") };
      this.#servers.push(server);
      this.#bootServer(server);
    }
    for (const [index, disk] of disks.entries()) {
      const host = { name: `manager ${index + 1}`, skewMs: 0, standsUntil: 0 };
      const manager: Manager = {
        host,
        disk,
        starts: 0,
        agent: undefined,
        fates: [],
        fullUntil: 0,
        life: this.#newLife(host, ""),
      };
      this.#managers.push(manager);
      this.#bootManager(manager);
    }
  }

  #newLife(host: Host, start: string): Life {
    const life: Life = new Life(this.#scheduler, host, `${host.name}${start}`, () => {
      this.#note(life, "is gone");
      this.#network.ended(life);
      this.#beginning.store.forget(life);
      this.#mustCheck = true;
    });
    return life;
  }

  #bootServer(server: Server): void {
    server.starts += 1;
    server.house = undefined;
    const life = this.#newLife(server.host, `.${server.starts}`);
    server.life = life;
    const logger = {
      ...silent,
      error: (details: { err?: unknown }, message: string) =>
        this.#told(life, message, details.err),
    } as Logger;
    this.#scheduler.after(this.#random.between(5, 300), life, "starts", () => {
      void this.#openHouse(server, life, logger).then(
        (house) => {
          if (!life.isDead) server.house = house;
        },
        (error: unknown) => {
          if (life.isDead) return;
          this.#told(life, "it does not start", error);
          // Whoever looks after it starts it again.
          this.#scheduler.after(2000, null, "is started again", () => {
            if (!life.isDead) life.end();
            if (server.life === life) this.#bootServer(server);
          });
        },
      );
    });
  }

  async #openHouse(server: Server, life: Life, logger: Logger): Promise<EngineHouse> {
    const { store } = this.#beginning;
    let database: Database;
    if (this.#plan.servers === 1) database = store.open(life);
    else {
      const onReplaced = () => this.#replaced(server, life);
      database = await store.openServer(life, { place: server.host.name, leaseMs, onReplaced });
      this.#beat(server, life, database.seat?.server ?? 0);
    }
    return EngineHouse.open({ database, sealer, logger, clock: life.clock });
  }

  /** What the thread of a server that is never busy does. */
  #beat(server: Server, life: Life, number: number): void {
    const { renewEveryMs, validMs } = leaseTerms(leaseMs);
    const beat = async (): Promise<void> => {
      const isIn = await this.#beginning.store.renewLease(life, number, validMs);
      // What its other thread does meanwhile, it does.
      this.#scheduler.after(this.#network.delayMs(), life, "hears of its lease", () => {
        if (isIn === false) this.#replaced(server, life);
        else life.clock.after(renewEveryMs, () => void beat());
      });
    };
    void beat();
  }

  /** Others have taken over: it ends, and is started again by whoever looks after it. */
  #replaced(server: Server, life: Life): void {
    if (life.isDead || this.#leaving.has(life)) return;
    this.#note(life, "was replaced");
    life.end();
    this.#scheduler.after(this.#random.between(100, 3000), null, "is started again", () => {
      if (server.life === life) this.#bootServer(server);
    });
  }

  /** What a server reports about itself: the world may be bad, but the server must not be. */
  #told(life: Life, message: string, error: unknown): void {
    this.#note(life, `${message}: ${said(error)}`);
    if (!(error instanceof TsunagiError) || error.code === "INTERNAL") {
      this.#fail(`${life.name}: ${message}: ${said(error)}`);
    }
  }

  #bootManager(manager: Manager): void {
    manager.starts += 1;
    const life = this.#newLife(manager.host, `.${manager.starts}`);
    manager.life = life;
    this.#scheduler.after(this.#random.between(5, 500), life, "starts", () => {
      const runner = this.#world.runner(life);
      const agent = new Agent({
        name: manager.host.name.replace(" ", "-"),
        realm: realm.name,
        journal: manager.disk.open(life, () => this.#journalFate(manager)),
        runners: { local: runner, ssh: runner, none: runner },
        ...restFixture(life.clock),
        transport: webSocketTransport({
          urlOf: () => "ws://server",
          token: "of no matter",
          clock: life.clock,
          openSocket: () => this.#network.connect(life, () => this.#listener()),
        }),
        clock: life.clock,
        logger: silent,
        orphanedAfterMs: Number.MAX_SAFE_INTEGER,
        orphaned() {},
      });
      manager.agent = agent;
      agent.start();
    });
  }

  #listener(): Listener | undefined {
    const up = this.#servers.filter(({ house, life }) => house !== undefined && !life.isDead);
    if (up.length === 0) return undefined;
    const { house, life } = this.#random.pick(up);
    return house === undefined ? undefined : { life, door: house.remote };
  }

  #journalFate(manager: Manager): JournalFate {
    const fate = manager.fates.shift();
    if (fate !== undefined) return fate;
    return manager.fullUntil > this.#scheduler.now ? "refused" : "written";
  }

  #drawFate(): Fate {
    const fate = this.#fates.shift();
    if (fate !== undefined) return fate;
    if (this.#fullUntil > this.#scheduler.now) return "refused";
    if (this.#conflictsUntil > this.#scheduler.now && this.#random.oneIn(2)) return "conflict";
    return "committed";
  }

  #planAction(action: Action): void {
    this.#scheduler.after(action.atMs, null, action.kind, () => {
      switch (action.kind) {
        case "start": {
          const { flow, p, n, step } = action;
          const argument = { path: `/w/${flow}`, parameters: parametersOf(flow, p, n), step };
          this.#ask(
            `start ${flow} ${p}`,
            (house) => house.call("processes.start", local, argument),
            {
              answered: ({ process }) => {
                const id = Number(process.replace("/process/", ""));
                this.#started.push(id);
                this.#checker.started.add(id);
              },
            },
          );
          return;
        }
        case "post":
          this.#post(action.sender, 1, action.count);
          return;
        case "cancel": {
          const id = this.#startedBefore(action.which);
          if (id === undefined) return;
          this.#ask(`cancel ${id}`, (house) => house.call("processes.cancel", local, { id }));
          return;
        }
        case "suspend": {
          const id = this.#startedBefore(action.which);
          if (id === undefined) return;
          this.#ask(`suspend ${id}`, (house) => house.call("processes.suspend", local, { id }));
          this.#scheduler.after(action.lastsMs, null, "has thought about it", () =>
            this.#resume(id),
          );
          return;
        }
      }
    });
  }

  #startedBefore(which: number): number | undefined {
    return this.#started[which % Math.max(1, this.#started.length)];
  }

  #resume(id: number): void {
    this.#ask(`resume ${id}`, (house) => house.call("processes.resume", local, { id }));
  }

  /** One message after the other: each waits for the answer to the last one. */
  #post(sender: string, number: number, count: number): void {
    if (number > count) return;
    const message = `m ${sender} ${number}`;
    const next = () => this.#post(sender, number + 1, count);
    this.#ask(
      `post '${message}'`,
      (house) => house.call("channels.send", local, { path: "/w/inbox", body: message }),
      { answered: () => void this.#checker.accepted.add(message), over: next },
    );
  }

  /** A request of somebody outside to a server, and the answer, if one comes. */
  #ask<Answer>(
    label: string,
    call: (house: EngineHouse) => Promise<Answer>,
    { answered, over }: { answered?: (answer: Answer) => void; over?: () => void } = {},
  ): void {
    const server = this.#random.pick(this.#servers);
    const { life } = server;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      over?.();
    };
    this.#scheduler.after(this.#network.delayMs(), null, `asks: ${label}`, () => {
      const { house } = server;
      if (house === undefined || server.life !== life) return end();
      this.#scheduler.after(0, life, label, () => {
        void call(house).then(
          (answer) => {
            if (life.isDead) return;
            const setBacks = this.#setBacks;
            this.#scheduler.after(this.#network.delayMs(), null, `answer: ${label}`, () => {
              // What it says may be of a time that never was.
              if (setBacks === this.#setBacks) answered?.(answer);
              end();
            });
          },
          (error: unknown) => {
            if (life.isDead) return;
            this.#told(life, label, error);
            end();
          },
        );
      });
      // Whoever gets no answer gives up at last.
      this.#scheduler.after(10_000, null, `gives up: ${label}`, end);
    });
  }

  /** People who look at what is held, and let it go on. */
  #decideNowAndThen(): void {
    const mayHold = ({ kind, ...action }: Action) =>
      kind === "suspend" || ("step" in action && action.step);
    if (!this.#plan.actions.some(mayHold)) return;
    const look = () => {
      this.#scheduler.after(1500, null, "a person looks", look);
      if (!this.#beginning.store.isIdle) return;
      const held = this.#beginning.store.look<{
        id: number;
        turn: number;
        suspension: string | null;
      }>("select id, turn, suspension from process where state = 'suspended' order by id");
      for (const { id, turn, suspension } of held) {
        if (suspension !== null) {
          // Whoever suspended it may have got no answer, and given up.
          if (this.#isCalm) this.#resume(id);
          continue;
        }
        const decision = this.#random.oneIn(8) ? "free" : "go";
        this.#ask(`decide ${id} at ${turn}: ${decision}`, (house) =>
          house.call("processes.decide", local, { id, turn, decision }),
        );
      }
    };
    look();
  }

  #planFault(fault: Fault): void {
    this.#scheduler.after(fault.atMs, null, `fault: ${fault.kind}`, () => {
      if (!this.#isCalm) this.#happen(fault);
    });
  }

  #happen(fault: Fault): void {
    const { now } = this.#scheduler;
    const until = now + fault.lastsMs;
    const server = this.#servers["server" in fault ? fault.server : 0] as Server;
    const manager = this.#managers["manager" in fault ? fault.manager : 0] as Manager;
    switch (fault.kind) {
      case "kill server":
        this.#kill(server.life, fault.fuse);
        this.#later(fault, () => this.#reviveServer(server));
        return;
      case "stop server": {
        const { house, life } = server;
        this.#leaving.add(life);
        this.#inLife(life, "is told to stop", () => {
          void house?.close().then(() => life.end());
        });
        this.#later(fault, () => {
          life.end();
          this.#reviveServer(server);
        });
        return;
      }
      case "pause server":
        server.host.standsUntil = Math.max(server.host.standsUntil, until);
        this.#beginning.store.watchIdle(server.life);
        return;
      case "kill job manager":
        this.#kill(manager.life, fault.fuse);
        this.#later(fault, () => this.#reviveManager(manager));
        return;
      case "stop job manager": {
        const { agent, life } = manager;
        this.#leaving.add(life);
        this.#inLife(life, "is told to stop", () => {
          void agent?.stop({ drainMs: 5000 }).then(() => life.end());
        });
        this.#later(fault, () => {
          life.end();
          this.#reviveManager(manager);
        });
        return;
      }
      case "pause job manager":
        manager.host.standsUntil = Math.max(manager.host.standsUntil, until);
        return;
      case "cut lines":
        for (const line of this.#network.lines) line.cut();
        return;
      case "silence lines":
        for (const line of this.#network.lines) line.isSilent = true;
        return;
      case "partition":
        this.#network.partition(server.host.name, manager.host.name, until);
        return;
      case "slow disk":
        this.#slowUntil = until;
        return;
      case "full disk":
        this.#fullUntil = until;
        return;
      case "database away":
        this.#beginning.store.cut(server.life, "its network is gone");
        this.#later(fault, () => this.#beginning.store.mend(server.life));
        return;
      case "conflicts":
        this.#conflictsUntil = until;
        return;
      case "kill at commit":
        this.#fates.push(fault.when);
        this.#later(fault, () => this.#reviveServer(server));
        return;
      case "line lost at commit":
        this.#fates.push(fault.when);
        return;
      case "kill at journal":
        manager.fates.push(fault.when);
        this.#later(fault, () => this.#reviveManager(manager));
        return;
      case "journal full":
        manager.fullUntil = until;
        return;
      case "journal deleted":
        manager.life.end();
        this.#later(fault, () => {
          manager.disk.clear();
          this.#reviveManager(manager);
        });
        return;
      case "journal set back":
        manager.disk.backUp();
        this.#later(fault, () => {
          manager.life.end();
          if (this.#isJournalKnownToBeOlder(manager)) manager.disk.restore();
          this.#reviveManager(manager);
        });
        return;
      case "database set back":
        this.#backUp();
        this.#later(fault, () => this.#setBack());
        return;
      case "all set back":
        this.#backUp(() => {
          for (const each of this.#managers) each.disk.backUp();
        });
        this.#later(fault, () => {
          if (!this.#hasBackup) return;
          for (const each of this.#managers) {
            each.life.end();
            each.disk.restore();
          }
          this.#setBack({ withJournals: true });
          for (const each of this.#managers) this.#reviveManager(each);
        });
        return;
      case "clock jump":
        server.host.skewMs += fault.byMs;
        return;
    }
  }

  #kill(life: Life, fuse: number): void {
    if (fuse === 0) life.end();
    else life.fuse = fuse;
  }

  #later({ lastsMs, kind }: Fault, run: () => void): void {
    this.#scheduler.after(lastsMs, null, `after: ${kind}`, () => {
      if (!this.#isCalm) run();
    });
  }

  #inLife(life: Life, label: string, run: () => void): void {
    this.#scheduler.after(0, life, label, run);
  }

  #reviveServer(server: Server): void {
    if (server.life.isDead) this.#bootServer(server);
  }

  #reviveManager(manager: Manager): void {
    if (manager.life.isDead) this.#bootManager(manager);
  }

  #backUp(andMore: () => void = () => undefined): void {
    const { store } = this.#beginning;
    if (!store.isIdle) {
      this.#scheduler.after(3, null, "waits with the backup", () => this.#backUp(andMore));
    } else if (!this.#hasBackup) {
      this.#hasBackup = true;
      store.mark("yesterday");
      andMore();
    }
  }

  /**
   * A journal that was set back is known for older by a number that it once told. Of a copy that lacks nothing but what it never
   * told anybody, nobody can know.
   */
  #isJournalKnownToBeOlder({ disk }: Manager): boolean {
    const { store } = this.#beginning;
    if (this.#hasBackup || !store.isIdle) return false;
    const [row] = store.look<{ highest: number }>(
      "select highest from remote_journal where journal = ?",
      [disk.identity],
    );
    return (row?.highest ?? 0) > disk.highestBackedUp;
  }

  /** Yesterday's database comes back; the job managers' journals are today's, or yesterday's, too. */
  #setBack({ withJournals = false } = {}): void {
    if (!this.#hasBackup) return;
    this.#setBacks += 1;
    for (const server of this.#servers) server.life.end();
    this.#beginning.store.restore("yesterday");
    this.#checker.setBack({ withJournals });
    this.#started.length = 0;
    for (const server of this.#servers) this.#bootServer(server);
  }

  #note(life: Life | null, label: string): void {
    this.#fingerprint = (Math.imul(this.#fingerprint, 31) + this.#scheduler.now * 1000) | 0;
    this.#trace?.(
      `${(this.#scheduler.elapsedMs / 1000).toFixed(4).padStart(9)}  ${(life?.name ?? "world").padEnd(13)} ${label}`,
    );
  }

  #fail(message: string): void {
    if (this.#wrong !== null) return;
    this.#wrong = message;
    this.#note(null, `WRONG: ${message}`);
  }
}

/** What a seed brings. */
export function drawPlan(seed: number, wanted?: number): Plan {
  const random = new Random(seed, 2);
  // Three cost four times as much as one.
  const drawn = random.oneIn(8) ? 3 : 1;
  const servers = wanted ?? drawn;
  return {
    servers,
    actions: drawActions(random, actionsMs),
    faults: drawFaults(random, faultsMs, { servers, managers: managerCount }),
  };
}

const doubtful: ReadonlySet<FaultKind> = new Set([
  "kill job manager",
  "stop job manager",
  "kill at journal",
  "journal deleted",
  "journal set back",
  "database set back",
  "all set back",
]);

/** Whether the fate of a command may be unknown afterwards. */
function mayLeaveDoubt(faults: readonly Fault[]): boolean {
  const lastsMs = faults.reduce((sum, fault) => sum + fault.lastsMs, 0);
  // Cut off for so long that the server gives up; with what a broken line takes to be found, and a server to start.
  return lastsMs > (realm.lost_after - 45) * 1000 || faults.some(({ kind }) => doubtful.has(kind));
}

function said(error: unknown): string {
  if (error instanceof TsunagiError) return `${error.code} ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
