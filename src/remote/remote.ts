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
import { assert, type Clock } from "#kernel";
import type { Outcome } from "#machine";
import type { Acceptance, EffectHandler, EffectHost, NewEffect, OpenEffect } from "#processes";
import { hostAddresses, realmOf, type HostAddress, type SpecOptions } from "./command-spec.ts";
import { failedOutcome, faultOutcome } from "./fault.ts";
import type { JournalHeights } from "./journal-heights.ts";
import type { KnownHosts } from "./known-hosts.ts";
import { LiveOutput, type OutputListener } from "./live-output.ts";
import { Manager, Managers } from "./managers.ts";
import type { Order } from "./order.ts";
import { orderKinds, orderOf } from "./orders.ts";
import { OpenSessions } from "./open-sessions.ts";
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
  /** That a job manager came or went; nothing waits for it. */
  onManager?: (manager: ManagerStatus, what: "connected" | "disconnected") => void;
}

/** As much of a logger as is needed here. */
export interface RemoteLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** What is stored with an effect: who has it. */
export interface Assignment extends Pick<Realm, "waitMs" | "lostAfterMs"> {
  realm: string;
  manager: string | null;
  journal: string | null;
}

export interface ManagerStatus {
  name: string;
  realm: string;
  version: string;
  connectedAt: number;
  isDraining: boolean;
  /** How many commands it has. */
  commands: number;
}

interface Held {
  effect: OpenEffect;
  order: Order;
  state: "waiting" | "moving" | "assigned" | "handed" | "done";
  assignment: Assignment;
  takeBackTimer: () => void;
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

  constructor(options: RemoteOptions) {
    this.#options = options;
  }

  async accept(transaction: Transaction, effect: NewEffect): Promise<Acceptance> {
    try {
      const order = orderOf(effect);
      const settings = await this.#settings(transaction, order, effect.principal);
      // Whatever does not fit is found here, in the turn, and not when nobody is there any more.
      order.spec(settings, { live: false, hostKey: null });
      const name = order.session?.realm ?? realmOf(settings);
      const realm = await this.#realm(transaction, name);
      if (typeof realm === "string") {
        return { kind: "failed", outcome: failedOutcome("unreachable", realm) };
      }
      if (order.session !== null) {
        return { kind: "accepted", detail: assignmentTo(order.session, realm) };
      }
      const manager = this.#managers.choose(realm.name);
      manager?.reserve();
      return {
        kind: "accepted",
        detail: assignmentTo({ manager: manager?.name, journal: manager?.journal }, realm),
      };
    } catch (error) {
      return { kind: "failed", outcome: faultOutcome(error) };
    }
  }

  dispatch(effect: OpenEffect): void {
    const held = this.#hold(effect);
    if (held.assignment.journal === null) this.#wait(held);
    else this.#leave(held);
  }

  abandon({ number }: OpenEffect): void {
    const held = this.#commands.get(number);
    if (held === undefined || held.state === "done") return;
    if (held.state === "handed") {
      this.#managers.ofJournal(held.assignment.journal)?.send({ kind: "cancel", number });
    }
    this.#drop(held);
  }

