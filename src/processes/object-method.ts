import { baseName, joinPath, nameFault, parentPath, shownName, TsunagiError } from "#kernel";
import type { Transaction } from "#database";
import {
  fromJson,
  ObjectValue,
  ProcessValue,
  SecretValue,
  textOf,
  TimeValue,
  type Dictionary,
  type Value,
} from "#machine";
import type { Actor, Change, FieldInput, ObjectStorage, StoredObject } from "#objects";
import { toFieldInput } from "./field-value.ts";
import { keyOf, toObjectValue } from "./object-value.ts";

/** `[obj.method: …]` as the machine asks for it. */
export interface MethodCall {
  of: ObjectValue | ProcessValue;
  method: string;
  positional: readonly Value[];
  named: Dictionary;
}

/** What a method may use; `change` is the one that all writes of the turn share. */
export interface MethodTools {
  objects: ObjectStorage;
  transaction: Transaction;
  actor: Actor;
  change(): Promise<Change>;
}

interface Method {
  /** Names of what stands by position; those after `required` may be left out. */
  parameters: readonly string[];
  required: number;
  /** Whether further names are fields of the object. */
  takesFields: boolean;
  perform(tools: MethodTools, object: StoredObject, argument: MethodArguments): Promise<Value>;
}

interface MethodArguments {
  get(name: string): Value | undefined;
  fields: Dictionary;
}

const childrenPage = 1000;
const historyMax = 1000;

/** The methods of objects. */
const methods: Readonly<Record<string, Method>> = {
  /** `[/nodes.add: 'web01', 'Server', host = '10.0.0.1']` makes an object in a directory and gives it. */
  add: {
    parameters: ["name", "type"],
    required: 2,
    takesFields: true,
    async perform(tools, object, argument) {
      const path = joinPath(object.path, nameText(argument.get("name")));
      await assertFree(tools, path);
      const type = argument.get("type") ?? null;
      const typeName =
        type instanceof ObjectValue ? baseName(type.path) : plainText(type, "a type");
      const change = await tools.change();
      const { object: made } = await change.put(path, typeName, fieldInputs(argument.fields));
      return toObjectValue(made);
    },
  },
  /** `[obj.update: status = 'CLOSED']` */
  update: {
    parameters: [],
    required: 0,
    takesFields: true,
    async perform(tools, object, argument) {
      const change = await tools.change();
      return toObjectValue(await change.patch(keyOfStored(object), fieldInputs(argument.fields)));
    },
  },
  /** `[obj.delete]`; with `recursive = true` all that is below it, too. */
  delete: {
    parameters: ["recursive"],
    required: 0,
    takesFields: false,
    async perform(tools, object, argument) {
      const change = await tools.change();
      await change.delete(keyOfStored(object), { recursive: argument.get("recursive") === true });
      return null;
    },
  },
  rename: {
    parameters: ["name"],
    required: 1,
    takesFields: false,
    async perform(tools, object, argument) {
      const name = nameText(argument.get("name"));
      const change = await tools.change();
      const path = joinPath(parentPath(object.path), name);
      return toObjectValue(await change.move(keyOfStored(object), path));
    },
  },
  /** `[obj.move: /archive]` */
  move: {
    parameters: ["directory"],
    required: 1,
    takesFields: false,
    async perform(tools, object, argument) {
      const directory = textOf(argument.get("directory") ?? null);
      const change = await tools.change();
      const path = joinPath(directory, baseName(object.path));
      return toObjectValue(await change.move(keyOfStored(object), path));
    },
  },
  /** `[obj.copy: /archive, 'new name']` copies an object and all below it. */
  copy: {
    parameters: ["directory", "name"],
    required: 1,
    takesFields: false,
    async perform(tools, object, argument) {
      const name = argument.get("name") ?? baseName(object.path);
      const path = joinPath(textOf(argument.get("directory") ?? null), nameText(name));
      const change = await tools.change();
      return toObjectValue(await change.copy(keyOfStored(object), path));
    },
  },
  /** `[/nodes.find: 'Server', status = 'down']`: what is below the object, of that type, with those values. */
  find: {
    parameters: ["type", "where"],
    required: 1,
    takesFields: true,
    async perform({ objects, transaction, actor }, object, argument) {
      const equal = new Map(Object.entries(fieldInputs(argument.fields)));
      const type = textOf(argument.get("type") ?? null);
      const where = argument.get("where") ?? null;
      const search = where === null ? "" : plainText(where, "a search");
      const query = { type, search, below: object.path };
      return (await objects.finder.all(transaction, actor, query, equal)).map(toObjectValue);
    },
  },
  children: {
    parameters: [],
    required: 0,
    takesFields: false,
    perform: async (tools, object) => (await listChildren(tools, object)).map(toObjectValue),
  },
  /** What refers to the object. */
  refers: {
    parameters: [],
    required: 0,
    takesFields: false,
    async perform({ objects, transaction, actor }, object) {
      const found = await objects.referrers(transaction, actor, keyOfStored(object));
      return found.map((referrer) => toObjectValue(referrer.object));
    },
  },
  /** What was changed, newest first: a list of dictionaries. */
  history: {
    parameters: [],
    required: 0,
    takesFields: false,
    async perform({ objects, transaction, actor }, object) {
      const entries = await objects.history(transaction, actor, keyOfStored(object), {
        limit: historyMax,
      });
      return entries.map(
        (entry) =>
          new Map<string, Value>([
            ["change", entry.change],
            ["at", new TimeValue(entry.at)],
            ["author", entry.author],
            ["cause", entry.cause],
            ["operation", entry.operation],
            ["revision", entry.revision],
            ["reason", entry.reason],
            ["before", fromJson(entry.before)],
            ["after", fromJson(entry.after)],
          ]),
      );
    },
  },
};

