import { parse, stringify } from "yaml";
import { evaluationFailure, limitFailure } from "../failure.ts";
import { valueDepthMax, yamlLengthMax } from "../limits.ts";
import { containsSecret } from "../secret.ts";
import { textOf } from "../text.ts";
import { isDictionary, isList, SecretValue, type Value } from "../value.ts";
import { builtinFunction, Texts, type Builtin } from "./builtin.ts";
import { checked } from "./json.ts";

/** YAML 1.2 without its traps: no dates, no types of its own, and few aliases. */
export const yamlFunctions: readonly Builtin[] = [
  builtinFunction(
    "yaml_parse",
    "text",
    "The value of a YAML text.",
    ["yaml_parse('services: [httpd, sshd]').services"],
    ([text], host) => {
      const texts = new Texts();
      const plain = texts.read(text, "yaml_parse()");
      assertModest(plain);
      host.spend(plain.length * 100);
      return texts.makeAll(checked(fromYaml(read(plain), 0)));
    },
  ),
  builtinFunction(
    "yaml_format",
    "value",
    "A value as YAML.",
    ["yaml_format({replicas: 3})"],
    ([value], host) => {
      const text = stringify(toYaml(value as Value), {
        aliasDuplicateObjects: false,
        lineWidth: 0,
      });
      host.spend(text.length * 10);
      return containsSecret(value as Value) ? new SecretValue(text) : text;
    },
  ),
];

function assertModest({ length }: string): void {
  if (length > yamlLengthMax)
    throw limitFailure(`yaml_parse() reads at most ${yamlLengthMax} characters, not ${length}`);
}

function read(text: string): unknown {
  try {
    return parse(text, {
      schema: "core",
      mapAsMap: true,
      intAsBigInt: true,
      // Enough for what people write; each alias repeats a whole value.
      maxAliasCount: 100,
      logLevel: "error",
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw evaluationFailure(`yaml_parse(): ${message.split("\n")[0] ?? ""}`);
  }
}

function fromYaml(found: unknown, depth: number): Value {
  if (depth > valueDepthMax)
    throw evaluationFailure(`yaml_parse(): nested more than ${valueDepthMax} deep`);
  switch (typeof found) {
    case "bigint": {
      const number = Number(found);
      return Number.isSafeInteger(number) ? number + 0 : found.toString();
    }
    case "number":
      return Number.isFinite(found) ? found + 0 : String(found);
    case "string":
      return found.toWellFormed();
    case "boolean":
      return found;
    default:
      break;
  }
  if (Array.isArray(found)) return found.map((element) => fromYaml(element, depth + 1));
  if (found instanceof Map) {
    return new Map(
      [...(found as Map<unknown, unknown>)].map(([key, value]) => [
        textOf(fromYaml(key, depth + 1)),
        fromYaml(value, depth + 1),
      ]),
    );
  }
  return null;
}

function toYaml(value: Value): unknown {
  if (isList(value)) return value.map(toYaml);
  if (isDictionary(value))
    return new Map([...value].map(([key, element]) => [key, toYaml(element)]));
  if (value instanceof SecretValue) return value.text;
  return typeof value === "object" && value !== null ? textOf(value) : value;
}
