import { isMap, isNode, visit, type Document } from "yaml";
import type { z } from "zod";
import { nearest, unreachable } from "#kernel";
import { defaultNow, keysAt } from "./test-schema.ts";

/** Something that a test file may not hold, and where. Lines and columns from 1. */
export interface TestFault {
  line: number;
  column: number;
  message: string;
}

export interface PlacedFault {
  path: readonly PropertyKey[];
  /** The key of the mapping at that path that is meant, and not its value. */
  key?: string;
  message: string;
}

/** What an issue of the schema means to who wrote the file. */
export function faultsOf(issue: z.core.$ZodIssue): PlacedFault[] {
  const { path } = issue;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path, key, message: unknownKey(key, path) }));
    case "invalid_type":
      return [
        { path, message: unfit(path, kindNames[issue.expected] ?? issue.expected, issue.input) },
      ];
    case "invalid_value":
      return [{ path, message: unfit(path, oneOf(issue.values.map(String)), issue.input) }];
    case "too_small":
      return [
        { path, message: path.length === 0 ? noCases : unfit(path, smallest(issue), issue.input) },
      ];
    case "invalid_format":
      return [
        { path, message: `expected a time such as ${defaultNow} or 2026-01-01T09:00:00+09:00` },
      ];
    case "custom":
      return [{ path, message: issue.message ?? "this does not fit" }];
    case "too_big":
    case "not_multiple_of":
    case "invalid_union":
    case "invalid_key":
    case "invalid_element":
      return [{ path, message: `this does not fit${at(path)}` }];
    default:
      return unreachable(issue);
  }
}

const kindNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  boolean: "true or false",
};

const noCases = "expected a list of cases, each with a name";

function unfit(path: readonly PropertyKey[], expected: string, got: unknown): string {
  if (path.length === 0) return noCases;
  const hint =
    expected === kindNames.string && isPlain(got) ? " (quotes would make it a text)" : "";
  return `expected ${expected}${at(path)}, got ${kindOf(got)}${hint}`;
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

function smallest({ minimum, inclusive, origin }: z.core.$ZodIssueTooSmall): string {
  if (origin === "string") return "a text that is not empty";
  return inclusive === true ? `${minimum} or more` : `more than ${minimum}`;
}

function at(path: readonly PropertyKey[]): string {
  const name = path.findLast((each) => typeof each === "string");
  return name === undefined ? "" : ` for '${name}'`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return `the text '${value.slice(0, 80)}'`;
  return JSON.stringify(value);
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const place = path.findLast((each) => typeof each === "string" && each in keysAt) ?? "";
  const known = keysAt[String(place)] ?? [];
  const near = nearest(key, known);
  return `'${key}' is unknown here; ${near === undefined ? `there are ${known.join(", ")}` : `did you mean '${near}'?`}`;
}

/** Where a value stands; of one that is missing, what it is missing in. */
export function offsetOf(
  document: Document.Parsed,
  path: readonly PropertyKey[],
  key?: string,
): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (!isNode(node)) continue;
    if (isMap(node) && key !== undefined) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === key);
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    if (node.range) return node.range[0];
  }
  return 0;
}

/** `[g'a: *']` without quotes is not what it looks like: YAML reads `*'` as the name of an anchor. */
export function danglingAliases(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) === undefined) offsets.push(alias.range?.[0] ?? 0);
    },
  });
  return offsets;
}
