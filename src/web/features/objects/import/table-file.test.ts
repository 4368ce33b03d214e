import { expect, test } from "vitest";
import { plainField } from "../../../fields/definition.ts";
import { decodeText, guessMapping, mappedRows, targetsOf } from "./table-file.ts";

const fields = [
  plainField("address", "ip address", "アドレス"),
  plainField("support_until", "date", "サポート期限"),
  plainField("cores", "integer", "Cores"),
  plainField("critical", "boolean", "Critical"),
];
const targets = targetsOf(fields, { name: "Name", path: "Path" });

test("what is no UTF-8 is read as Japanese spreadsheets write it", () => {
  expect(decodeText(new TextEncoder().encode("装置名"))).toEqual({
    text: "装置名",
    encoding: "UTF-8",
  });
  const shiftJis = new Uint8Array([0x91, 0x95, 0x92, 0x75, 0x96, 0xbc]);
  expect(decodeText(shiftJis)).toEqual({ text: "装置名", encoding: "Shift_JIS" });
});

test("columns go to fields by name, by label, and by the words that tables use", () => {
  expect(guessMapping(["装置名", "アドレス", "期限", "CORES", "棚"], targets)).toEqual([
    "name",
    "address",
    "support_until",
    "cores",
    undefined,
  ]);
});

test("values are read as people write them, and what is left out does not go along", () => {
  const table = {
    columns: ["装置名", "アドレス", "期限", "コア", "重要", "棚"],
    rows: [
      ["web01", "１０.0.0.1", "R5.10.1", "１６", "○", "R9"],
      ["web02", "", "?", "x", "", ""],
    ],
    encoding: "UTF-8",
  };
  const mapping = ["name", "address", "support_until", "cores", "critical", undefined];
  expect(mappedRows(table, mapping, targets, "Host")).toEqual([
    ["type", "name", "address", "support_until", "cores", "critical"],
    ["Host", "web01", "10.0.0.1", "2023-10-01", "16", "true"],
    ["Host", "web02", "", "?", "x", ""],
  ]);
});