export const objectMethodNames: readonly string[] = Object.keys(methods);

/** Performs a method in the turn's transaction; what does not fit is the job's failure. */
export async function callObjectMethod(tools: MethodTools, call: MethodCall): Promise<Value> {
  const method = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined;
  if (method === undefined) {
    throw new TsunagiError(
      "ARGUMENT_INVALID",
      `objects have no method '${call.method}'; there are ${objectMethodNames.join(", ")}`,
    );
  }
  const object = await tools.objects.get(tools.transaction, tools.actor, keyOf(call.of));
  return method.perform(tools, object, bindArguments(call, method));
}

function bindArguments(
  { method: name, positional, named }: MethodCall,
  method: Method,
): MethodArguments {
  const bound = new Map<string, Value>();
  if (positional.length > method.parameters.length) {
    throw new TsunagiError(
      "ARGUMENT_INVALID",
      `${name} takes ${method.parameters.length} arguments by position, and got ${positional.length}`,
    );
  }
  for (const [index, value] of positional.entries())
    bound.set(method.parameters[index] ?? "", value);
  const fields = new Map<string, Value>();
  for (const [key, value] of named) {
    const isParameter = method.parameters.includes(key) && !bound.has(key);
    if (isParameter) bound.set(key, value);
    else if (method.takesFields) fields.set(key, value);
    else throw new TsunagiError("ARGUMENT_INVALID", `${name} has no argument '${key}'`);
  }
  const missing = method.parameters.slice(0, method.required).find((key) => !bound.has(key));
  if (missing !== undefined) {
    throw new TsunagiError("ARGUMENT_INVALID", `${name} needs the argument '${missing}'`);
  }
  return { get: (key) => bound.get(key), fields };
}

/** A secret may be in no name and no path. */
function plainText(value: Value | undefined, what: string): string {
  if (typeof value === "string") return value;
  const got = value instanceof SecretValue ? "a secret" : textOf(value ?? null);
  throw new TsunagiError("ARGUMENT_INVALID", `expected ${what} as text, got ${got}`);
}

/** A name, and no path: that would put the object elsewhere than it says. */
function nameText(value: Value | undefined): string {
  const name = plainText(value, "a name");
  const fault = nameFault(name);
  if (fault !== undefined) {
    throw new TsunagiError("NAME_INVALID", `'${shownName(name)}' is no name: ${fault}`);
  }
  return name;
}

function fieldInputs(fields: Dictionary): Record<string, FieldInput> {
  return Object.fromEntries([...fields].map(([name, value]) => [name, toFieldInput(value)]));
}

function keyOfStored(object: StoredObject): number | string {
  return object.id ?? object.path;
}

async function assertFree(
  { objects, transaction, actor }: MethodTools,
  path: string,
): Promise<void> {
  if ((await objects.find(transaction, actor, path)) === undefined) return;
  throw new TsunagiError("OBJECT_EXISTS", `there is an object at ${path} already`);
}

async function listChildren(
  { objects, transaction, actor }: MethodTools,
  object: StoredObject,
): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await objects.children(transaction, actor, keyOfStored(object), {
      limit: childrenPage,
      ...(after === undefined ? {} : { after }),
    });
    found.push(...page.items);
    if (page.next === null) return found;
    after = page.next;
  }
}
