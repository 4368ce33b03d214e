import { expect, test } from "vitest";
import type { Json, ObjectDocument } from "#contract";
import { fieldsOf, plainField, typeOf } from "../../fields/definition.ts";
import {
  changedFields,
  changesOf,
  conflictsOf,
  draftOf,
  faultsOf,
  mergedValues,
  valuesOf,
} from "./form-values.ts";

const fields = [
  plainField("address", "string", "Address"),
  plainField("units", "integer", "Units"),
  plainField("note", "text", "Note"),
  plainField("password", "password", "Password"),
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

test("only what was changed is saved, as what it means", () => {
  const object = server({ address: "10.0.1.11", units: 1, password: "********" });
  const values = { ...valuesOf(object, fields), units: "４２" };
  expect(changesOf(object, fields, values)).toEqual({ units: 42 });
  expect(changesOf(object, fields, { ...values, units: "1" })).toEqual({});
});

test("a secret that is not replaced is not sent, and none is kept as a draft", () => {
  const object = server({ password: "********", note: "a" });
  const values = valuesOf(object, fields);
  expect(changedFields(object, fields, values)).toEqual([]);
  const typed = { ...values, password: "new", note: "b" };
  expect(changesOf(object, fields, typed)).toEqual({ password: "new", note: "b" });
  expect(draftOf(object, fields, typed)).toEqual({ note: "b" });
});

test("what is missing and what is half typed is told before the server is asked", () => {
  const required = [
    { ...plainField("address", "string"), isRequired: true },
    plainField("units", "integer"),
  ];
  const faults = faultsOf(required, { address: null, units: "4 x" }, { required: "needed" });
  expect([...faults.keys()]).toEqual(["address", "units"]);
});

test("only fields that both changed otherwise are in conflict; the rest is merged", () => {
  const base = server({ address: "1", units: 1, note: "a" });
  const theirs = server({ address: "2", units: 5, note: "b" }, 2);
  const values = { address: "3", units: 5, note: "a", password: null };
  expect(conflictsOf(base, theirs, fields, values).map(({ name }) => name)).toEqual(["address"]);
  expect(mergedValues(base, theirs, fields, values)).toEqual({
    address: "3",
    units: 5,
    note: "b",
    password: null,
  });
});

test("fields that one may not see are in no form, and those beyond the type are", () => {
  const type = typeOf(
    server({
      fields: [
        { name: "price", kind: "decimal" },
        { name: "a", kind: "string" },
      ],
    }),
  );
  const names = fieldsOf(server({ a: "x", extra: [1] }), type).map(
    ({ name, kind }) => `${name}:${kind}`,
  );
  expect(names).toEqual(["a:string", "extra:json"]);
});
