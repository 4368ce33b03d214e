import { expect, test } from "vitest";
import {
  addField,
  draftOfType,
  fieldsOfTable,
  moveField,
  nameOfLabel,
  removeField,
  specsOf,
  withKind,
  withLabel,
  withOption,
} from "./type-draft.ts";

test("fields are added, moved and removed, and keep their keys", () => {
  let draft = addField(addField(draftOfType(undefined), { name: "a", kind: "string" }), {
    name: "b",
    kind: "integer",
  });
  draft = moveField(draft, 1, -1);
  expect(specsOf(draft).map(({ name }) => name)).toEqual(["b", "a"]);
  expect(moveField(draft, 1, -1)).toBe(draft);
  draft = addField(removeField(draft, 0), { name: "c", kind: "string" });
  expect(draft.fields.map(({ key }) => key)).toEqual([1, 2]);
});

test("what says nothing is no option", () => {
  expect(withOption({ name: "a", unique: true }, "unique", false)).toEqual({ name: "a" });
  expect(withOption({ name: "a" }, "choices", ["x"])).toEqual({ name: "a", choices: ["x"] });
});

test("a label in one language stays beside the other", () => {
  expect(withLabel(undefined, "en", "Address")).toEqual({ en: "Address" });
  expect(withLabel({ en: "Address" }, "ja", "アドレス")).toEqual({ en: "Address", ja: "アドレス" });
  expect(withLabel("Address", "ja", "アドレス")).toEqual({ en: "Address", ja: "アドレス" });
  expect(withLabel({ en: "A" }, "en", "")).toBeNull();
});

test("a name is made of a label, in any script", () => {
  expect(nameOfLabel("Support until")).toBe("support_until");
  expect(nameOfLabel("装置名")).toBe("装置名");
  expect(nameOfLabel("2nd address")).toBe("_2nd_address");
});

test("another kind keeps what it can say, too", () => {
  const spec = {
    name: "a",
    kind: "string",
    label: "A",
    unique: true,
    pattern: "x",
    required: true,
  };
  expect(withKind(spec, "integer")).toEqual({
    name: "a",
    kind: "integer",
    label: "A",
    unique: true,
    required: true,
  });
  expect(withKind(spec, "text")).toEqual({
    name: "a",
    kind: "text",
    label: "A",
    pattern: "x",
    required: true,
  });
});

test("a copied table becomes fields with guessed kinds", () => {
  const table =
    "Name\tIP Address\tCores\t期限\nweb01\t10.0.0.1\t8\t2026/11/20\nweb02\t10.0.0.2\t16\t2027/1/5";
  expect(fieldsOfTable(table).map(({ name, kind }) => JSON.stringify([name, kind]))).toEqual([
    '["name","string"]',
    '["ip_address","ip address"]',
    '["cores","integer"]',
    '["期限","date"]',
  ]);
});
