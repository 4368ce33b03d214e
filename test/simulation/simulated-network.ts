/**
 * Lines between job managers and servers: what is sent arrives in order or not at all, after a while. A line may break, with
 * both ends told at last, or fall silent, so that each finds out by its own heartbeat, or be slow for a time.
 *
 * It looks like a WebSocket to the job manager's transport and like a socket to the server's gate, so that both are real.
 */
import { EventEmitter } from "node:events";
import type { WebSocket } from "ws";
import type { ManagerDoor } from "#contract";
import { openManagerGate, type ManagerGate } from "#remote";
import type { Life, Scheduler } from "./scheduler.ts";

/** A program that takes connections, as long as it lives. */
export interface Listener {
  life: Life;
  door: ManagerDoor;
}

const latency = { leastMs: 0.2, mostMs: 400 };
/** As the job manager's transport asks its WebSocket to wait. */
const handshakeMaxMs = 10_000;
const openState = 1;
const closedState = 3;

export class SimulatedNetwork {
  readonly #scheduler: Scheduler;
  readonly lines = new Set<Line>();
  /** Hosts between which nothing gets through until that moment. */
  readonly #apart = new Map<string, number>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Begins to connect; `listener` is asked for when the attempt arrives. */
  connect(life: Life, listener: () => Listener | undefined): WebSocket {
    const line = new Line(this, this.#scheduler, life);
    this.lines.add(line);
    this.#scheduler.after(this.delayMs(), life, "connects", () => {
      const found = listener();
      if (found === undefined || this.apartUntil(life, found.life) > this.#scheduler.now) {
        line.refused();
      } else line.accept(found);
    });
    this.#scheduler.after(handshakeMaxMs, life, "waits for a handshake", () => line.giveUp());
    return line.socket as unknown as WebSocket;
  }

  partition(one: string, other: string, until: number): void {
    this.#apart.set(pair(one, other), until);
  }

  apartUntil(one: Life, other: Life): number {
    return this.#apart.get(pair(one.host.name, other.host.name)) ?? 0;
  }

  delayMs(): number {
    return this.#scheduler.random.mostlyNear(latency.leastMs, latency.mostMs);
  }

  /** What ends with a life: the system closes its sockets. */
  ended(life: Life): void {
    for (const line of this.lines) line.lifeEnded(life);
  }
}

function pair(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

export class Line {
  readonly socket: SimulatedSocket;
  readonly #network: SimulatedNetwork;
  readonly #scheduler: Scheduler;
  readonly manager: Life;
  server: Life | undefined;
  #gate: ManagerGate | undefined;
  /** Nothing arrives any more, and nobody is told. */
  isSilent = false;
  #isCut = false;
  #lastArrival = { manager: 0, server: 0 };

  constructor(network: SimulatedNetwork, scheduler: Scheduler, manager: Life) {
    this.#network = network;
    this.#scheduler = scheduler;
    this.manager = manager;
    this.socket = new SimulatedSocket(this);
  }

  get isOpen(): boolean {
    return !this.#isCut && this.#gate !== undefined;
  }

  refused(): void {
    this.#cutNow();
    if (!this.manager.isDead) this.socket.fails("nobody is there");
  }

  /** The handshake has not come to its end. */
  giveUp(): void {
    if (this.socket.readyState !== 0) return;
    const { server } = this;
    this.#cutNow();
    this.socket.fails("the handshake took too long");
    if (server !== undefined && !this.isSilent) this.#tell("server", "closed");
  }

  accept({ life, door }: Listener): void {
    this.server = life;
    void this.#scheduler.after(this.#network.delayMs(), life, "accepts", () => {
      if (this.#isCut) return;
      this.#gate = openManagerGate(
        {
          send: (text) => this.#carry("manager", "receives", () => this.socket.receives(text)),
          close: (_code, reason) => this.#closeFrom("server", reason),
        },
        door,
        life.clock,
      );
      this.#carry("manager", "is connected", () => this.socket.opens());
    });
  }

  sendToServer(text: string): void {
    this.#carry("server", "receives", () => this.#gate?.received(text));
  }

  closeFromManager(): void {
    this.#closeFrom("manager", "");
  }

  /** It breaks: what is under way is lost, and both ends are told. */
  cut(): void {
    if (this.#isCut) return;
    this.#cutNow();
    this.#tell("manager", "a broken line");
    this.#tell("server", "a broken line");
  }

  lifeEnded(life: Life): void {
    if (life === this.manager && !this.#isCut) {
      this.#cutNow();
      if (!this.isSilent) this.#tell("server", "closed");
    } else if (life === this.server && !this.#isCut) {
      this.#cutNow();
      if (!this.isSilent) this.#tell("manager", "closed");
    }
  }

  #cutNow(): void {
    this.#isCut = true;
    this.#network.lines.delete(this);
  }

  #tell(whom: "manager" | "server", reason: string): void {
    const life = whom === "manager" ? this.manager : this.server;
    if (life === undefined) return;
    this.#scheduler.after(this.#network.delayMs(), life, "sees its line closed", () => {
      if (whom === "manager") this.socket.closes(reason);
      else this.#gate?.closed();
    });
  }

  /** One end closes: what it has sent before still arrives. */
  #closeFrom(who: "manager" | "server", reason: string): void {
    if (this.#isCut) return;
    const other = who === "manager" ? "server" : "manager";
    this.#carry(other, "sees its line closed", () => {
      this.#cutNow();
      if (other === "manager") this.socket.closes(reason);
      else this.#gate?.closed();
    });
    if (who === "manager") this.socket.closedHere();
  }

  #carry(to: "manager" | "server", label: string, arrive: () => void): void {
    const [from, life] =
      to === "manager" ? [this.server, this.manager] : [this.manager, this.server];
    if (this.#isCut || this.isSilent || life === undefined || from?.isDead === true) return;
    const apartUntil = from === undefined ? 0 : this.#network.apartUntil(from, life);
    const at = Math.max(
      this.#scheduler.now + this.#network.delayMs(),
      apartUntil,
      this.#lastArrival[to],
    );
    this.#lastArrival[to] = at;
    this.#scheduler.at(at, life, label, () => {
      if (!this.#isCut && !this.isSilent) arrive();
    });
  }
}

/** As much of a WebSocket as the job manager's transport uses. */
class SimulatedSocket extends EventEmitter {
  readyState = 0;
  readonly bufferedAmount = 0;
  readonly #line: Line;

  constructor(line: Line) {
    super();
    this.#line = line;
  }

  send(text: string, sent?: () => void): void {
    if (this.readyState === openState) this.#line.sendToServer(text);
    sent?.();
  }

  close(): void {
    this.#line.closeFromManager();
  }

  terminate(): void {
    this.#line.closeFromManager();
  }

  opens(): void {
    this.readyState = openState;
    this.emit("open");
  }

  receives(text: string): void {
    if (this.readyState === openState) this.emit("message", Buffer.from(text));
  }

  fails(message: string): void {
    this.readyState = closedState;
    this.emit("error", new Error(message));
  }

  closedHere(): void {
    this.readyState = closedState;
  }

  closes(reason: string): void {
    if (this.readyState === closedState) return;
    this.readyState = closedState;
    this.emit("close", 1006, Buffer.from(reason));
  }
}
