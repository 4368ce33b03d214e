import { expect, test } from "vitest";
import { plainField } from "../fields/definition.ts";
import { completionsOf } from "./completion.ts";

const ways = [
  {
    way: "status",
    label: "Status",
    field: { ...plainField("status", "choice"), options: { choices: ["up", "down"] } },
  },
  { way: "cores", label: "コア数", field: plainField("cores", "integer") },
  { way: "rack.site.name", label: "Rack › Site › Name", field: plainField("name", "string") },
];

const labels = (text: string) => completionsOf(text, ways).map(({ label }) => label);
const texts = (text: string) => completionsOf(text, ways).map(({ text }) => text);

test("a field is completed by its name or its label", () => {
  expect(labels("")).toEqual(["status", "cores", "rack.site.name"]);
  expect(texts("st")).toEqual(["status "]);
  expect(texts("コア")).toEqual(["cores "]);
  expect(texts("cores >= 8 and ra")).toEqual(["cores >= 8 and rack.site.name "]);
});

test("behind a field stand the operators of its kind, behind these the values that are known", () => {
  expect(labels("cores ")).toContain(">=");
  expect(labels("status ")).not.toContain("<");
  expect(texts("status = ")).toEqual(["status = up ", "status = down "]);
  expect(texts("not status = d")).toEqual(["not status = down "]);
});

test("behind a condition stands what joins it to the next one; in an open text nothing", () => {
  expect(labels("cores = 8 ")).toEqual(["and", "or"]);
  expect(labels("status exists ")).toEqual(["and", "or"]);
  expect(labels("rack.site.name = 'Tok")).toEqual([]);
});
