import type { Builtin } from "./builtin.ts";
import { collectionFunctions } from "./collection.ts";
import { conversions } from "./conversion.ts";
import { csvFunctions } from "./csv.ts";
import { encodingFunctions } from "./encoding.ts";
import { jobs } from "./job.ts";
import { jsonFunctions } from "./json.ts";
import { objectFunctions } from "./object.ts";
import { shellFunctions } from "./shell.ts";
import { textFunctions } from "./text.ts";
import { timeFunctions } from "./time.ts";
import { yamlFunctions } from "./yaml.ts";

/** All built-in functions and jobs (LANGUAGE section 7). */
export const builtins: readonly Builtin[] = [
  ...conversions,
  ...textFunctions,
  ...collectionFunctions,
  ...timeFunctions,
  ...jsonFunctions,
  ...yamlFunctions,
  ...csvFunctions,
  ...encodingFunctions,
  ...shellFunctions,
  ...objectFunctions,
  ...jobs,
];

const byName = new Map(builtins.map((builtin) => [builtin.name, builtin]));

export function findBuiltin(name: string): Builtin | undefined {
  return byName.get(name);
}
