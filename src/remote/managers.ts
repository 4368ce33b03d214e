import type { Hello, ManagerConnection, ServerMessage } from "#contract";

/** A connected job manager. */
export class Manager {
  readonly connection: ManagerConnection;
  readonly name: string;
  readonly realm: string;
  readonly version: string;
  readonly journal: string;
  readonly connectedAt: number;
  isDraining: boolean;
  /** The numbers that it has, or is about to get. */
  readonly open = new Set<number>();
  /** Chosen for turns that are not committed yet. */
  #reserved = 0;
  #outgoing: ServerMessage[] = [];

  constructor(connection: ManagerConnection, hello: Hello, connectedAt: number) {
    this.connection = connection;
    this.name = hello.name;
    this.realm = hello.realm;
    this.version = hello.version;
    this.journal = hello.journal;
    this.isDraining = hello.draining;
    this.connectedAt = connectedAt;
  }

  get load(): number {
    return this.open.size + this.#reserved;
  }

  /** Counts as load until the end of the event-loop turn; a turn that fails to commit leaves nothing behind. */
  reserve(): void {
    if (this.#reserved === 0) setImmediate(() => (this.#reserved = 0));
    this.#reserved += 1;
  }

  /** Messages sent in one event-loop turn leave together, in order; acknowledgements of it as one. */
  send(message: ServerMessage): void {
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    const last = this.#outgoing.at(-1);
    if (message.kind === "acknowledge" && last?.kind === "acknowledge") {
      last.numbers.push(...message.numbers);
    } else this.#outgoing.push(message);
  }

  #flush(): void {
    const messages = this.#outgoing;
    this.#outgoing = [];
    this.connection.send(messages);
  }
}

/** Who is connected: found by connection and by journal, chosen by realm and load. */
export class Managers {
  readonly #byConnection = new Map<ManagerConnection, Manager>();
  readonly #byJournal = new Map<string, Manager>();

  add(manager: Manager): void {
    this.#byConnection.set(manager.connection, manager);
    this.#byJournal.set(manager.journal, manager);
  }

  remove(manager: Manager): void {
    this.#byConnection.delete(manager.connection);
    if (this.#byJournal.get(manager.journal) === manager) this.#byJournal.delete(manager.journal);
  }

  ofConnection(connection: ManagerConnection): Manager | undefined {
    return this.#byConnection.get(connection);
  }

  ofJournal(journal: string | null): Manager | undefined {
    return journal === null ? undefined : this.#byJournal.get(journal);
  }

  all(): Manager[] {
    return [...this.#byConnection.values()];
  }

  realms(): string[] {
    return this.all().map(({ realm }) => realm);
  }

  /** The one of the realm that has least to do. */
  choose(realm: string): Manager | undefined {
    let chosen: Manager | undefined;
    for (const manager of this.#byConnection.values()) {
      if (manager.realm !== realm || manager.isDraining) continue;
      if (chosen === undefined || manager.load < chosen.load) chosen = manager;
    }
    return chosen;
  }
}
