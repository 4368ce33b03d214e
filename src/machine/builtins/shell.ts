import { evaluationFailure } from "../failure.ts";
import { commandText, joinTexts } from "../text.ts";
import { isList, SecretValue, typeName, type Value } from "../value.ts";
import { builtinFunction, type Builtin } from "./builtin.ts";

/** Values as words of a shell command. */
export const shellFunctions: readonly Builtin[] = [
  builtinFunction(
    "sh",
    "value",
    "A value quoted as one word for the shell; of a list, each element as a word.",
    ['"rm -f ${sh("my file")}"', '"tar czf b.tgz ${sh(["a b", "c"])}"'],
    ([value]) => {
      if (isList(value as Value)) return joinTexts((value as readonly Value[]).map(quoted), " ");
      return quoted(value as Value);
    },
  ),
];

function quoted(value: Value): string | SecretValue {
  if (value === null || isList(value)) {
    throw evaluationFailure(`sh() cannot quote a value of type '${typeName(value)}'`);
  }
  const text = commandText(value);
  if (text instanceof SecretValue) return new SecretValue(quote(text.text));
  return quote(text);
}

function quote(text: string): string {
  if (text.includes("\0"))
    throw evaluationFailure("sh() cannot quote a text that holds a NUL character");
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
