import type { Clock } from "#kernel";
import type { SshTarget } from "#contract";
import {
  changedHostKey,
  connect,
  type ConnectTimes,
  type Failure,
  type SshConnection,
} from "./connection.ts";
import { isSameKey } from "./host-key.ts";

/**
 * Keeps SSH connections per target and account, and shares them out.
 *
 *   connecting ──► ready (0 … n commands) ──idle──► ended
 *
 * L1  A connection carries at most `commandsPerConnection` commands (OpenSSH's MaxSessions is 10), less where
 *     the host has shown that it takes fewer.
 * L2  A target has at most `connectionsPerTarget`, all targets together `connectionsMax`; who comes later waits in line.
 *     An idle connection to elsewhere makes room.
 */
export interface PoolOptions extends ConnectTimes {
  clock: Clock;
  commandsPerConnection: number;
  connectionsPerTarget: number;
  connectionsMax: number;
  idleTimeoutMs: number;
}

/** A place for one command on a connection, until it is given back. */
export interface Place {
  readonly connection: SshConnection;
  /** The connection stood before: it may be dead without anybody having noticed. */
  readonly isReused: boolean;
  /** The host takes no further command on this connection (L1). False if there is no other: waiting is no use then. */
  isFull(): boolean;
  giveBack(): void;
}

interface Request {
  target: SshTarget;
  key: string;
  granted(place: Place): void;
  failed(failure: Failure): void;
}

interface Member {
  key: string;
  connection: SshConnection | null;
  commands: number;
  commandsMax: number;
  takeBackIdleTimer: (() => void) | null;
  /** Those who wait for this connection to be ready. */
  waiting: Request[];
}

export class SshPool {
  readonly #options: PoolOptions;
  readonly #members = new Set<Member>();
  readonly #line: Request[] = [];

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Gives a place on a connection. The returned function takes the request back and says whether it stood in line still. */
  acquire(
    target: SshTarget,
    granted: (place: Place) => void,
    failed: (failure: Failure) => void,
  ): () => boolean {
    const { hostKey: _, ...account } = target;
    const request: Request = { target, key: JSON.stringify(account), granted, failed };
    this.#line.push(request);
    this.#serve();
    return () => {
      for (const line of [this.#line, ...[...this.#members].map(({ waiting }) => waiting)]) {
        const index = line.indexOf(request);
        if (index >= 0) {
          line.splice(index, 1);
          return true;
        }
      }
      return false;
    };
  }

  close(): void {
    for (const member of this.#members) {
      member.takeBackIdleTimer?.();
      member.connection?.end();
    }
  }

  /** Gives places to whoever can have one, in order of arrival. */
  #serve(): void {
    let index = 0;
    while (index < this.#line.length) {
      const request = this.#line[index]!;
      if (this.#place(request)) this.#line.splice(this.#line.indexOf(request), 1);
      else index += 1;
    }
  }

  /** True if the request is taken care of. */
  #place(request: Request): boolean {
    const mine = [...this.#members].filter(({ key }) => key === request.key);
    const free = mine.find((member) => member.commands + member.waiting.length < member.commandsMax);
    if (free !== undefined) {
      if (free.connection === null) free.waiting.push(request);
      else this.#grant(free, free.connection, request, true);
      return true;
    }
    if (mine.length >= this.#options.connectionsPerTarget) return false;
    if (this.#members.size >= this.#options.connectionsMax && !this.#endIdle()) return false;
    this.#open(request);
    return true;
  }

  #open(request: Request): void {
    const member: Member = {
      key: request.key,
      connection: null,
      commands: 0,
      commandsMax: this.#options.commandsPerConnection,
      takeBackIdleTimer: null,
      waiting: [request],
    };
    this.#members.add(member);
    connect(
      request.target,
      this.#options,
      (connection) => {
        member.connection = connection;
        connection.onClose(() => {
          member.takeBackIdleTimer?.();
          this.#members.delete(member);
          this.#serve();
        });
        const waiting = member.waiting.splice(0);
        for (const each of waiting) this.#grant(member, connection, each, false);
        this.#watchIdle(member);
      },
      (failure) => {
        this.#members.delete(member);
        for (const each of member.waiting.splice(0)) each.failed(failure);
        this.#serve();
      },
    );
  }

  #grant(member: Member, connection: SshConnection, request: Request, isReused: boolean): void {
    const known = request.target.hostKey;
    if (known !== null && !isSameKey(known, connection.hostKey)) {
      request.failed(changedHostKey(request.target, known, connection.hostKey));
      return;
    }
    member.takeBackIdleTimer?.();
    member.takeBackIdleTimer = null;
    member.commands += 1;
    let isGiven = true;
    request.granted({
      connection,
      isReused,
      isFull: () => {
        member.commandsMax = Math.max(1, member.commands - 1);
        return member.commands > 1;
      },
      giveBack: () => {
        if (!isGiven) return;
        isGiven = false;
        member.commands -= 1;
        this.#watchIdle(member);
        this.#serve();
      },
    });
  }

  #watchIdle(member: Member): void {
    if (member.commands > 0 || member.takeBackIdleTimer !== null) return;
    member.takeBackIdleTimer = this.#options.clock.after(this.#options.idleTimeoutMs, () => this.#end(member));
  }

  /** Ends an idle connection to make room for another one. */
  #endIdle(): boolean {
    for (const member of this.#members) {
      if (member.connection !== null && member.commands === 0) {
        this.#end(member);
        return true;
      }
    }
    return false;
  }

  #end(member: Member): void {
    member.takeBackIdleTimer?.();
    this.#members.delete(member);
    member.connection?.end();
  }
}
