/**
 * Writes a spreadsheet as it comes (ECMA-376): one sheet, whose texts are texts and never dates, numbers or formulas, so that
 * `0012` stays what it is also after somebody has edited it.
 */
import { TsunagiError } from "#kernel";
import { Zip, ZipDeflate, strToU8 } from "fflate";
import type { Cell } from "./cell.ts";
import { columnLetters, escapeXlsx } from "./xlsx-text.ts";

/** The limits of spreadsheet programs. */
const rowsMax = 1_048_576;
const cellLengthMax = 32_767;

/** Text is gathered up to here before it is packed. */
const pieceLength = 64 * 1024;

export async function* writeXlsx(rows: AsyncIterable<readonly Cell[]>): AsyncGenerator<Uint8Array> {
  const packed: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    packed.push(chunk);
  });
  for (const [name, text] of Object.entries(parts)) {
    const part = new ZipDeflate(name);
    zip.add(part);
    part.push(strToU8(text), true);
  }
  const sheet = new ZipDeflate("xl/worksheets/sheet1.xml");
  zip.add(sheet);
  let text = `${declaration}<worksheet xmlns="${main}"><sheetData>`;
  let number = 0;
  for await (const cells of rows) {
    number += 1;
    if (number > rowsMax) throw tooLarge(`a sheet has at most ${rowsMax} rows`);
    text += rowText(cells, number);
    if (text.length < pieceLength) continue;
    sheet.push(strToU8(text));
    text = "";
    yield* packed.splice(0);
  }
  sheet.push(strToU8(`${text}</sheetData></worksheet>`), true);
  zip.end();
  yield* packed.splice(0);
}

function rowText(cells: readonly Cell[], number: number): string {
  const row = cells.map((cell, column) => cellText(cell, `${columnLetters(column)}${number}`));
  return `<row r="${number}">${row.join("")}</row>`;
}

function cellText(cell: Cell, at: string): string {
  if (cell === null) return "";
  if (typeof cell === "number") return `<c r="${at}"><v>${cell}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${at}" t="b"><v>${Number(cell)}</v></c>`;
  if (cell.length > cellLengthMax) {
    throw tooLarge(`the cell ${at} would hold more than ${cellLengthMax} characters`);
  }
  const text = escapeXlsx(cell);
  return `<c r="${at}" s="1" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

function tooLarge(message: string): TsunagiError {
  return new TsunagiError("LIMIT_EXCEEDED", `${message}, as spreadsheet programs take no more`, {
    hint: "export it as CSV",
  });
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const relations = "http://schemas.openxmlformats.org/package/2006/relationships";
const contents = "http://schemas.openxmlformats.org/package/2006/content-types";
const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** Everything but the sheet. The second format of cells is text. */
const parts: Readonly<Record<string, string>> = {
  "[Content_Types].xml": `${declaration}<Types xmlns="${contents}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kind}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${kind}.styles+xml"/></Types>`,
  "_rels/.rels": `${declaration}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  "xl/workbook.xml": `${declaration}<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="objects" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  "xl/_rels/workbook.xml.rels": `${declaration}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
  "xl/styles.xml": `${declaration}<styleSheet xmlns="${main}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
};
