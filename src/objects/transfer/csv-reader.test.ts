import * as fc from "fast-check";
import { expect, test } from "vitest";
import "../../../test/property-seed.ts";
import { csvLine, readCsv, type CsvRow } from "./csv-reader.ts";

async function read(text: string | Uint8Array, size = 7): Promise<CsvRow[]> {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return Array.fromAsync(readCsv(chunks()));
}

test("cells, quoted cells, lines in cells and every end of line are read", async () => {
  expect(await read('\uFEFFa,"b ""c""","d\r\ne"\r\n\r\nf,,\n"",1\rlast')).toEqual([
    { line: 1, cells: ["a", 'b "c"', "d\r\ne"] },
    { line: 4, cells: ["f", "", ""] },
    { line: 5, cells: ["", "1"] },
    { line: 6, cells: ["last"] },
  ]);
});

test("what is wrong in a row is said with line and column, and the next row is read", async () => {
  expect(await read('a,b\nx"y,1\n"p"q,2\nok,3\n"open')).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 2, fault: expect.stringContaining("line 2, column 2") },
    { line: 3, fault: expect.stringContaining("line 3, column 4") },
    { line: 4, cells: ["ok", "3"] },
    { line: 5, fault: expect.stringContaining("never closed") },
  ]);
});

test("whatever cells are written are read again, however the text is cut", async () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }).filter((each) => each.isWellFormed()),
    fc.constantFrom("", '"', ",", "\n", "\r\n", " x ", "0012", "＝1", "\t", "👩‍🚒", "\uFEFF"),
  );
  const rows = fc.array(fc.array(text, { minLength: 2, maxLength: 5 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (table, size) => {
      const found = await read(table.map((row) => csvLine(row)).join(""), size);
      expect(found.map((row) => ("cells" in row ? row.cells : row))).toEqual(table);
    }),
  );
});
