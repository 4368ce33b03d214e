import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { afterAll, expect, test } from "vitest";
import "../../../test/property-seed.ts";
import type { Cell } from "./cell.ts";
import { readXlsx } from "./xlsx-reader.ts";
import { writeXlsx } from "./xlsx-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "tsunagi-xlsx-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "x.xlsx");

async function write(rows: readonly (readonly Cell[])[]): Promise<void> {
  async function* all(): AsyncGenerator<readonly Cell[]> {
    yield* rows;
  }
  writeFileSync(file, Buffer.concat(await Array.fromAsync(writeXlsx(all()))));
}

test("whatever stands in cells comes back, of the same kind", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }).filter((each) => each.isWellFormed()),
    fc.constantFrom("0012", "=1+1", "_x0041_", "a\r\nb\t", " x ", "<&>", "\u0000\uFFFF", "👩‍🚒"),
  );
  const cell = fc.oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  );
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 30 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rows, async (table) => {
      await write(table);
      const found = await Array.fromAsync(readXlsx(file));
      expect(found).toEqual(
        table.map((cells, n) => ({
          at: `row ${n + 1}`,
          cells: cells.map((each) => (Object.is(each, -0) ? 0 : each)),
        })),
      );
    }),
    { numRuns: 40 },
  );
});

test("what spreadsheet programs write is read: shared texts, readings, dates, formulas, gaps, errors", async () => {
  const parts = {
    "xl/worksheets/sheet7.xml": `<worksheet><sheetData>
      <row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>
      <row r="3"><c r="A3" s="1"><v>46113</v></c><c r="B3" s="2"><v>46113.5</v></c><c r="C3" t="str"><f>A1</f><v>x</v></c><c r="AA3"><v>7</v></c></row>
      <row r="4"><c r="A4" t="e"><v>#REF!</v></c></row><row r="5"/></sheetData></worksheet>`,
    "xl/sharedStrings.xml": `<sst><si><t>name</t></si><si><r><t>東</t></r><r><t>京</t></r><rPh><t>トウキョウ</t></rPh></si></sst>`,
    "xl/styles.xml": `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/></cellXfs></styleSheet>`,
    "xl/workbook.xml": `<workbook><sheets><sheet name="first" r:id="r1"/><sheet name="台帳" r:id="r2"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r2" Target="worksheets/sheet7.xml"/></Relationships>`,
  };
  writeFileSync(
    file,
    zipSync(Object.fromEntries(Object.entries(parts).map(([n, text]) => [n, strToU8(text)]))),
  );
  const rows = await Array.fromAsync(readXlsx(file, "台帳"));
  expect(rows).toEqual([
    { at: "row 1", cells: ["name", null, "東京"] },
    {
      at: "row 3",
      cells: ["2026-04-01", "2026-04-01T12:00:00.000Z", "x", ...Array(23).fill(null), 7],
    },
    { at: "row 4", fault: "the cell in column 1 shows the error #REF!" },
  ]);
  await expect(Array.fromAsync(readXlsx(file, "none"))).rejects.toMatchObject({
    code: "FORMAT_INVALID",
    hint: "its sheets are: first, 台帳",
  });
});

test("what is no spreadsheet is refused", async () => {
  for (const bytes of ["", "path,type\n", "PK\u0003\u0004 broken", zipSync({ a: strToU8("x") })]) {
    writeFileSync(file, bytes);
    await expect(Array.fromAsync(readXlsx(file))).rejects.toMatchObject({ code: "FORMAT_INVALID" });
  }
});
