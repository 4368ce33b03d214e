import { userInfo } from "node:os";
import ssh2, {
  type AnyAuthMethod,
  type Client,
  type ClientChannel,
  type PseudoTtyOptions,
  type SFTPWrapper,
} from "ssh2";
import type { SshTarget } from "#contract";
import type { Ending } from "../runner.ts";
import { algorithmsOf, fingerprint, hostKeyText, isSameKey } from "./host-key.ts";

export type Failure = Extract<Ending, { kind: "failed" }>;

/** A connection that stands. Whoever wants to run something on it opens a channel. */
export interface SshConnection {
  /** The key that the host showed. */
  readonly hostKey: string;
  /** Those of the hosts on the way, the nearest first. */
  readonly jumpKeys: readonly string[];
  /** Behind it is a shell, as far as the server's name tells; not a device with commands of its own. */
  readonly hasShell: boolean;
  isOpen(): boolean;
  /** Runs a text; exactly one of the two is called, once. */
  exec(
    text: string,
    opened: (channel: ClientChannel) => void,
    failed: (failure: ExecFailure) => void,
  ): void;
  /** Begins the login shell, or a text, on a terminal; as `exec`. */
  shell(
    text: string | null,
    terminal: PseudoTtyOptions,
    opened: (channel: ClientChannel) => void,
    failed: (failure: ExecFailure) => void,
  ): void;
  /** Begins to copy files; as `exec`. */
  files(opened: (files: SFTPWrapper) => void, failed: (failure: ExecFailure) => void): void;
  /** Opens a way from there to another host. */
  forward(
    target: SshTarget,
    opened: (way: ClientChannel) => void,
    failed: (failure: Failure) => void,
  ): void;
  onClose(listener: () => void): void;
  end(): void;
}

export type ExecFailure =
  /** The text never left. `isBusy`: the host takes no further channel on this connection now. */
  { wasSent: false; isBusy: boolean; message: string } | { wasSent: true; failure: Failure };

export interface ConnectTimes {
  connectTimeoutMs: number;
  keepAliveIntervalMs: number;
}

/** After so many keep-alives without an answer the connection is dead. */
const keepAliveCount = 3;

/** Connects and logs in, through the hosts on the way; exactly one of the two is called, once. */
export function connect(
  target: SshTarget,
  times: ConnectTimes,
  ready: (connection: SshConnection) => void,
  failed: (failure: Failure) => void,
): void {
  const { jumps = [] } = target;
  const last = jumps.at(-1);
  if (last === undefined) {
    dial(target, times, undefined, ready, failed);
    return;
  }
  const jump: SshTarget = { kind: "ssh", ...last, jumps: jumps.slice(0, -1) };
  connect(
    jump,
    times,
    (hop) => {
      const giveUp = (failure: Failure) => {
        hop.end();
        failed(failure);
      };
      hop.forward(target, (way) => dial(target, times, { hop, way }, ready, giveUp), giveUp);
    },
    (failure) =>
      failed({ ...failure, message: `on the way to ${place(target)}: ${failure.message}` }),
  );
}

/** Tells which keys were seen where none was expected. */
export function tellKeys(
  target: SshTarget,
  connection: SshConnection,
  events: { hostKey(key: string, jump?: number): void },
): void {
  if (target.hostKey === null) events.hostKey(connection.hostKey);
  for (const [index, jump] of (target.jumps ?? []).entries()) {
    if (jump.hostKey === null) events.hostKey(connection.jumpKeys[index] ?? "", index);
  }
}

/** The connection to the last host on the way, and what goes through it. */
interface Through {
  hop: SshConnection;
  way: ClientChannel;
}

