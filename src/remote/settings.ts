import type { Transaction } from "#database";
import { ObjectValue, type Context, type Value } from "#machine";
import { CommandFault } from "./fault.ts";

/**
 * Which settings a command runs with (LANGUAGE section 6): an explicit value wins over the node's, the node's over
 * the account's, and an explicit null switches one off. A field that is empty says nothing.
 */
export interface Settings extends ReadonlyMap<SettingName, Value> {
  /** Of the hosts through which it is reached, the nearest first. */
  readonly jumps?: readonly Settings[];
}

/** `__host__` and the like, without the underscores: so are the fields of nodes and accounts named, too. */
export const settingNames = [
  "host",
  "port",
  "user",
  "password",
  "key",
  "passphrase",
  "realm",
  "conntype",
  "sudo",
  "dir",
  "env",
  "shell",
  "timeout",
  "encoding",
  "prompt",
  "more",
  "jump",
] as const;
export type SettingName = (typeof settingNames)[number];

/** An account says how to log in, not where. */
const accountSettings: ReadonlySet<string> = new Set([
  "user",
  "password",
  "key",
  "passphrase",
  "sudo",
]);

/** What `remote` needs of the object storage: the fields of nodes and accounts. */
export interface Nodes {
  /**
   * The fields of an object that are settings, and `account`; secret ones as secrets. Throws PERMISSION_DENIED where
   * the principal may not read a node, or execute an account.
   */
  settings(
    transaction: Transaction,
    object: ObjectValue,
    use: "node" | "account",
    principal: number,
  ): Promise<ReadonlyMap<string, Value>>;
}

/** Whether working out a context's settings needs the object storage. */
export function namesObjects(context: Context): boolean {
  return ["__node__", "__account__", "__jump__"].some((name) => isSet(context.get(name)));
}

export async function resolveSettings(
  transaction: Transaction,
  nodes: Nodes,
  context: Context,
  principal: number,
): Promise<Settings> {
  const node = objectSetting("__node__", context.get("__node__"));
  const ofNode =
    node === undefined ? none : await nodes.settings(transaction, node, "node", principal);
  const account = context.has("__account__")
    ? objectSetting("__account__", context.get("__account__"))
    : objectSetting(`${node?.path}.account`, ofNode.get("account"));
  const ofAccount =
    account === undefined ? none : await nodes.settings(transaction, account, "account", principal);
  const settings = layer(context, ofNode, ofAccount);
  const jump = objectSetting("__jump__", settings.get("jump"));
  if (jump === undefined) return settings;
  return Object.assign(settings, {
    jumps: await jumpSettings(transaction, nodes, jump, principal, []),
  });
}

/** A way that is longer is a mistake. */
const jumpsMax = 8;

/** A host on the way may itself be reached through another one. */
async function jumpSettings(
  transaction: Transaction,
  nodes: Nodes,
  jump: ObjectValue,
  principal: number,
  behind: readonly string[],
): Promise<Settings[]> {
  if (behind.includes(jump.path) || behind.length >= jumpsMax) {
    const way = [...behind, jump.path].toReversed().join(" → ");
    throw new CommandFault("evaluation", `the way to the host has no end: ${way} (field 'jump')`);
  }
  const node = await nodes.settings(transaction, jump, "node", principal);
  const account = objectSetting(`${jump.path}.account`, node.get("account"));
  const ofAccount =
    account === undefined ? none : await nodes.settings(transaction, account, "account", principal);
  const settings = layer(new Map(), node, ofAccount);
  const next = objectSetting(`${jump.path}.jump`, settings.get("jump"));
  if (next === undefined) return [settings];
  const before = await jumpSettings(transaction, nodes, next, principal, [...behind, jump.path]);
  return [...before, settings];
}

/** The settings of a context that names no objects. */
export function plainSettings(context: Context): Settings {
  return layer(context, none, none);
}

const none: ReadonlyMap<string, Value> = new Map();

/** Of what is set, which is little, and not of what could be: this is done for every command. */
function layer(
  context: Context,
  ofNode: ReadonlyMap<string, Value>,
  ofAccount: ReadonlyMap<string, Value>,
): Map<SettingName, Value> {
  const settings = new Map<SettingName, Value>();
  const add = (name: string | undefined, value: Value) => {
    if (name === undefined || !isSettingName(name)) return;
    if (isSet(value)) settings.set(name, value);
    else settings.delete(name);
  };
  for (const [name, value] of ofAccount) if (accountSettings.has(name)) add(name, value);
  for (const [name, value] of ofNode) if (isSet(value)) add(name, value);
  for (const [variable, value] of context) add(settingOf.get(variable), value);
  return settings;
}

const settingOf: ReadonlyMap<string, SettingName> = new Map(
  settingNames.map((name) => [`__${name}__`, name]),
);
const knownNames: ReadonlySet<string> = new Set(settingNames);

function isSettingName(name: string): name is SettingName {
  return knownNames.has(name);
}

function isSet(value: Value | undefined): value is NonNullable<Value> {
  return value !== undefined && value !== null;
}

function objectSetting(name: string, value: Value | undefined): ObjectValue | undefined {
  if (!isSet(value)) return undefined;
  if (value instanceof ObjectValue) return value;
  throw new CommandFault("evaluation", `${name} must be an object, such as /nodes/web01`);
}
