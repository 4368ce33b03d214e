import { resolvePath } from "#kernel";
import { evaluationFailure } from "../failure.ts";
import { ObjectValue, ProcessValue, SecretValue, type Dictionary, type Value } from "../value.ts";
import { Ask, builtinFunction, Texts, wrongKind, type Builtin } from "./builtin.ts";

/** What only the object storage and the engine know. */
export const objectFunctions: readonly Builtin[] = [
  builtinFunction(
    "path",
    "path",
    "The object at a path that was built at run time; a relative one starts at the jobflow's directory.",
    ["path('/servers/' + 'web01')"],
    ([path], host) => {
      if (path instanceof ObjectValue || path instanceof ProcessValue) return path;
      if (path instanceof SecretValue)
        throw evaluationFailure("a secret may not be part of a path");
      const text = new Texts().read(path, "path()");
      return new Ask({ kind: "resolve", path: resolvePath(text, host.directory) });
    },
  ),
  builtinFunction(
    "find",
    "type where? **fields",
    "The objects of a type that a search finds, and whose fields have these values.",
    [
      "find('Server', status = 'down')",
      `find('Server', "cores >= 8 and rack.site.name = 'Tokyo'")`,
    ],
    ([type, search, fields]) => {
      if (typeof type !== "string" && !(type instanceof ObjectValue)) {
        throw wrongKind("find()", "a type, or its name,", type);
      }
      // What is found tells what was looked for.
      if (search instanceof SecretValue) {
        throw evaluationFailure("a secret may not be part of a search");
      }
      if (search !== undefined && typeof search !== "string") {
        throw wrongKind("find()", "a search as text", search);
      }
      const where = fields as Dictionary;
      return new Ask({ kind: "find", type, where, ...(search === undefined ? {} : { search }) });
    },
  ),
  builtinFunction(
    "children",
    "of?",
    "The objects in a directory or table, in order of name; without an argument what the last fork or pfor left behind.",
    ["children(/servers)", "children()"],
    ([of], host): Value | Ask => {
      if (of === undefined) return host.children;
      if (!(of instanceof ObjectValue)) throw wrongKind("children()", "a directory or table", of);
      return new Ask({ kind: "children", of });
    },
  ),
  builtinFunction(
    "user",
    "",
    "The name of the user for whom the process acts.",
    ["user()"],
    () => new Ask({ kind: "user" }),
  ),
  builtinFunction(
    "uuid",
    "",
    "A new unique identifier.",
    ["uuid()"],
    () => new Ask({ kind: "uuid" }),
  ),
];
