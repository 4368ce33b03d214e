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
 *     An idle connection to elsewhere makes room. Only what ends a command may go beyond, as it must not wait for one.
 */
export interface PoolOptions extends ConnectTimes {
  clock: Clock;
  commandsPerConnection: number;
  connectionsPerTarget: number;
  connectionsMax: number;
  idleTimeoutMs: number;
}

export type SshPoolOptions = Partial<Omit<PoolOptions, "clock">> & { clock: Clock };

/** A pool as operators want it. */
export function sshPool(options: SshPoolOptions): SshPool {
  return new SshPool({
    connectTimeoutMs: 20_000,
    keepAliveIntervalMs: 15_000,
    // OpenSSH's MaxSessions.
    commandsPerConnection: 10,
    connectionsPerTarget: 5,
    connectionsMax: 500,
    idleTimeoutMs: 60_000,
    ...options,
  });
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
  account: Account;
  isUrgent: boolean;
  granted(place: Place): void;
  failed(failure: Failure): void;
}

/** A target and how to log in to it. */
interface Account {
  connections: Set<Member>;
  /** As the host has shown it (L1). */
  commandsMax: number;
}

interface Member {
  account: Account;
  connection: SshConnection | null;
  commands: number;
  takeBackIdleTimer: (() => void) | null;
  /** Those who wait for this connection to be ready. */
  waiting: Request[];
}

export class SshPool {
  readonly #options: PoolOptions;
  readonly #accounts = new Map<string, Account>();
  readonly #members = new Set<Member>();
  readonly #line = new Set<Request>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Gives a place on a connection. The returned function takes the request back and says whether it stood in line still. */
  acquire(
    target: SshTarget,
    granted: (place: Place) => void,
    failed: (failure: Failure) => void,
    { isUrgent = false } = {},
  ): () => boolean {
    const request: Request = { target, account: this.#account(target), isUrgent, granted, failed };
    this.#line.add(request);
    this.#serve();
    return () => {
      if (this.#line.delete(request)) return true;
      for (const { waiting } of request.account.connections) {
        const index = waiting.indexOf(request);
        if (index >= 0) return waiting.splice(index, 1).length > 0;
      }
      return false;
    };
  }

  close(): void {
    for (const member of this.#members) this.#end(member);
  }

  #account(target: SshTarget): Account {
    // Whichever key is expected, a connection that stands has shown one.
    const key = JSON.stringify({ ...target, hostKey: null });
    let account = this.#accounts.get(key);
    if (account === undefined) {
      account = { connections: new Set(), commandsMax: this.#options.commandsPerConnection };
      this.#accounts.set(key, account);
    }
    return account;
  }

  /** Gives places to whoever can have one, in order of arrival. */
  #serve(): void {
    for (const request of Array.from(this.#line)) {
      const give = this.#line.has(request) ? this.#find(request) : undefined;
      if (give === undefined) continue;
      // Before it is served: whoever gets a place may give it back, and ask again, at once.
      this.#line.delete(request);
      give();
    }
  }

  /** How a request can be served now; undefined: it has to wait. */
  #find(request: Request): (() => void) | undefined {
    const { connections, commandsMax } = request.account;
    for (const member of connections) {
      if (member.commands + member.waiting.length >= commandsMax) continue;
      const { connection } = member;
      if (connection === null) return () => member.waiting.push(request);
      return () => this.#grant(member, connection, request, true);
    }
    if (request.isUrgent) return () => this.#open(request);
    if (connections.size >= this.#options.connectionsPerTarget) return undefined;
    if (this.#members.size < this.#options.connectionsMax) return () => this.#open(request);
    const idle = [...this.#members].find(
      ({ connection, commands }) => connection !== null && commands === 0,
    );
    if (idle === undefined) return undefined;
    return () => {
      this.#end(idle);
      this.#open(request);
    };
  }

  #open(request: Request): void {
    const member: Member = {
      account: request.account,
      connection: null,
      commands: 0,
      takeBackIdleTimer: null,
      waiting: [request],
    };
    this.#members.add(member);
    member.account.connections.add(member);
    connect(
      request.target,
      this.#options,
      (connection) => {
        member.connection = connection;
        connection.onClose(() => this.#remove(member));
        for (const each of member.waiting.splice(0)) this.#grant(member, connection, each, false);
        this.#watchIdle(member);
      },
      (failure) => {
        const waiting = member.waiting.splice(0);
        this.#remove(member);
        for (const each of waiting) each.failed(failure);
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
        const { account, commands } = member;
        account.commandsMax = Math.max(1, Math.min(account.commandsMax, commands - 1));
        return commands > 1;
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
    if (!this.#members.has(member)) return;
    member.takeBackIdleTimer = this.#options.clock.after(this.#options.idleTimeoutMs, () => {
      this.#end(member);
    });
  }

  #end(member: Member): void {
    this.#remove(member);
    member.connection?.end();
  }

  #remove(member: Member): void {
    if (!this.#members.delete(member)) return;
    member.takeBackIdleTimer?.();
    const { connections } = member.account;
    connections.delete(member);
    if (connections.size === 0) this.#forgetAccounts();
    this.#serve();
  }

  /** Accounts hold credentials: they go when nobody is connected with them or waits for them. */
  #forgetAccounts(): void {
    const waited = new Set([...this.#line].map(({ account }) => account));
    for (const [key, account] of this.#accounts) {
      if (account.connections.size === 0 && !waited.has(account)) this.#accounts.delete(key);
    }
  }
}
