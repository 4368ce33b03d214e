/** Conditions on what every object has beside its fields. */
import { foldText, type Comparison, type Literal, type Test } from "#kernel";
import type { Sql } from "#database";
import type { ObjectType } from "../object-type.ts";
import { condition, either, everything, both, type Condition } from "./condition.ts";
import { dayRange, nextDay } from "./literal-value.ts";
import type { Scope, SearchCompiler } from "./search-compiler.ts";
import { searchInvalid } from "./search-fault.ts";
import { containsFolded, isOneOf, never, raw, sql } from "./sql.ts";

export const systemFields = [
  "name",
  "path",
  "type",
  "owner",
  "created",
  "updated",
  "id",
  "parent",
  "text",
] as const;
export type SystemField = (typeof systemFields)[number];

export function isSystemField(name: string): name is SystemField {
  return systemFields.some((each) => each === name);
}

interface Place {
  name: SystemField;
  alias: string;
  at: number;
  scope: Scope;
}

export async function compileSystemTest(
  compiler: SearchCompiler,
  place: Place,
  test: Test,
  allTypes: readonly ObjectType[],
): Promise<Condition> {
  switch (test.kind) {
    case "exists":
      return place.name === "parent"
        ? condition(sql`${raw(place.alias)}.parent_id is not null`)
        : everything;
    case "empty":
      return everything;
    case "in": {
      const parts: Condition[] = [];
      for (const value of test.values) {
        parts.push(await compare(compiler, place, "=", value, allTypes));
      }
      return either(parts);
    }
    case "compare":
      return compare(compiler, place, test.operator, test.value, allTypes);
    case "under":
      throw cannot(place, "under");
  }
}

async function compare(
  compiler: SearchCompiler,
  place: Place,
  operator: Comparison,
  literal: Literal,
  allTypes: readonly ObjectType[],
): Promise<Condition> {
  const { name, alias } = place;
  const text = String(literal.value ?? "");
  switch (name) {
    case "name":
      return compareName(compiler, place, operator, text);
    case "path":
    case "parent":
      if (operator !== "=") throw cannot(place, operator);
      if (name === "path") return compiler.isOneOf(alias, [literal], place.at);
      return isChild(alias, await compiler.target(text, place.at));
    case "type":
      return compareType(place, operator, text, allTypes);
    case "owner": {
      if (operator !== "=") throw cannot(place, operator);
      const id = await compiler.userId(text.replace(/^\/system\/users\//, ""));
      return id === undefined ? condition(never) : condition(sql`${raw(alias)}.owner_id = ${id}`);
    }
    case "created":
    case "updated":
      return compareTime(place, operator, literal);
    case "id":
      return compareId(place, operator, literal);
    case "text":
      throw cannot(place, operator);
  }
}

function compareName(
  compiler: SearchCompiler,
  { alias, scope }: Place,
  operator: Comparison,
  text: string,
): Condition {
  const column = raw(`${alias}.name`);
  if (operator === "~") {
    const { dialect } = compiler.transaction;
    const folded: Sql = raw(dialect.folded(column.sql));
    return condition(containsFolded(folded, foldText(text)), { source: compiler.wordSource(text) });
  }
  const test = sql`${column} ${raw(operator)} ${text}`;
  const ids = scope.types.map((type) => type.id);
  return condition(test, {
    source: sql`select n.id as id from object n where ${isOneOf(raw("n.type_id"), ids)}
      and n.name ${raw(operator)} ${text}`,
  });
}

function isChild(alias: string, parentId: number): Condition {
  return condition(sql`${raw(alias)}.parent_id = ${parentId}`, {
    source: sql`select c.id as id from object c where c.parent_id = ${parentId}`,
  });
}

function compareType(
  place: Place,
  operator: Comparison,
  text: string,
  allTypes: readonly ObjectType[],
): Condition {
  const name = text.replace(/^\/system\/types\//, "");
  const isMeant = (type: ObjectType): boolean =>
    operator === "=" ? type.name === name : foldText(type.name).includes(foldText(name));
  if (operator !== "=" && operator !== "~") throw cannot(place, operator);
  const ids = allTypes.filter(isMeant).map((type) => type.id);
  return condition(isOneOf(raw(`${place.alias}.type_id`), ids));
}

function compareTime(place: Place, operator: Comparison, literal: Literal): Condition {
  const column = raw(`${place.alias}.${place.name}_at`);
  if (operator === "~" || operator === "!~") throw cannot(place, operator);
  const range = dayRange(operator, literal);
  if (range !== undefined) {
    const day = String(literal.value);
    return both(
      range.map(({ operator: each, at }) =>
        condition(
          sql`${column} ${raw(each)} ${Date.parse(`${at === "begin" ? day : nextDay(day)}T00:00:00Z`)}`,
        ),
      ),
    );
  }
  const time = typeof literal.value === "string" ? Date.parse(literal.value) : Number.NaN;
  if (Number.isNaN(time)) {
    throw searchInvalid({
      at: place.at,
      message: `'${place.name}' is compared with a day or time such as 2026-04-01`,
    });
  }
  return condition(sql`${column} ${raw(operator)} ${time}`);
}

function compareId(place: Place, operator: Comparison, literal: Literal): Condition {
  if (literal.kind !== "number" || operator === "~") throw cannot(place, operator);
  const test = (alias: string): Sql => sql`${raw(alias)}.id ${raw(operator)} ${literal.value}`;
  const source =
    operator === "=" ? sql`select n.id as id from object n where ${test("n")}` : undefined;
  return condition(test(place.alias), { source });
}

export function cannot({ name, at }: Pick<Place, "name" | "at">, operator: string) {
  return searchInvalid({
    at,
    message: `'${name}' cannot be compared with '${operator}' here`,
  });
}
