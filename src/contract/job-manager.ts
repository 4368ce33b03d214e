import { z } from "zod";

/**
 * The protocol between a server and its job managers (DESIGN section 7), over a WebSocket that the job manager
 * opens. A frame is a JSON array of messages, gathered until the end of an event-loop turn.
 *
 *   manager                         server
 *   hello (what I hold)        →
 *                              ←    welcome (what of it nobody waits for any more)
 *                              ←    run                   a number and what to do
 *   started, output …          →
 *   result                     →                          stored first, by both
 *                              ←    acknowledge           now forget it
 *                              ←    cancel                end it; its result comes as usual
 *                              ←    close                 sessions that nobody uses any more
 *   returned                   →                          never taken, may go to another one
 *   pong                       →  ← ping                  silence for 30 seconds is the end of a connection
 *
 * Invariants:
 *   P1  A number is run at most once by a journal: it is on the journal's disk before the command starts.
 *   P2  A result is sent until it is acknowledged, and acknowledged only when it is on the server's disk.
 *   P3  `run` of a number that the journal holds changes nothing; of one that it held, the answer is `unknown`.
 */
export const jobManagerProtocol = 1;

/** The address of the WebSocket on a server. */
export const jobManagerAddress = "/.api/v1/job-manager";

export const heartbeatIntervalMs = 10_000;
/** Two heartbeats that did not come, and time for a slow network. */
export const heartbeatLimitMs = 30_000;

/** Of each of the two outputs, what a result holds. */
export const outputMaxBytes = 1024 * 1024;
/** Two outputs of one megabyte are at worst six bytes of JSON a byte; and several results share a frame. */
export const frameMaxBytes = 32 * 1024 * 1024;
/** A sender begins another frame here. */
export const frameAimBytes = 1024 * 1024;

const commandNumber = z.number().int().positive();
const nameSchema = z.string().min(1).max(128);
const textOrBytes = { text: z.string().optional(), base64: z.string().optional() };

const sshLogin = {
  host: z.string().min(1),
  port: z.number().int().min(1).max(65535),
  /** Null: the user as whom the job manager runs. */
  user: z.string().min(1).nullable(),
  password: z.string().nullable(),
  key: z.string().nullable(),
  passphrase: z.string().nullable(),
  /** As in `known_hosts`: `ssh-ed25519 AAAA…`. Null: none is known, so the one that is seen is accepted and reported. */
  hostKey: z.string().nullable(),
};

/** Where a command runs. Credentials are in here and nowhere else. */
export const commandTarget = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("local") }),
  /** For measuring: answers at once with the command's own text. */
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.literal("ssh"),
    ...sshLogin,
    /** The hosts through which it is reached, the nearest first. */
    jumps: z.array(z.object(sshLogin)).optional(),
  }),
]);
export type CommandTarget = z.infer<typeof commandTarget>;
export type SshTarget = Extract<CommandTarget, { kind: "ssh" }>;

export const commandWork = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("command"), text: z.string() }),
  z.object({
    kind: z.literal("script"),
    /** Shown by the system's lists of processes; made fit for a file name where it is used. */
    name: z.string(),
    text: z.string(),
    /** Null: the first line's `#!`, else /bin/sh. */
    interpreter: z.string().nullable(),
    arguments: z.array(z.string()),
  }),
]);
export type CommandWork = z.infer<typeof commandWork>;

export const commandSpec = z.object({
  target: commandTarget,
  work: commandWork,
  stdin: z.object(textOrBytes).nullable(),
  timeoutMs: z.number().positive().nullable(),
  directory: z.string().nullable(),
  environment: z.record(z.string(), z.string()),
  /** Null: /bin/sh, over SSH the login shell. */
  shell: z.string().nullable(),
  sudo: z.object({ password: z.string().nullable() }).nullable(),
  /** A label of the WHATWG encoding standard. Null: UTF-8. */
  encoding: z.string().nullable(),
  /** Whether somebody watches the output while the command runs. */
  live: z.boolean(),
});
export type CommandSpec = z.infer<typeof commandSpec>;

/** What is asked of a session; its number is that of the command that opened it. */
export const sessionWork = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("open"),
    target: commandTarget,
    directory: z.string().nullable(),
    environment: z.record(z.string(), z.string()),
    shell: z.string().nullable(),
    /** As of a command, for what is read. */
    encoding: z.string().nullable(),
  }),
  z.object({ kind: z.literal("send"), text: z.string() }),
  z.object({ kind: z.literal("read") }),
  z.object({ kind: z.literal("close") }),
]);

export const sessionSpec = z.object({
  kind: z.literal("session"),
  session: commandNumber,
  /** The one process that may use it. */
  process: z.number().int(),
  work: sessionWork,
  /** RE2 expressions for the unfinished last line; null: those of the session, else the usual ones. */
  prompt: z.string().nullable(),
  more: z.string().nullable(),
  /** For opening or reading as a whole; null: as long as something comes. */
  timeoutMs: z.number().positive().nullable(),
  live: z.boolean(),
});
export type SessionSpec = z.infer<typeof sessionSpec>;

