/** An insert of one row as an insert of many; undefined where it is not plainly that. */
export function multiRow(sql: string, rows: number): string | undefined {
  const parts = /^(\s*insert\s+into\b[^?]*\bvalues\s*)(\([\s?,]*\))([^?]*)$/i.exec(sql);
  if (parts === null) return undefined;
  const [, start = "", row = "", end = ""] = parts;
  return `${start}${Array(rows).fill(row).join(", ")}${end}`;
}
