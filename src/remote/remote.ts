import {
  jobManagerProtocol,
  type CommandResult,
  type Hello,
  type ManagerConnection,
  type ManagerDoor,
  type ManagerMessage,
  type WorkSpec,
} from "#contract";
import type { Transaction } from "#database";
import { andThen, assert, type Clock, type Soon } from "#kernel";
import type { Outcome, Wait } from "#machine";
import type { Acceptance, EffectHandler, EffectHost, NewEffect, OpenEffect } from "#processes";
import { hostAddresses, realmOf, type HostAddress, type SpecOptions } from "./command-spec.ts";
import { failedOutcome, faultOutcome } from "./fault.ts";
import type { JournalHeights } from "./journal-heights.ts";
import type { KnownHosts } from "./known-hosts.ts";
import { LiveOutput, type OutputListener } from "./live-output.ts";
import { Manager, Managers } from "./managers.ts";
import type { Order, SessionReference } from "./order.ts";
import { orderKinds, orderOf } from "./orders.ts";
import { OpenSessions } from "./open-sessions.ts";
import type { DistantManager, OtherServers, ServerOrder } from "./other-servers.ts";
import { realmDefaults, type Realm, type Realms } from "./realm.ts";
import { settle } from "./settlement.ts";
import {
  namesObjects,
  plainSettings,
  resolveSettings,
  type Nodes,
  type Settings,
} from "./settings.ts";

/**
 * The server half of remote work: which job manager gets which command, and what became of it.
 *
 *   accept ─► waiting ◄──► moving ──► assigned ──► handed ──► done
 *                └──────────────────────┴───────────┴───► (abandoned)
 *
 *   waiting   no job manager of the realm is connected
 *   moving    another assignment is on its way to the disk
 *   assigned  on disk: who gets it; it has not left
 *   handed    written to a connection, so it counts as begun until that journal says otherwise
 *   done      its outcome is on its way to the disk
 *
 * Invariants:
 *   R1  A command leaves only for the journal that stands on the disk as its assignment.
 *   R2  What was handed to a journal never goes to another one.
 *   R3  A result is acknowledged after `host.complete` has resolved, never before.
 *   R4  What was open when the last server ended may have been handed over: it counts so.
 *   R5  Credentials are looked up when a command leaves, and stand in its message only.
 *   R6  A step of a session goes to the job manager that has the session, and to no other one.
 *   R7  Where there are several servers, the process's own server alone assigns a command, and waits for it. The one to which the job
 *       manager is connected passes on what it is ordered (`foreign`), and what comes of it.
 */
export interface RemoteOptions {
  host: EffectHost;
  nodes: Nodes;
  realms: Realms;
  knownHosts: KnownHosts;
  journals: JournalHeights;
  clock: Clock;
  logger: RemoteLogger;
  /** Whether a process has not ended: what it has open is kept. */
  isLive: (transaction: Transaction, process: number) => Promise<boolean>;
  /** Where there are several servers. */
  elsewhere?: OtherServers;
  /** That a job manager came or went; nothing waits for it. */
  onManager?: (manager: ManagerStatus, what: "connected" | "disconnected") => void;
}

/** As much of a logger as is needed here. */
export interface RemoteLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** What is stored with an effect: who has it. */
export interface Assignment extends Pick<Realm, "waitMs" | "lostAfterMs"> {
  realm: string;
  manager: string | null;
  journal: string | null;
  /** The other server that was ordered to hand it over. */
  via?: number;
}

export interface ManagerStatus {
  name: string;
  journal: string;
  realm: string;
  version: string;
  connectedAt: number;
  isDraining: boolean;
  /** How many commands it has. */
  commands: number;
}

/** Commands of a realm. */
export interface CommandCounts {
  /** Now open, by state. */
  open: Record<"waiting" | "assigned" | "handed", number>;
  /** Since the start, by how they ended. */
  ended: Record<"done" | "failed" | "unreachable" | "unknown", number>;
}

interface Held {
  effect: OpenEffect;
  order: Order;
  /** As it was found to be fit when it was accepted: for nobody who watches, and without what is looked up later. */
  spec: WorkSpec | undefined;
  state: "waiting" | "moving" | "assigned" | "handed" | "done";
  assignment: Assignment;
  takeBackTimer: () => void;
  /** Whether its job manager is gone, and time runs until it is lost. */
  isWatched: boolean;
  /** Of a process of another server (R7). */
  isForeign: boolean;
  /** Where it runs, last, and the hosts on the way: of which the first key that is shown is recorded. */
  addresses: readonly HostAddress[];
  /** Of its output, for those who watch. */
  encoding: string | null;
}

/** A store that fails is tried again after this. */
const storeRetryMs = 1000;

const storeHeightsMs = 1000;

