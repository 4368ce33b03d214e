import type { Sql, SqlValue } from "#database";

/** A piece of SQL: what is put into the template is a piece itself, or a value, which becomes a parameter. */
export function sql(texts: TemplateStringsArray, ...values: (Sql | SqlValue)[]): Sql {
  let text = texts[0] ?? "";
  const parameters: SqlValue[] = [];
  for (const [index, value] of values.entries()) {
    if (isSql(value)) {
      text += value.sql;
      parameters.push(...value.parameters);
    } else {
      text += "?";
      parameters.push(value);
    }
    text += texts[index + 1] ?? "";
  }
  return { sql: text, parameters };
}

/** A name or a word of SQL; never anything that came from outside. */
export function raw(text: string): Sql {
  return { sql: text, parameters: [] };
}

export function joined(parts: readonly Sql[], separator: " and " | " or " | ", " | " union "): Sql {
  return {
    sql: parts.map((part) => part.sql).join(separator),
    parameters: parts.flatMap((part) => part.parameters),
  };
}

/** All of them hold; of none, everything does. */
export function allOf(parts: readonly Sql[]): Sql {
  const needed = parts.filter((part) => part !== always);
  const [only] = needed;
  if (only === undefined) return always;
  return needed.length === 1 ? only : sql`(${joined(needed, " and ")})`;
}

export function anyOf(parts: readonly Sql[]): Sql {
  const [only] = parts;
  if (only === undefined) return never;
  if (parts.includes(always)) return always;
  return parts.length === 1 ? only : sql`(${joined(parts, " or ")})`;
}

export const always: Sql = raw("1 = 1");
export const never: Sql = raw("1 = 0");

/** `column in (…)`; the number of marks is rounded up, so that there are few different statements. */
export function isOneOf(column: Sql, values: readonly SqlValue[]): Sql {
  const [first, ...more] = values;
  if (first === undefined) return never;
  if (more.length === 0) return sql`${column} = ${first}`;
  const marks = [...values];
  while (!Number.isInteger(Math.log2(marks.length))) marks.push(first);
  return sql`${column} in (${joined(
    marks.map((value) => sql`${value}`),
    ", ",
  )})`;
}

/** Holds if the folded text contains that one; `%` and `_` in it mean themselves. */
export function containsFolded(folded: Sql, text: string): Sql {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return sql`${folded} like ${pattern} escape '\\'`;
}

function isSql(value: Sql | SqlValue): value is Sql {
  return typeof value === "object" && value !== null && "sql" in value;
}