  /** (R4) */
  restore(effects: readonly OpenEffect[]): void {
    for (const effect of effects) {
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
    if (refusal !== undefined) {
      connection.send([{ kind: "refuse", message: refusal }]);
      connection.close(refusal);
      return;
    }
    this.#arriving.add(connection);
    this.#prepare(hello).then(
      () => {
        if (this.#arriving.delete(connection)) this.#admit(connection, hello);
      },
      (error: unknown) => {
        this.#arriving.delete(connection);
        connection.close(`the server cannot store: ${messageOf(error)}`);
      },
    );
  }

  /** Before anything is given to it: no number that it may have had must be issued again, nor what it has lost. */
  async #prepare({ journal, highest, sessions = [] }: Hello): Promise<void> {
    const { host, journals, isLive } = this.#options;
    await host.raiseNumber(highest);
    if (sessions.length > 0) {
      await host.write(async (transaction) => {
        for (const { session, process } of sessions) {
          if (await isLive(transaction, process)) this.#sessions.add(process, session, journal);
          else this.#sessions.disown(session);
        }
      });
    }
    if (this.#highestTaken.has(journal)) return;
    const stored = await host.write((transaction) => journals.find(transaction, journal));
    if (!this.#highestTaken.has(journal)) this.#highestTaken.set(journal, stored);
  }

  #admit(connection: ManagerConnection, hello: Hello): void {
    const earlier = this.#managers.ofJournal(hello.journal);
    if (earlier !== undefined) {
      this.disconnected(earlier.connection);
      earlier.connection.close("the same job manager has connected again");
    }
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
      if (held?.state === "handed") this.#watchLost(held);
    }
  }

  managers(): ManagerStatus[] {
    return this.#managers.all().map(statusOf);
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
    const held: Held = {
      effect,
      order: orderOf(effect),
      state: assignment.journal === null ? "waiting" : "assigned",
      assignment,
      takeBackTimer: () => {},
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
    if (manager !== undefined) this.#assign(held, manager);
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
    held.assignment = { ...held.assignment, manager: manager.name, journal: manager.journal };
    manager.open.add(held.effect.number);
    this.#options.host.update(held.effect, held.assignment).then(
      (isOpen) => {
        if (held.state !== "moving") return;
        if (isOpen) this.#leave(held);
        else this.#drop(held);
      },
      (error: unknown) => {
        this.#options.logger.warn({ error: messageOf(error) }, "an assignment could not be stored");
        manager.open.delete(held.effect.number);
        held.takeBackTimer = this.#options.clock.after(storeRetryMs, () => this.#wait(held));
      },
    );
  }

  #leave(held: Held): void {
    held.state = "assigned";
    this.#managers.ofJournal(held.assignment.journal)?.open.add(held.effect.number);
    if (!this.#needsLookup(held.order)) {
      this.#handOver(held, () => this.#spec(held, plainSettings(held.order.context)));
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
      this.#wait(held);
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
  }

  /** (R2): it can only be waited for. */
  #watchLost(held: Held): void {
    const { manager, lostAfterMs } = held.assignment;
    held.takeBackTimer();
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
        this.#drop(held);
        if (!isOpen) this.#closeUnwanted(held);
        stored();
      },
      (error: unknown) => {
        this.#options.logger.warn({ error: messageOf(error) }, "a result could not be stored");
        held.takeBackTimer = this.#options.clock.after(storeRetryMs, () => {
          held.state = "handed";
          this.#complete(held, outcome, stored);
        });
      },
    );
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
    if (namesake === undefined) return undefined;
    return `another job manager named '${hello.name}' is connected; give this one another name`;
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
    for (const { number, why } of lost) this.#lose(this.#heldOf(number), why);
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
        { number, status: result.status },
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
    if (held.order.session === null) this.#wait(held);
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

  async #settings(
    transaction: Transaction,
    { context, hasTarget }: Order,
    principal: number,
  ): Promise<Settings> {
    if (!hasTarget || !namesObjects(context)) return plainSettings(context);
    return resolveSettings(transaction, this.#options.nodes, context, principal);
  }

  /** The realm, or why there is none. */
  async #realm(transaction: Transaction, name: string): Promise<Realm | string> {
    const { realms } = this.#options;
    const found = name === "default" ? undefined : await realms.find(transaction, name);
    if (found !== undefined) return found;
    const connected = this.#managers.realms();
    if (name === "default" || connected.includes(name)) return { name, ...realmDefaults };
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

function statusOf(manager: Manager): ManagerStatus {
  const { name, realm, version, connectedAt, isDraining, open } = manager;
  return { name, realm, version, connectedAt, isDraining, commands: open.size };
}