function dial(
  target: SshTarget,
  times: ConnectTimes,
  through: Through | undefined,
  ready: (connection: SshConnection) => void,
  failed: (failure: Failure) => void,
): void {
  const user = target.user ?? userInfo().username;
  const methods = authenticationMethods(target, user);
  if ("kind" in methods) {
    queueMicrotask(() => failed(methods));
    return;
  }
  const client = new ssh2.Client();
  let hostKey = "";
  let failure: Failure | undefined;
  let isOpen = false;
  let isSettled = false;
  const closeListeners: (() => void)[] = [];

  function fail(): void {
    if (isSettled) return;
    isSettled = true;
    failed(
      failure ??
        unreachable(
          `${place(target)} closed the connection during the login; is an SSH server there, and has it room for another connection?`,
        ),
    );
  }

  client.on("error", (error) => {
    failure ??= connectFailure(error, target, user, methods, times);
  });
  client.on("close", () => {
    isOpen = false;
    fail();
    // Who goes on the way to others, goes for them alone.
    through?.hop.end();
    for (const listener of closeListeners) listener();
  });
  client.on("ready", () => {
    isOpen = true;
    isSettled = true;
    ready({
      hostKey,
      jumpKeys: through === undefined ? [] : [...through.hop.jumpKeys, through.hop.hostKey],
      hasShell: hasShell(client),
      isOpen: () => isOpen,
      exec: (text, opened, execFailed) =>
        begin((done) => client.exec(text, done), "run commands", opened, execFailed),
      shell: (text, terminal, opened, shellFailed) =>
        begin(
          (done) =>
            text === null
              ? client.shell(terminal, done)
              : client.exec(text, { pty: terminal }, done),
          "open a terminal",
          opened,
          shellFailed,
        ),
      files: (opened, filesFailed) =>
        begin((done) => client.sftp(done), "copy files (SFTP)", opened, filesFailed),
      forward: (to, opened, forwardFailed) =>
        client.forwardOut("127.0.0.1", 0, to.host, to.port, (error, way) => {
          if (error === undefined) return opened(way);
          const message = `${place(target)} cannot connect to ${place(to)}, for which it is the way: ${error.message}`;
          forwardFailed(unreachable(message));
        }),
      onClose: (listener) => closeListeners.push(listener),
      end: () => {
        isOpen = false;
        client.end();
      },
    });
  });

  function begin<T>(
    ask: (done: (error: Error | undefined, opened: T) => void) => unknown,
    what: string,
    opened: (opened: T) => void,
    beginFailed: (failure: ExecFailure) => void,
  ): void {
    const lost = `the connection to ${place(target)} was lost`;
    if (!isOpen) {
      beginFailed({ wasSent: false, isBusy: false, message: lost });
      return;
    }
    try {
      ask((error, begun) => {
        // ssh2 sends what is asked only on a channel that was opened; failures to open one carry these marks.
        if (error === undefined) opened(begun);
        else if ("reason" in error) {
          beginFailed({ wasSent: false, isBusy: true, message: error.message });
        } else if (
          /^(No response from server|Channel is not open|No free channels)/.test(error.message)
        ) {
          beginFailed({ wasSent: false, isBusy: false, message: lost });
        } else if (isOpen) {
          const message = `${place(target)} refuses to ${what}: ${error.message}`;
          beginFailed({ wasSent: true, failure: refused(message) });
        } else {
          const message = `${lost} just when it was asked to ${what}; whether it ran is not known`;
          beginFailed({ wasSent: true, failure: unknown(message) });
        }
      });
    } catch {
      beginFailed({ wasSent: false, isBusy: false, message: lost });
    }
  }

  const tried = [...methods];
  try {
    client.connect({
      ...(through === undefined ? { host: target.host, port: target.port } : { sock: through.way }),
      username: user,
      readyTimeout: times.connectTimeoutMs,
      keepaliveInterval: times.keepAliveIntervalMs,
      keepaliveCountMax: keepAliveCount,
      ...(target.hostKey === null
        ? {}
        : {
            algorithms: {
              serverHostKey: { prepend: algorithmsOf(target.hostKey), append: [], remove: [] },
            },
          }),
      hostVerifier: (blob: Buffer) => {
        hostKey = hostKeyText(blob);
        if (target.hostKey === null || isSameKey(hostKey, target.hostKey)) return true;
        failure = changedHostKey(target, target.hostKey, hostKey);
        return false;
      },
      authHandler: (left, _partial, next) => {
        const isOffered = (method: AnyAuthMethod) =>
          left == null || left.includes(method.type === "agent" ? "publickey" : method.type);
        const index = tried.findIndex(isOffered);
        const [method] = index < 0 ? [] : tried.splice(0, index + 1).slice(-1);
        // ssh2 ends the login at `false`, which its types leave out.
        next(method ?? (false as unknown as AnyAuthMethod));
      },
    });
  } catch (error) {
    failure = refused(
      `the connection to ${place(target)} cannot be made: ${(error as Error).message}`,
    );
    queueMicrotask(fail);
  }
}