export class Remote implements EffectHandler, ManagerDoor {
  readonly kinds = orderKinds;
  readonly #options: RemoteOptions;
  readonly #managers = new Managers();
  /** By their waits: what was accepted, also where its turn came to nothing. */
  readonly #accepted = new WeakMap<Wait, { number: number; order: Order; spec: WorkSpec }>();
  /** Have said hello and are not admitted yet. */
  readonly #arriving = new Set<ManagerConnection>();
  readonly #commands = new Map<number, Held>();
  readonly #output = new LiveOutput();
  readonly #sessions = new OpenSessions();
  /** The highest number that a journal is known to have taken; a journal that knows less is an older copy. */
  readonly #highestTaken = new Map<string, number>();
  /** Of which the highest number has changed since it was stored. */
  #grown = new Set<string>();
  #takeBackStoring: (() => void) | undefined;
  #leaving: Held[] = [];
  readonly #ended = new Map<string, CommandCounts["ended"]>();

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  accept(transaction: Transaction, effect: NewEffect): Soon<Acceptance> {
    const failed = (error: unknown): Acceptance => ({
      kind: "failed",
      outcome: faultOutcome(error),
    });
    try {
      const order = orderOf(effect);
      const settings = this.#settings(transaction, order, effect.principal);
      const accepted = andThen(settings, (known) =>
        this.#accept(transaction, effect, order, known),
      );
      return accepted instanceof Promise ? accepted.catch(failed) : accepted;
    } catch (error) {
      return failed(error);
    }
  }

