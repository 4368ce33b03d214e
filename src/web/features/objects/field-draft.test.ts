import { expect, test } from "vitest";
import type { Json, ObjectDocument } from "#contract";
import {
  changedFields,
  conflictsOf,
  draftOf,
  fieldsOf,
  mergedDrafts,
  valueOf,
} from "./field-draft.ts";

const definitions = [
  { name: "address", kind: "string", label: "Address" },
  { name: "units", kind: "integer", label: "Units" },
  { name: "note", kind: "text", label: "Note" },
];

function server(fields: Record<string, Json>, revision = 1): ObjectDocument {
  const at = "2026-11-20T03:12:45.000Z";
  return {
    id: 1,
    path: "/a",
    name: "a",
    type: "Server",
    owner: "root",
    fields,
    revision,
    createdAt: at,
    updatedAt: at,
  };
}

const draftsOf = (object: ObjectDocument) =>
  Object.fromEntries(
    definitions.map((field) => [field.name, draftOf(field, object.fields[field.name])]),
  );

test("a text stays as it is, everything else is JSON", () => {
  const [address, units] = definitions as [(typeof definitions)[0], (typeof definitions)[0]];
  expect(valueOf(address, "00123")).toBe("00123");
  expect(valueOf(units, "42")).toBe(42);
  expect(valueOf(units, "4 2")).toBeUndefined();
  expect(valueOf(units, "")).toBeNull();
  expect(draftOf(units, 42)).toBe("42");
});

test("what a secret shows is not put into the form", () => {
  expect(draftOf({ name: "password", kind: "password", label: "Password" }, "********")).toBe("");
});

test("fields beyond the type are shown, too", () => {
  const fields = fieldsOf(server({ extra: [1], address: "x" }), definitions);
  expect(fields.map(({ name, kind }) => `${name}:${kind}`)).toEqual([
    "address:string",
    "units:integer",
    "note:text",
    "extra:json",
  ]);
});

test("only what was changed is saved", () => {
  const object = server({ address: "10.0.1.11", units: 1 });
  const drafts = { ...draftsOf(object), units: "2" };
  expect(changedFields(object, definitions, drafts).map(({ name }) => name)).toEqual(["units"]);
});

test("only fields that both changed otherwise are in conflict; the rest is merged", () => {
  const base = server({ address: "1", units: 1, note: "a" });
  const theirs = server({ address: "2", units: 5, note: "b" }, 2);
  const drafts = { address: "3", units: "5", note: "a" };
  expect(conflictsOf(base, theirs, definitions, drafts).map(({ name }) => name)).toEqual([
    "address",
  ]);
  expect(mergedDrafts(base, theirs, definitions, drafts)).toEqual({
    address: "3",
    units: "5",
    note: "b",
  });
});