/** How the server names itself stands in its first line (RFC 4253, section 4.2); ssh2 keeps it where its types do not show it. */
function hasShell(client: Client): boolean {
  const software = (client as unknown as { _remoteVer?: string })._remoteVer ?? "";
  return /^(OpenSSH_(?!for_Windows)|dropbear)/.test(software);
}

/** The connection has shown another key than the one that is known. */
export function changedHostKey(target: SshTarget, known: string, seen: string): Failure {
  return refused(
    `the host key of ${place(target)} has changed: known is ${fingerprint(known)}, it shows ${fingerprint(seen)}; ` +
      "somebody may be in between. If the host was set up anew, delete its known key " +
      `(/system/known-hosts/${target.host}:${target.port}), and the next connection records the new one`,
  );
}

export function place(target: SshTarget): string {
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return target.port === 22 ? target.host : `${host}:${target.port}`;
}

export const unreachable = (message: string): Failure => ({
  kind: "failed",
  reason: "unreachable",
  message,
});
export const refused = (message: string): Failure => ({
  kind: "failed",
  reason: "refused",
  message,
});
export const unknown = (message: string): Failure => ({
  kind: "failed",
  reason: "unknown",
  message,
});

/** Key before password, because a wrong password counts as an attempt; the agent of this user last. */
function authenticationMethods(target: SshTarget, username: string): AnyAuthMethod[] | Failure {
  const methods: AnyAuthMethod[] = [];
  const { password, key, passphrase } = target;
  if (key !== null) {
    const parsed = ssh2.utils.parseKey(key, passphrase ?? undefined);
    if (parsed instanceof Error) {
      return refused(
        `the private key for ${username}@${place(target)} cannot be read: ${parsed.message}; check __key__ and __passphrase__, or the account`,
      );
    }
    methods.push({
      type: "publickey",
      username,
      key,
      ...(passphrase === null ? {} : { passphrase }),
    });
  }
  if (password !== null) {
    methods.push({ type: "password", username, password });
    methods.push({
      type: "keyboard-interactive",
      username,
      prompt: (_name, _instructions, _language, prompts, finish) =>
        finish(prompts.map(() => password)),
    });
  }
  const agent = process.env["SSH_AUTH_SOCK"];
  if (agent !== undefined && agent !== "") methods.push({ type: "agent", username, agent });
  // Some devices ask for nothing.
  if (methods.length === 0) methods.push({ type: "none", username });
  return methods;
}

function connectFailure(
  error: Error & { level?: string; code?: string },
  target: SshTarget,
  user: string,
  methods: readonly AnyAuthMethod[],
  times: ConnectTimes,
): Failure | undefined {
  const where = place(target);
  switch (error.level) {
    case "client-socket":
      return unreachable(socketFailure(error, target));
    case "client-timeout":
      return unreachable(`${where} did not answer within ${times.connectTimeoutMs / 1000} s`);
    case "client-authentication": {
      const tried = methods
        .map(({ type }) => type)
        .filter((type) => type !== "keyboard-interactive" && type !== "none");
      const how =
        tried.length === 0 ? "neither password nor key was given" : `tried: ${tried.join(", ")}`;
      return refused(
        `${where} refused the login of '${user}' (${how}); check __user__, __password__ and __key__, or the account`,
      );
    }
    case "protocol":
      // It was reached, and hung up before it had said that it is an SSH server.
      if (/before handshake|identification/i.test(error.message)) {
        return unreachable(
          `what listens on port ${target.port} of ${target.host} is no SSH server, or lets nobody in now: it closed the connection at once; check __host__ and __port__`,
        );
      }
      return refused(`the SSH connection to ${where} failed: ${error.message}`);
    case "agent":
      // One of several methods: what comes of the login is said by what follows.
      return undefined;
    default:
      return refused(`the SSH connection to ${where} failed: ${error.message}`);
  }
}

function socketFailure(error: Error & { code?: string }, target: SshTarget): string {
  switch (error.code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `the name '${target.host}' cannot be resolved; check __host__`;
    case "ECONNREFUSED":
      return `${target.host} refuses connections on port ${target.port}: no SSH server listens there`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return `${place(target)} cannot be reached: there is no way to it, or it is switched off`;
    default:
      return `the connection to ${place(target)} failed: ${error.message}`;
  }
}
