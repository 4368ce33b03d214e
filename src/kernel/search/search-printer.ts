import { isBare, printLiteral, quote } from "./literal.ts";
import { reserved, type Search, type Step, type Test } from "./search-tree.ts";

/** The text of a search; parsed again it gives the same tree, but for the places in the text. */
export function printSearch(search: Search): string {
  switch (search.kind) {
    case "all":
      return "";
    case "and":
    case "or":
      return search.of.map((part) => printPart(part)).join(` ${search.kind} `);
    case "not":
      return `not ${printPart(search.of)}`;
    case "text":
      return quote(search.text);
    case "under":
      return `under ${printPath(search.path)}`;
    case "condition":
      return `${search.way.map(printStep).join(".")} ${printTest(search.test)}`;
  }
}

function printPart(part: Search): string {
  const text = printSearch(part);
  return part.kind === "and" || part.kind === "or" ? `(${text})` : text;
}

function printStep(step: Step): string {
  return step.kind === "field" ? printName(step.name) : `<-${step.type}.${printName(step.field)}`;
}

function printName(name: string): string {
  return reserved.has(name.toLowerCase()) ? `\`${name}\`` : name;
}

function printTest(test: Test): string {
  switch (test.kind) {
    case "compare":
      return `${test.operator} ${printLiteral(test.value)}`;
    case "in":
      return `in (${test.values.map(printLiteral).join(", ")})`;
    case "empty":
    case "exists":
      return test.kind;
    case "under":
      return `under ${printPath(test.path)}`;
  }
}

function printPath(path: string): string {
  return isBare(path) ? path : quote(path);
}