  #accept(
    transaction: Transaction,
    effect: NewEffect,
    order: Order,
    settings: Settings,
  ): Soon<Acceptance> {
    // Whatever does not fit is found here, in the turn, and not when nobody is there any more.
    const spec = order.spec(settings, { live: false, hostKey: null });
    this.#accepted.set(effect.wait, { number: effect.number, order, spec });
    const name = order.session?.realm ?? realmOf(settings);
    return andThen(this.#realm(transaction, name), (realm): Soon<Acceptance> => {
      if (typeof realm === "string") {
        return { kind: "failed", outcome: failedOutcome("unreachable", realm) };
      }
      if (order.session !== null) {
        return this.#acceptInSession(transaction, effect, order.session, realm);
      }
      const manager = this.#managers.choose(realm.name);
      if (manager === undefined) return this.#acceptElsewhere(transaction, effect, realm);
      manager.reserve();
      return {
        kind: "accepted",
        detail: assignmentTo({ manager: manager.name, journal: manager.journal }, realm),
      };
    });
  }

  /** Another server may have a job manager of the realm; else it is waited for. */
  async #acceptElsewhere(
    transaction: Transaction,
    effect: NewEffect,
    realm: Realm,
  ): Promise<Acceptance> {
    const distant = this.#options.elsewhere?.choose(realm.name);
    if (distant !== undefined) await this.#order(transaction, "run", effect, distant);
    return { kind: "accepted", detail: distantAssignment(assignmentTo({}, realm), distant) };
  }

  async #acceptInSession(
    transaction: Transaction,
    effect: NewEffect,
    session: SessionReference,
    realm: Realm,
  ): Promise<Acceptance> {
    const isHere = this.#managers.ofJournal(session.journal) !== undefined;
    const distant = isHere ? undefined : this.#options.elsewhere?.ofJournal(session.journal);
    if (distant !== undefined) await this.#order(transaction, "run", effect, distant);
    return { kind: "accepted", detail: distantAssignment(assignmentTo(session, realm), distant) };
  }

  async #order(
    transaction: Transaction,
    kind: ServerOrder["kind"],
    { number, process }: Pick<NewEffect, "number" | "process">,
    { journal, server }: DistantManager,
  ): Promise<void> {
    await this.#options.elsewhere?.order(transaction, server, { kind, number, process, journal });
  }

  dispatch(effect: OpenEffect): void {
    const held = this.#hold(effect);
    if (held.assignment.via !== undefined) {
      held.state = "handed";
      this.#options.elsewhere?.hint();
      return;
    }
    if (held.assignment.journal === null) this.#wait(held);
    else this.#leave(held);
  }

  abandon({ number }: OpenEffect): void {
    const held = this.#commands.get(number);
    if (held === undefined || held.state === "done") return;
    if (held.state === "handed") this.#cancel(held);
    this.#drop(held);
  }

  #cancel({ effect, assignment: { journal } }: Held): void {
    const manager = this.#managers.ofJournal(journal);
    manager?.send({ kind: "cancel", number: effect.number });
    if (manager === undefined) this.#tellElsewhere("cancel", effect, journal);
  }

  /** To the server to which the job manager is connected. */
  #tellElsewhere(
    kind: ServerOrder["kind"],
    of: { number: number; process: number },
    journal: string | null,
  ): void {
    const { elsewhere, host, logger } = this.#options;
    const distant = elsewhere?.ofJournal(journal);
    if (distant === undefined) return;
    host
      .write((transaction) => this.#order(transaction, kind, of, distant))
      .then(() => elsewhere?.hint())
      .catch((error: unknown) => {
        logger.warn(
          { error: messageOf(error), ...of },
          `that it is to ${kind} could not be stored`,
        );
      });
  }

  /** (R4) */
  restore(effects: readonly OpenEffect[]): void {
    for (const effect of effects) {
      const known = this.#commands.get(effect.number);
      if (known !== undefined && known.state !== "done") {
        // This server has handed it over, or is about to, for the one from which it takes over.
        known.isForeign = false;
        continue;
      }
      const held = this.#hold(effect);
      if (held.assignment.journal === null) this.#wait(held);
      else {
        held.state = "handed";
        this.#watchLost(held);
      }
    }
  }

  /** Whatever it left open is closed. */
  processEnded(process: number): void {
    for (const { session, journal } of this.#sessions.ofProcess(process)) {
      this.#closeSession(session, journal);
    }
  }

  connected(connection: ManagerConnection, hello: Hello): void {
    const refusal = this.#refusal(hello);
    if (refusal !== undefined) return refuse(connection, refusal);
    this.#arriving.add(connection);
    this.#prepare(hello).then(
      (foreign) => {
        if (!this.#arriving.delete(connection)) return;
        if (foreign === undefined) return refuse(connection, hasNamesake(hello));
        this.#replaceEarlier(hello);
        for (const effect of foreign) this.#holdForeign(effect, hello);
        this.#admit(connection, hello);
      },
      (error: unknown) => {
        this.#arriving.delete(connection);
        connection.close(`the server cannot store: ${messageOf(error)}`);
      },
    );
  }

  /** Before anything is given to it: no number that it may have had must be issued again, nor what it has lost. */
  async #prepare(hello: Hello): Promise<OpenEffect[] | undefined> {
    const { journal, highest, sessions = [] } = hello;
    const { host, journals, isLive, elsewhere } = this.#options;
    await host.raiseNumber(highest);
    if (sessions.length > 0) {
      await host.write(async (transaction) => {
        for (const { session, process } of sessions) {
          if (await isLive(transaction, process)) this.#sessions.add(process, session, journal);
          else this.#sessions.disown(session);
        }
      });
    }
    if (elsewhere !== undefined || !this.#highestTaken.has(journal)) {
      const stored = await host.write((transaction) => journals.find(transaction, journal));
      const known = this.#highestTaken.get(journal) ?? 0;
      this.#highestTaken.set(journal, Math.max(known, stored));
    }
    if (elsewhere === undefined) return [];
    return elsewhere.admit(
      hello,
      (work) => host.write(work),
      // Those of other servers' processes go with an earlier connection, and come again with this one.
      (number) => this.#commands.get(number)?.isForeign === false,
    );
  }

  /** Commands of other servers' processes are settled here, too, where they are about this job manager. */
  #holdForeign(effect: OpenEffect, { journal, name }: Hello): void {
    if (!this.kinds.includes(kindOf(effect)) || this.#commands.has(effect.number)) return;
    const assignment = effect.detail as Assignment;
    if (assignment.journal !== journal && assignment.manager !== name) return;
    if (assignment.journal === null) return;
    const held = this.#hold(effect);
    held.isForeign = true;
    held.state = "handed";
  }

  #replaceEarlier({ journal }: Hello): void {
    const earlier = this.#managers.ofJournal(journal);
    if (earlier === undefined) return;
    this.disconnected(earlier.connection);
    earlier.connection.close("the same job manager has connected again");
  }

  #admit(connection: ManagerConnection, hello: Hello): void {
    const manager = new Manager(connection, hello, this.#options.clock.now());
    this.#managers.add(manager);
    this.#options.onManager?.(statusOf(manager), "connected");
    this.#settle(manager, hello);
    this.#settleSessions(manager, hello);
    this.#options.logger.info(
      { manager: manager.name, realm: manager.realm, open: hello.open.length },
      "a job manager has connected",
    );
    this.#serveWaiting(manager);
  }

  received(connection: ManagerConnection, messages: readonly ManagerMessage[]): void {
    const manager = this.#managers.ofConnection(connection);
    if (manager === undefined) return;
    for (const message of messages) this.#receive(manager, message);
  }

  disconnected(connection: ManagerConnection): void {
    this.#arriving.delete(connection);
    const manager = this.#managers.ofConnection(connection);
    if (manager === undefined) return;
    this.#managers.remove(manager);
    this.#options.onManager?.(statusOf(manager), "disconnected");
    this.#options.logger.info({ manager: manager.name }, "a job manager has disconnected");
    for (const number of manager.open) {
      const held = this.#commands.get(number);
      if (held?.isForeign === true) this.#drop(held);
      else if (held?.state === "handed") this.#watchLost(held);
    }
  }

  /** With several servers: these commands are of another one's processes now (R7). */
  released(numbers: ReadonlySet<number>): void {
    for (const number of numbers) {
      const held = this.#commands.get(number);
      if (held === undefined || held.state === "done") continue;
      // One that is being assigned finds out by itself whether it still may.
      if (held.state === "moving") held.isForeign = true;
      else if (this.#managers.ofJournal(held.assignment.journal) === undefined) this.#drop(held);
      else {
        held.takeBackTimer();
        held.isForeign = true;
      }
    }
  }

  /** With several servers: another one was to hand it over and did not. */
  returned(number: number): void {
    const held = this.#commands.get(number);
    if (held?.state === "handed") this.#wait(held);
  }

  /** With several servers, now and then: looks who is connected elsewhere, and what this one is to hand over. */
  async attend(): Promise<void> {
    const { elsewhere, host, isLive } = this.#options;
    if (elsewhere === undefined) return;
    await elsewhere.refresh();
    for (const { journal, connection } of this.#managers.all()) {
      if (elsewhere.ofJournal(journal) !== undefined) {
        connection.close("it has connected to another server");
      }
    }
    for (const held of this.#commands.values()) this.#attendTo(held, elsewhere);
    const isHere = (journal: string) => this.#managers.ofJournal(journal) !== undefined;
    if (await elsewhere.hasOrders()) {
      const taken = await host.write((transaction) => elsewhere.takeOrders(transaction, isHere));
      for (const { order, effect } of taken) this.#obey(order, effect);
    }
    const processes = this.#sessions.processes();
    if (processes.length === 0) return;
    const ended = await host.write(async (transaction) => {
      const found: number[] = [];
      for (const id of processes) if (!(await isLive(transaction, id))) found.push(id);
      return found;
    });
    for (const process of ended) this.processEnded(process);
  }

  /** What waits may be given to a job manager elsewhere; who has gone from there is waited for. */
  #attendTo(held: Held, elsewhere: OtherServers): void {
    const { state, isForeign, assignment, order } = held;
    if (isForeign) return;
    if (state === "waiting") {
      const distant =
        order.session === null
          ? elsewhere.choose(assignment.realm)
          : elsewhere.ofJournal(assignment.journal);
      if (distant !== undefined) this.#assignElsewhere(held, distant);
      return;
    }
    if (state !== "handed" || this.#managers.ofJournal(assignment.journal) !== undefined) return;
    const isThere = elsewhere.ofJournal(assignment.journal) !== undefined;
    if (isThere) {
      held.takeBackTimer();
      held.isWatched = false;
    } else if (!held.isWatched) this.#watchLost(held);
  }

  #assignElsewhere(held: Held, distant: DistantManager): void {
    held.takeBackTimer();
    held.state = "moving";
    held.assignment = distantAssignment(held.assignment, distant);
    this.#storeAssignment(held, (transaction) =>
      this.#order(transaction, "run", held.effect, distant),
    );
  }

  /** What another server orders (R7). */
  #obey(order: ServerOrder, effect: OpenEffect | undefined): void {
    const held = this.#commands.get(order.number);
    switch (order.kind) {
      case "close":
        this.#closeSession(order.number, order.journal);
        return;
      case "cancel":
        if (held === undefined || held.state === "done") return;
        if (held.state === "handed") this.#cancel(held);
        else this.#drop(held);
        return;
      case "run": {
        if (effect === undefined || held?.state === "done") return;
        const taken = held ?? this.#hold(effect);
        if (held === undefined) taken.isForeign = true;
        if (taken.state !== "assigned" || held === undefined) this.#leave(taken);
        return;
      }
    }
  }

  managers(): ManagerStatus[] {
    return this.#managers.all().map(statusOf);
  }

  /** The commands of each realm that had one since the start. */
  commandCounts(): Map<string, CommandCounts> {
    const counts = new Map<string, CommandCounts>();
    for (const [realm, ended] of this.#ended) {
      counts.set(realm, { open: { waiting: 0, assigned: 0, handed: 0 }, ended: { ...ended } });
    }
    for (const { state, assignment } of this.#commands.values()) {
      if (state === "done") continue;
      const known = counts.get(assignment.realm) ?? {
        open: { waiting: 0, assigned: 0, handed: 0 },
        ended: { done: 0, failed: 0, unreachable: 0, unknown: 0 },
      };
      counts.set(assignment.realm, known);
      known.open[state === "moving" ? "assigned" : state] += 1;
    }
    return counts;
  }

  /** Output as it comes, while commands run; a hint for people, complete only in the result. */
  onOutput(listener: OutputListener): () => void {
    return this.#output.listen(listener);
  }

  /** Takes all timers back. What is open stays open for the next server. */
  stop(): void {
    for (const held of this.#commands.values()) held.takeBackTimer();
    this.#commands.clear();
    this.#storeHeights();
    for (const { connection } of this.#managers.all()) connection.close("the server stops");
  }

  #hold(effect: OpenEffect): Held {
    const assignment = effect.detail as Assignment;
    const known = this.#accepted.get(effect.wait);
    const accepted = known?.number === effect.number ? known : undefined;
    const held: Held = {
      effect,
      order: accepted?.order ?? orderOf(effect),
      spec: accepted?.spec,
      state: assignment.journal === null ? "waiting" : "assigned",
      assignment,
      takeBackTimer: () => {},
      isWatched: false,
      isForeign: false,
      addresses: [],
      encoding: null,
    };
    this.#commands.set(effect.number, held);
    return held;
  }

  #wait(held: Held): void {
    if (held.order.session !== null) {
      this.#waitForSession(held);
      return;
    }
    held.state = "waiting";
    const { realm, waitMs } = held.assignment;
    held.takeBackTimer();
    held.takeBackTimer = this.#options.clock.after(waitMs, () => {
      this.#complete(
        held,
        failedOutcome(
          "unreachable",
          `no job manager of the realm '${realm}' was connected within ${waitMs / 1000} s; start one there, or check its connection`,
        ),
      );
    });
    const manager = this.#managers.choose(realm);
    const distant = manager === undefined ? this.#options.elsewhere?.choose(realm) : undefined;
    if (manager !== undefined) this.#assign(held, manager);
    else if (distant !== undefined) this.#assignElsewhere(held, distant);
  }

  /** Its job manager may come back; nobody else has the session (R6). */
  #waitForSession(held: Held): void {
    const { assignment, order } = held;
    if (order.isClosing) {
      this.#sessions.disown(order.session?.session ?? 0);
      this.#complete(held, { status: 0, result: null, error: null, reason: null });
      return;
    }
    held.state = "waiting";
    held.takeBackTimer();
    held.takeBackTimer = this.#options.clock.after(assignment.waitMs, () => {
      this.#complete(
        held,
        failedOutcome(
          "unreachable",
          `the job manager '${assignment.manager}', which has the session, was not connected for ${assignment.waitMs / 1000} s`,
        ),
      );
    });
  }

  #serveWaiting({ realm, journal }: Manager): void {
    for (const held of [...this.#commands.values()].sort(
      (a, b) => a.effect.number - b.effect.number,
    )) {
      if (held.state !== "waiting") continue;
      if (held.order.session !== null) {
        if (held.assignment.journal !== journal) continue;
        held.takeBackTimer();
        this.#leave(held);
        continue;
      }
      if (held.assignment.realm !== realm) continue;
      const manager = this.#managers.choose(realm);
      if (manager === undefined) return;
      this.#assign(held, manager);
    }
  }

  /** Gives a command that was not handed over to a job manager; it leaves when that is on disk (R1). */
  #assign(held: Held, manager: Manager): void {
    held.takeBackTimer();
    held.state = "moving";
    const { via: _via, ...assignment } = held.assignment;
    held.assignment = { ...assignment, manager: manager.name, journal: manager.journal };
    manager.open.add(held.effect.number);
    this.#storeAssignment(held);
  }

  /** With `also` it is another server that hands it over. */
  #storeAssignment(held: Held, also?: (transaction: Transaction) => Promise<void>): void {
    const { host, elsewhere, logger, clock } = this.#options;
    host.update(held.effect, held.assignment, also).then(
      (isOpen) => {
        if (held.state !== "moving") return;
        if (!isOpen) this.#drop(held);
        else if (also === undefined) this.#leave(held);
        else {
          held.state = "handed";
          elsewhere?.hint();
        }
      },
      (error: unknown) => {
        logger.warn(
          { ...namesOf(held), error: messageOf(error) },
          "an assignment could not be stored",
        );
        this.#managers.ofJournal(held.assignment.journal)?.open.delete(held.effect.number);
        held.takeBackTimer = clock.after(storeRetryMs, () => this.#wait(held));
      },
    );
  }

  #leave(held: Held): void {
    held.state = "assigned";
    this.#managers.ofJournal(held.assignment.journal)?.open.add(held.effect.number);
    if (!this.#needsLookup(held.order)) {
      const spec = this.#output.hasListeners ? undefined : held.spec;
      this.#handOver(held, () => spec ?? this.#spec(held, plainSettings(held.order.context)));
      return;
    }
    this.#leaving.push(held);
    if (this.#leaving.length === 1) setImmediate(() => void this.#lookUpLeaving());
  }

  #needsLookup({ context, hasTarget }: Order): boolean {
    if (!hasTarget) return false;
    return namesObjects(context) || (context.get("__host__") ?? null) !== null;
  }

  /** One transaction for all that leave together (R5). */
  async #lookUpLeaving(): Promise<void> {
    const leaving = this.#leaving;
    this.#leaving = [];
    try {
      const found = await this.#options.host.write(async (transaction) => {
        const specs: [Held, () => WorkSpec][] = [];
        for (const held of leaving) {
          if (held.state === "assigned") specs.push([held, await this.#lookUp(transaction, held)]);
        }
        return specs;
      });
      for (const [held, spec] of found) this.#handOver(held, spec);
    } catch (error) {
      this.#options.logger.warn({ error: messageOf(error) }, "commands could not be prepared");
      for (const held of leaving) {
        if (held.state !== "assigned") continue;
        held.takeBackTimer = this.#options.clock.after(storeRetryMs, () => this.#leave(held));
      }
    }
  }

  async #lookUp(transaction: Transaction, held: Held): Promise<() => WorkSpec> {
    const { order, effect } = held;
    try {
      const settings = await this.#settings(transaction, order, effect.principal);
      const { knownHosts } = this.#options;
      held.addresses = hostAddresses(settings);
      const jumpHostKeys: (string | null)[] = [];
      for (const { host, port } of held.addresses) {
        jumpHostKeys.push(await knownHosts.find(transaction, host, port));
      }
      const hostKey = jumpHostKeys.pop() ?? null;
      return () => this.#spec(held, settings, { hostKey, jumpHostKeys });
    } catch (error) {
      // A node may have gone, or a right, since the command was accepted.
      const outcome = faultOutcome(error);
      return () => {
        throw new Unpreparable(outcome);
      };
    }
  }

  #spec(
    { order }: Held,
    settings: Settings,
    keys: Omit<SpecOptions, "live"> = { hostKey: null },
  ): WorkSpec {
    return order.spec(settings, { live: this.#output.hasListeners, ...keys });
  }

  #handOver(held: Held, specOf: () => WorkSpec): void {
    if (held.state !== "assigned") return;
    const manager = this.#managers.ofJournal(held.assignment.journal);
    // A job manager that ends finishes what it has begun, and a session is that.
    if (manager === undefined || (manager.isDraining && held.order.session === null)) {
      manager?.open.delete(held.effect.number);
      this.#notHandedOver(held);
      return;
    }
    let spec: WorkSpec;
    try {
      spec = specOf();
    } catch (error) {
      this.#complete(held, error instanceof Unpreparable ? error.outcome : faultOutcome(error));
      return;
    }
    held.state = "handed";
    held.encoding = "encoding" in spec ? spec.encoding : null;
    manager.open.add(held.effect.number);
    manager.send({ kind: "run", number: held.effect.number, spec });
    this.#options.logger.debug(namesOf(held), "a command was handed over");
  }

  /** It may go to another job manager; of another server's process that one decides. */
  #notHandedOver(held: Held): void {
    if (!held.isForeign) {
      this.#wait(held);
      return;
    }
    this.#drop(held);
    const { host, logger } = this.#options;
    host.giveBack(held.effect).catch((error: unknown) => {
      logger.warn({ ...namesOf(held), error: messageOf(error) }, "it could not be given back");
    });
  }

  /** (R2): it can only be waited for. */
  #watchLost(held: Held): void {
    const { manager, lostAfterMs } = held.assignment;
    held.takeBackTimer();
    held.isWatched = true;
    held.takeBackTimer = this.#options.clock.after(lostAfterMs, () => {
      this.#lose(
        held,
        `the job manager '${manager}' has it and was not connected for ${lostAfterMs / 1000} s`,
      );
    });
  }

  #lose(held: Held, why: string): void {
    const message = `${why}; whether the command ran to its end is not known`;
    this.#complete(held, failedOutcome("unknown", message));
  }

  #complete(held: Held, outcome: Outcome, stored: () => void = () => {}): void {
    if (held.state === "done") return;
    held.state = "done";
    held.takeBackTimer();
    this.#options.host.complete(held.effect, outcome).then(
      (isOpen) => {
        this.#count(held, outcome);
        const { status, reason } = outcome;
        const { logger } = this.#options;
        if (reason === "unknown") logger.warn(namesOf(held), "what became of a command is unknown");
        else logger.debug({ ...namesOf(held), status, reason }, "a command has ended");
        this.#drop(held);
        if (!isOpen) this.#closeUnwanted(held);
        stored();
      },
      (error: unknown) => {
        this.#options.logger.warn(
          { ...namesOf(held), error: messageOf(error) },
          "a result could not be stored",
        );
        held.takeBackTimer = this.#options.clock.after(storeRetryMs, () => {
          held.state = "handed";
          this.#complete(held, outcome, stored);
        });
      },
    );
  }

  #count({ assignment }: Held, { reason }: Outcome): void {
    const ended = this.#ended.get(assignment.realm) ?? {
      done: 0,
      failed: 0,
      unreachable: 0,
      unknown: 0,
    };
    this.#ended.set(assignment.realm, ended);
    if (reason === null) ended.done += 1;
    else ended[reason === "unknown" || reason === "unreachable" ? reason : "failed"] += 1;
  }

  #drop(held: Held): void {
    held.state = "done";
    held.takeBackTimer();
    const { number } = held.effect;
    if (this.#commands.get(number) === held) this.#commands.delete(number);
    this.#managers.ofJournal(held.assignment.journal)?.open.delete(number);
    this.#output.end(number);
  }

  #refusal(hello: Hello): string | undefined {
    if (hello.protocol !== jobManagerProtocol) {
      return `this server speaks protocol ${jobManagerProtocol}, the job manager ${hello.protocol} (${hello.version}); update the older one`;
    }
    const namesake = this.#managers
      .all()
      .find(({ name, journal }) => name === hello.name && journal !== hello.journal);
    return namesake === undefined ? undefined : hasNamesake(hello);
  }

  #settle(manager: Manager, hello: Hello): void {
    const { journal } = hello;
    const open = Array.from(this.#commands.values(), ({ effect, state, assignment }) => ({
      number: effect.number,
      manager: assignment.manager,
      journal: assignment.journal,
      isHanded: state === "handed",
    }));
    const highestTaken = this.#highestTaken.get(journal) ?? 0;
    const { held, unseen, lost, forget, cancel } = settle(hello, open, highestTaken);
    this.#setHighest(journal, hello.highest);
    manager.send({ kind: "welcome", protocol: jobManagerProtocol, forget, cancel });
    for (const number of held) {
      manager.open.add(number);
      this.#commands.get(number)?.takeBackTimer();
    }
    for (const { number, why } of lost) {
      const command = this.#heldOf(number);
      // Where the database was set back, another one may have it by now.
      if (command.assignment.journal !== journal) this.#cancel(command);
      this.#lose(command, why);
    }
    for (const number of unseen) {
      const command = this.#heldOf(number);
      command.takeBackTimer();
      this.#leave(command);
    }
  }

  #heldOf(number: number): Held {
    const held = this.#commands.get(number);
    assert(held !== undefined, `command ${number} is not open`);
    return held;
  }

  #receive(manager: Manager, message: ManagerMessage): void {
    switch (message.kind) {
      case "started":
        this.#taken(manager, message.number);
        return;
      case "output":
        this.#receiveOutput(manager, message);
        return;
      case "result":
        this.#taken(manager, message.number);
        this.#receiveResult(manager, message.number, message.result);
        return;
      case "returned":
        this.#receiveReturned(manager, message.number);
        return;
      case "draining":
        manager.isDraining = true;
        return;
      case "hello":
      case "pong":
        return;
    }
  }

  #taken({ journal }: Manager, number: number): void {
    if (number > (this.#highestTaken.get(journal) ?? 0)) this.#setHighest(journal, number);
  }

  /** Stored now and then: a copy that is older than that is found also after a restart. */
  #setHighest(journal: string, number: number): void {
    this.#highestTaken.set(journal, number);
    this.#grown.add(journal);
    this.#takeBackStoring ??= this.#options.clock.after(storeHeightsMs, () => this.#storeHeights());
  }

  #storeHeights(): void {
    this.#takeBackStoring?.();
    this.#takeBackStoring = undefined;
    const heights = new Map(
      Array.from(this.#grown, (journal) => [journal, this.#highestTaken.get(journal) ?? 0]),
    );
    this.#grown = new Set();
    if (heights.size === 0) return;
    const { host, journals, logger } = this.#options;
    host
      .write((transaction) => journals.record(transaction, heights))
      .catch((error: unknown) => {
        logger.warn({ error: messageOf(error) }, "how far the journals are could not be stored");
      });
  }

  #receiveOutput(manager: Manager, message: Extract<ManagerMessage, { kind: "output" }>): void {
    const held = this.#commands.get(message.number);
    if (held?.state !== "handed" || held.assignment.journal !== manager.journal) return;
    this.#output.receive(held.effect, held.encoding, message);
  }

  #receiveResult(manager: Manager, number: number, result: CommandResult): void {
    const held = this.#commands.get(number);
    if (held?.state === "handed" && held.assignment.journal === manager.journal) {
      this.#record(held, result);
      const outcome = held.order.outcome(result, held.assignment);
      if (isOpening(held.effect) && outcome.reason === null) {
        this.#sessions.add(held.effect.process, number, manager.journal);
      }
      if (held.order.isClosing) this.#sessions.forget(held.order.session?.session ?? 0);
      this.#complete(held, outcome, () => this.#acknowledge(manager, number));
    } else if (held?.state !== "done") {
      // Nobody waits for it: cancelled, or lost meanwhile and now late.
      this.#options.logger.info(
        { command: number, manager: manager.name, status: result.status },
        "a result came that nobody waits for",
      );
      this.#acknowledge(manager, number);
    }
  }

  /** (R3) */
  #acknowledge({ journal }: Manager, number: number): void {
    this.#managers.ofJournal(journal)?.send({ kind: "acknowledge", numbers: [number] });
  }

  #record({ addresses }: Held, { hostKey, jumpHostKeys = [] }: CommandResult): void {
    if (addresses.length === 0 || (hostKey === null && jumpHostKeys.length === 0)) return;
    const { host, knownHosts } = this.#options;
    // Those of the way have their places from the first on; the host itself is the last one.
    const last = addresses.length - 1;
    const keys = addresses.map((_, index) =>
      index === last ? hostKey : (jumpHostKeys[index] ?? null),
    );
    host
      .write(async (transaction) => {
        for (const [index, address] of addresses.entries()) {
          const key = keys[index] ?? null;
          if (key !== null) {
            await knownHosts.record(transaction, address.host, address.port, key);
          }
        }
      })
      .catch((error: unknown) => {
        this.#options.logger.warn({ error: messageOf(error) }, "a host key could not be recorded");
      });
  }

  #receiveReturned(manager: Manager, number: number): void {
    const held = this.#commands.get(number);
    if (held?.state !== "handed" || held.assignment.journal !== manager.journal) return;
    manager.isDraining = true;
    manager.open.delete(number);
    if (held.order.session === null) this.#notHandedOver(held);
    else {
      const message = `the job manager '${manager.name}' is being stopped, and the session is not open any more`;
      this.#complete(held, failedOutcome("unreachable", message));
    }
  }

  /** Those that were closed, or whose process ended, while their job manager was away. */
  #settleSessions(manager: Manager, { sessions = [] }: Hello): void {
    for (const { session } of sessions) {
      if (this.#sessions.isDisowned(session)) this.#closeSession(session, manager.journal);
    }
  }

  /** A session that was opened for a process which does not wait for it any more. */
  #closeUnwanted({ effect, assignment }: Held): void {
    if (isOpening(effect) && assignment.journal !== null) {
      this.#closeSession(effect.number, assignment.journal);
    }
  }

  #closeSession(session: number, journal: string): void {
    const manager = this.#managers.ofJournal(journal);
    if (manager === undefined) this.#sessions.disown(session);
    else {
      this.#sessions.forget(session);
      manager.send({ kind: "close", sessions: [session] });
    }
  }

  #settings(
    transaction: Transaction,
    { context, hasTarget }: Order,
    principal: number,
  ): Soon<Settings> {
    if (!hasTarget || !namesObjects(context)) return plainSettings(context);
    return resolveSettings(transaction, this.#options.nodes, context, principal);
  }

  /** The realm, or why there is none. */
  #realm(transaction: Transaction, name: string): Soon<Realm | string> {
    return name === "default" ? { name, ...realmDefaults } : this.#findRealm(transaction, name);
  }

  async #findRealm(transaction: Transaction, name: string): Promise<Realm | string> {
    const { realms } = this.#options;
    const found = await realms.find(transaction, name);
    if (found !== undefined) return found;
    const connected = [...this.#managers.realms(), ...(this.#options.elsewhere?.realms() ?? [])];
    if (connected.includes(name)) return { name, ...realmDefaults };
    const known = new Set(["default", ...connected, ...(await realms.names(transaction))]);
    return `there is no realm '${name}' (__realm__); there are ${[...known].sort().join(", ")}`;
  }
}

