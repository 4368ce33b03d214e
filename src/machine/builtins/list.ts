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

/** All built-in functions and jobs (LANGUAGE section 7), as the reference groups them. */
export const builtinGroups: readonly { title: string; builtins: readonly Builtin[] }[] = [
  { title: "Conversions", builtins: conversions },
  { title: "Texts", builtins: textFunctions },
  { title: "Lists and dictionaries", builtins: collectionFunctions },
  { title: "Times", builtins: timeFunctions },
  { title: "JSON", builtins: jsonFunctions },
  { title: "YAML", builtins: yamlFunctions },
  { title: "CSV", builtins: csvFunctions },
  { title: "Encodings", builtins: encodingFunctions },
  { title: "Shell", builtins: shellFunctions },
  { title: "Objects and the house", builtins: objectFunctions },
  { title: "Jobs", builtins: jobs },
];

export const builtins: readonly Builtin[] = builtinGroups.flatMap((group) => group.builtins);

const byName = new Map(builtins.map((builtin) => [builtin.name, builtin]));

export function findBuiltin(name: string): Builtin | undefined {
  return byName.get(name);
}
