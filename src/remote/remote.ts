import {
  jobManagerProtocol,
  type CommandResult,
  type CommandSpec,
  type Hello,
  type ManagerConnection,
  type ManagerDoor,
  type ManagerMessage,
} from "#contract";
import type { Transaction } from "#database";
import { assert, type Clock } from "#kernel";
import type { Command, Outcome } from "#machine";
import type { Acceptance, EffectHandler, EffectHost, NewEffect, OpenEffect } from "#processes";
import { commandSpec, hostAddress, realmOf } from "./command-spec.ts";
import { failedOutcome, faultOutcome } from "./fault.ts";
import type { JournalHeights } from "./journal-heights.ts";
import type { KnownHosts } from "./known-hosts.ts";
import { LiveOutput, type OutputListener } from "./live-output.ts";
import { Manager, Managers } from "./managers.ts";
import { commandOutcome } from "./outcome.ts";
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
 */
export interface RemoteOptions {
  host: EffectHost;
  nodes: Nodes;
  realms: Realms;
  knownHosts: KnownHosts;
  journals: JournalHeights;
  clock: Clock;
  logger: RemoteLogger;
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
  command: Command;
  state: "waiting" | "moving" | "assigned" | "handed" | "done";
  assignment: Assignment;
  takeBackTimer: () => void;
  /** Where it runs, if the first key that the host shows is to be recorded. */
  address: { host: string; port: number } | undefined;
  /** Of its output, for those who watch. */
  encoding: string | null;
}

/** A store that fails is tried again after this. */
const storeRetryMs = 1000;

const storeHeightsMs = 1000;

export class Remote implements EffectHandler, ManagerDoor {
  readonly kinds = ["command"];
  readonly #options: RemoteOptions;
  readonly #managers = new Managers();
  /** Have said hello and are not admitted yet. */
  readonly #arriving = new Set<ManagerConnection>();
  readonly #commands = new Map<number, Held>();
  readonly #output = new LiveOutput();
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
      const command = commandOf(effect);
      const settings = await this.#settings(transaction, command, effect.principal);
      // Whatever does not fit is found here, in the turn, and not when nobody is there any more.
      commandSpec(command, settings, { live: false, hostKey: null });
      const realm = await this.#realm(transaction, realmOf(settings));
      if (typeof realm === "string") {
        return { kind: "failed", outcome: failedOutcome("unreachable", realm) };
      }
      const manager = this.#managers.choose(realm.name);
      manager?.reserve();
      return { kind: "accepted", detail: assignmentTo(manager, realm) };
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
  async #prepare({ journal, highest }: Hello): Promise<void> {
    const { host, journals } = this.#options;
    await host.raiseNumber(highest);
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
    this.#settle(manager, hello);
    this.#options.logger.info(
      { manager: manager.name, realm: manager.realm, open: hello.open.length },
      "a job manager has connected",
    );
    this.#serveWaiting(manager.realm);
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
    this.#options.logger.info({ manager: manager.name }, "a job manager has disconnected");
    for (const number of manager.open) {
      const held = this.#commands.get(number);
      if (held?.state === "handed") this.#watchLost(held);
    }
  }

  managers(): ManagerStatus[] {
    return this.#managers.all().map((manager) => ({
      name: manager.name,
      realm: manager.realm,
      version: manager.version,
      connectedAt: manager.connectedAt,
      isDraining: manager.isDraining,
      commands: manager.open.size,
    }));
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
      command: commandOf(effect),
      state: assignment.journal === null ? "waiting" : "assigned",
      assignment,
      takeBackTimer: () => {},
      address: undefined,
      encoding: null,
    };
    this.#commands.set(effect.number, held);
    return held;
  }

  #wait(held: Held): void {
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

  #serveWaiting(realm: string): void {
    for (const held of [...this.#commands.values()].sort(
      (a, b) => a.effect.number - b.effect.number,
    )) {
      if (held.state !== "waiting" || held.assignment.realm !== realm) continue;
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
    if (!this.#needsLookup(held.command)) {
      this.#handOver(held, () => this.#spec(held, plainSettings(held.command.context), null));
      return;
    }
    this.#leaving.push(held);
    if (this.#leaving.length === 1) setImmediate(() => void this.#lookUpLeaving());
  }

  #needsLookup({ context }: Command): boolean {
    return namesObjects(context) || (context.get("__host__") ?? null) !== null;
  }

  /** One transaction for all that leave together (R5). */
  async #lookUpLeaving(): Promise<void> {
    const leaving = this.#leaving;
    this.#leaving = [];
    try {
      const found = await this.#options.host.write(async (transaction) => {
        const specs: [Held, () => CommandSpec][] = [];
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

  async #lookUp(transaction: Transaction, held: Held): Promise<() => CommandSpec> {
    const { command, effect } = held;
    try {
      const settings = await this.#settings(transaction, command, effect.principal);
      const address = hostAddress(settings);
      held.address = address;
      const hostKey =
        address === undefined
          ? null
          : await this.#options.knownHosts.find(transaction, address.host, address.port);
      return () => this.#spec(held, settings, hostKey);
    } catch (error) {
      // A node may have gone, or a right, since the command was accepted.
      const outcome = faultOutcome(error);
      return () => {
        throw new Unpreparable(outcome);
      };
    }
  }

  #spec(held: Held, settings: Settings, hostKey: string | null): CommandSpec {
    return commandSpec(held.command, settings, { live: this.#output.hasListeners, hostKey });
  }

  #handOver(held: Held, specOf: () => CommandSpec): void {
    if (held.state !== "assigned") return;
    const manager = this.#managers.ofJournal(held.assignment.journal);
    if (manager === undefined || manager.isDraining) {
      manager?.open.delete(held.effect.number);
      this.#wait(held);
      return;
    }
    let spec: CommandSpec;
    try {
      spec = specOf();
    } catch (error) {
      this.#complete(held, error instanceof Unpreparable ? error.outcome : faultOutcome(error));
      return;
    }
    held.state = "handed";
    held.encoding = spec.encoding;
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
      () => {
        this.#drop(held);
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
      this.#complete(held, commandOutcome(result), () => this.#acknowledge(manager, number));
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

  #record({ address }: Held, { hostKey }: CommandResult): void {
    if (hostKey === null || address === undefined) return;
    this.#options.host
      .write((transaction) =>
        this.#options.knownHosts.record(transaction, address.host, address.port, hostKey),
      )
      .catch((error: unknown) => {
        this.#options.logger.warn({ error: messageOf(error) }, "a host key could not be recorded");
      });
  }

  #receiveReturned(manager: Manager, number: number): void {
    const held = this.#commands.get(number);
    if (held?.state !== "handed" || held.assignment.journal !== manager.journal) return;
    manager.isDraining = true;
    manager.open.delete(number);
    this.#wait(held);
  }

  async #settings(
    transaction: Transaction,
    { context }: Command,
    principal: number,
  ): Promise<Settings> {
    if (!namesObjects(context)) return plainSettings(context);
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

function commandOf({ wait }: NewEffect): Command {
  assert(wait.kind === "command", "remote takes commands");
  return wait.command;
}

function assignmentTo(manager: Manager | undefined, realm: Realm): Assignment {
  return {
    realm: realm.name,
    manager: manager?.name ?? null,
    journal: manager?.journal ?? null,
    waitMs: realm.waitMs,
    lostAfterMs: realm.lostAfterMs,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
