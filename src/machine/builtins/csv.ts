import Papa from "papaparse";
import { evaluationFailure } from "../failure.ts";
import { containsSecret } from "../secret.ts";
import { checkedList, checkedText } from "../size.ts";
import { plainText } from "../text.ts";
import { isDictionary, isList, isTrue, SecretValue, type Value } from "../value.ts";
import { builtinFunction, readList, Texts, wrongKind, type Builtin } from "./builtin.ts";

/** Tables as text. */
export const csvFunctions: readonly Builtin[] = [
  builtinFunction(
    "csv_parse",
    "text header? separator?",
    "The rows of a CSV text: dictionaries by the names in its first line, or with header = false lists.",
    ["csv_parse('host,cpu\\nweb01,3')", "csv_parse('a;b', header = false, separator = ';')"],
    ([text, header = true, separator], host) => {
      const texts = new Texts();
      const plain = texts.read(text, "csv_parse()");
      const delimiter =
        separator === undefined ? "," : texts.read(separator, "the separator of csv_parse()");
      host.spend(plain.length);
      const rows = read(plain, delimiter);
      return checkedList(texts.makeAll(isTrue(header) ? byName(rows) : rows) as readonly Value[]);
    },
  ),
  builtinFunction(
    "csv_format",
    "rows separator?",
    "Lists or dictionaries as CSV; of dictionaries the first line has the keys.",
    ["csv_format([{host: 'a', cpu: 3}])"],
    ([rows, separator]) => {
      const texts = new Texts();
      const list = readList(rows, "csv_format()");
      const delimiter =
        separator === undefined ? "," : texts.read(separator, "the separator of csv_format()");
      const text = Papa.unparse(table(list), { delimiter, newline: "\n" });
      return containsSecret(list) ? new SecretValue(checkedText(text)) : texts.make(text);
    },
  ),
];

function read(text: string, delimiter: string): string[][] {
  if (delimiter.length !== 1)
    throw evaluationFailure("the separator of csv_parse() is one character");
  const { data, errors } = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: true });
  const [error] = errors.filter(({ type }) => type === "Quotes");
  if (error !== undefined)
    throw evaluationFailure(`csv_parse(): row ${(error.row ?? 0) + 1}: ${error.message}`);
  return data;
}

function byName(rows: string[][]): Value {
  const [names = [], ...others] = rows;
  return others.map((row) => new Map(names.map((name, index) => [name, row[index] ?? ""])));
}

function table(rows: readonly Value[]): string[][] {
  const keys = new Set<string>();
  for (const row of rows) if (isDictionary(row)) for (const key of row.keys()) keys.add(key);
  const cells = rows.map((row) => {
    if (isDictionary(row)) return [...keys].map((key) => cell(row.get(key) ?? null));
    if (isList(row)) return row.map(cell);
    throw wrongKind("csv_format()", "a list of lists or dictionaries", row);
  });
  return keys.size > 0 ? [[...keys], ...cells] : cells;
}

function cell(value: Value): string {
  if (value === null) return "";
  const text = plainText(value);
  return typeof text === "string" ? text : text.text;
}