/** Where a copy comes from, or goes to, on the job manager's side. */
export const transferSide = z.discriminatedUnion("kind", [
  /** A file below the job manager's directory for files. */
  z.object({ kind: z.literal("file"), name: z.string() }),
  /** What the flow has, or gets as `$RESULT`. */
  z.object({ kind: z.literal("content"), ...textOrBytes }),
]);

export const transferSpec = z.object({
  kind: z.literal("transfer"),
  direction: z.enum(["put", "get"]),
  target: commandTarget,
  path: z.string().min(1),
  near: transferSide,
  timeoutMs: z.number().positive().nullable(),
  live: z.boolean(),
});
export type TransferSpec = z.infer<typeof transferSpec>;

/** What a number stands for: a command, a step of a session, or the copy of a file. */
export const workSpec = z.union([commandSpec, sessionSpec, transferSpec]);
export type WorkSpec = z.infer<typeof workSpec>;

export const commandReason = z.enum([
  "exit",
  "timeout",
  "unknown",
  "unreachable",
  "refused",
  "cancelled",
]);
export type CommandReason = z.infer<typeof commandReason>;

/** How a command came to its end. */
export const commandResult = z.object({
  /** -1 where there is none: not run, ended by us, or its fate is unknown. */
  status: z.number().int(),
  reason: commandReason.nullable(),
  /** Why it has no status of its own. */
  message: z.string().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  /** Bytes that did not fit. */
  stdoutCut: z.number().int().nonnegative(),
  stderrCut: z.number().int().nonnegative(),
  /** The key that the host showed, where none was expected. */
  hostKey: z.string().nullable(),
  /** The same of the hosts on the way, in order. */
  jumpHostKeys: z.array(z.string().nullable()).optional(),
  /** What was read are these bytes, and no text. */
  base64: z.string().optional(),
});
export type CommandResult = z.infer<typeof commandResult>;

export const helloMessage = z.object({
  kind: z.literal("hello"),
  protocol: z.number().int(),
  name: nameSchema,
  realm: nameSchema,
  version: z.string(),
  /** The identity of its journal. */
  journal: z.string().min(16).max(64),
  /** The highest number that this journal ever took; 0: none. */
  highest: z.number().int().nonnegative(),
  /** What it took and has no acknowledgement for. */
  open: z.array(z.object({ number: commandNumber, state: z.enum(["running", "finished"]) })),
  /** It finishes what it holds and takes nothing new. */
  draining: z.boolean(),
  /** Those that are open, and whose they are. */
  sessions: z.array(z.object({ session: commandNumber, process: z.number().int() })).optional(),
});
export type Hello = z.infer<typeof helloMessage>;

export const managerMessage = z.discriminatedUnion("kind", [
  helloMessage,
  z.object({ kind: z.literal("started"), number: commandNumber }),
  z.object({
    kind: z.literal("output"),
    number: commandNumber,
    stream: z.enum(["stdout", "stderr"]),
    /** Grows by one a chunk of the command, from 1. */
    sequence: z.number().int().positive(),
    /** Text where the chunk is valid UTF-8, else its bytes. */
    ...textOrBytes,
  }),
  z.object({ kind: z.literal("result"), number: commandNumber, result: commandResult }),
  z.object({ kind: z.literal("returned"), number: commandNumber }),
  z.object({ kind: z.literal("draining") }),
  z.object({ kind: z.literal("pong") }),
]);
export type ManagerMessage = z.infer<typeof managerMessage>;

export const serverMessage = z.discriminatedUnion("kind", [
  /** Settles what `hello` listed; what is in neither list is waited for. */
  z.object({
    kind: z.literal("welcome"),
    protocol: z.number().int(),
    /** Finished, and nobody wants the result. */
    forget: z.array(commandNumber),
    /** Running, and nobody waits for it. */
    cancel: z.array(commandNumber),
  }),
  /** This job manager is not taken; the connection is closed next. */
  z.object({ kind: z.literal("refuse"), message: z.string() }),
  z.object({ kind: z.literal("run"), number: commandNumber, spec: workSpec }),
  z.object({ kind: z.literal("cancel"), number: commandNumber }),
  z.object({ kind: z.literal("close"), sessions: z.array(commandNumber) }),
  z.object({ kind: z.literal("acknowledge"), numbers: z.array(commandNumber) }),
  z.object({ kind: z.literal("ping") }),
]);
export type ServerMessage = z.infer<typeof serverMessage>;

export const managerFrame = z.array(managerMessage);
export const serverFrame = z.array(serverMessage);

/** A connected job manager as the server's half sees it, whatever stands in between. */
export interface ManagerConnection {
  send(messages: ServerMessage[]): void;
  /** Ends the connection; `disconnected` of the door follows or not. */
  close(reason: string): void;
}

/** The server's half, as whatever carries the messages sees it. Messages have been validated. */
export interface ManagerDoor {
  connected(connection: ManagerConnection, hello: Hello): void;
  received(connection: ManagerConnection, messages: readonly ManagerMessage[]): void;
  disconnected(connection: ManagerConnection): void;
}
