import { evaluationFailure } from "../failure.ts";
import { JsonError, parseJson } from "../json.ts";
import { containsSecret } from "../secret.ts";
import { checkedDictionary, checkedList } from "../size.ts";
import { jsonText } from "../text.ts";
import { isDictionary, isList, SecretValue, type Value } from "../value.ts";
import { builtinFunction, readInteger, Texts, type Builtin } from "./builtin.ts";

/** JSON, the language in which most tools talk. */
export const jsonFunctions: readonly Builtin[] = [
  builtinFunction(
    "json_parse",
    "text",
    "The value of a JSON text.",
    ['json_parse(\'{"status": "ok"}\').status'],
    ([text], host) => {
      const texts = new Texts();
      const plain = texts.read(text, "json_parse()");
      host.spend(plain.length * 4);
      try {
        return texts.makeAll(checked(parseJson(plain)));
      } catch (error) {
        if (!(error instanceof JsonError)) throw error;
        throw evaluationFailure(`json_parse(): ${error.message}`);
      }
    },
  ),
  builtinFunction(
    "json_format",
    "value indent?",
    "A value as JSON, compact or with an indentation.",
    ["json_format({host: 'web01'})", "json_format([1, 2], indent = 2)"],
    ([value, indent]) => {
      const spaces =
        indent === undefined || indent === null
          ? 0
          : readInteger(indent, "the indent of json_format()");
      if (spaces < 0 || spaces > 16)
        throw evaluationFailure("the indent of json_format() is 0 to 16");
      const text = jsonText(value as Value, { indent: spaces, showsSecrets: true });
      return containsSecret(value as Value) ? new SecretValue(text) : text;
    },
  ),
];

/** What was read must be no larger than what the language itself could make. */
export function checked(value: Value): Value {
  if (isList(value)) return checkedList(value);
  return isDictionary(value) ? checkedDictionary(value) : value;
}