/** Thrown where a command should be built whose preparation has failed. */
class Unpreparable extends Error {
  override name = "Unpreparable";
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super("the command could not be prepared");
    this.outcome = outcome;
  }
}

function isOpening({ wait }: OpenEffect): boolean {
  return wait.kind === "external" && wait.name === "session_open";
}

function kindOf({ wait }: OpenEffect): string {
  return wait.kind === "external" ? `external:${wait.name}` : wait.kind;
}

function distantAssignment(assignment: Assignment, to: DistantManager | undefined): Assignment {
  if (to === undefined) return assignment;
  return { ...assignment, manager: to.name, journal: to.journal, via: to.server };
}

function assignmentTo(
  {
    manager = null,
    journal = null,
  }: { manager?: string | null | undefined; journal?: string | null | undefined },
  realm: Realm,
): Assignment {
  return {
    realm: realm.name,
    manager,
    journal,
    waitMs: realm.waitMs,
    lostAfterMs: realm.lostAfterMs,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hasNamesake({ name }: Hello): string {
  return `another job manager named '${name}' is connected; give this one another name`;
}

function refuse(connection: ManagerConnection, message: string): void {
  connection.send([{ kind: "refuse", message }]);
  connection.close(message);
}

/** How a command is named in the log. */
function namesOf({ effect, assignment }: Held): object {
  const { realm, manager } = assignment;
  return { process: effect.process, command: effect.number, realm, manager };
}

function statusOf(manager: Manager): ManagerStatus {
  const { name, journal, realm, version, connectedAt, isDraining, open } = manager;
  return { name, journal, realm, version, connectedAt, isDraining, commands: open.size };
}
