/**
 * From the tree of a search to SQL over the tables of objects.
 *
 * I1  Whatever object a way leads to or from is one that the actor may read: what he may not read can change no
 *     answer. A path that he writes himself means an object only if he may read it.
 * I2  A name means a field of the object's type, else what every object has (name, path, type …), as in jobflows.
 *     Where objects of several types are searched, it means the fields of that name in all of them.
 * I3  Passwords can be compared with nothing.
 * I4  A field that the actor may not see on an object is for him without a value there.
 */
import { foldText, TsunagiError, type Literal, type Search, type Step, type Test } from "#kernel";
import type { Sql, Transaction } from "#database";
import { findUser } from "#identity";
import { permitted } from "../acl.ts";
import type { Actor } from "../actor.ts";
import type { ParseContext } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import { password } from "../fields/password.ts";
import type { Field, ObjectType } from "../object-type.ts";
import { targetTypes } from "../type-references.ts";
import type { TypeTable } from "../type-table.ts";
import {
  both,
  condition,
  either,
  everything,
  knownCondition,
  negated,
  ofType,
  type Condition,
} from "./condition.ts";
import { compileFieldTest } from "./field-test.ts";
import { referringField } from "./referring-field.ts";
import { searchInvalid, unknownField } from "./search-fault.ts";
import { allOf, always, anyOf, containsFolded, isOneOf, joined, never, raw, sql } from "./sql.ts";
import { compileSystemTest, isSystemField, systemFields } from "./system-test.ts";
import { wordsToFind, wordTable } from "./text-words.ts";
import { valueSql } from "./value-sql.ts";

/** The types that objects somewhere on a way may have. */
export interface Scope {
  types: readonly ObjectType[];
  /** Whether these are all that there are. */
  isAll: boolean;
}

/** So many objects are quicker listed once than looked for from every candidate. */
const listedMax = 2000;
/** So many ids are written into the statement, instead of being found anew at each place where they stand. */
const writtenMax = 128;

export class SearchCompiler {
  readonly transaction: Transaction;
  readonly context: ParseContext;
  readonly #actor: Actor;
  readonly #types: TypeTable;
  #aliases = 0;

  constructor(options: {
    transaction: Transaction;
    actor: Actor;
    types: TypeTable;
    context: ParseContext;
  }) {
    this.transaction = options.transaction;
    this.context = options.context;
    this.#actor = options.actor;
    this.#types = options.types;
  }

  async compile(search: Search, alias: string, scope: Scope): Promise<Condition> {
    switch (search.kind) {
      case "all":
        return everything;
      case "and":
        return both(await this.#all(search.of, alias, scope));
      case "or":
        return either(await this.#all(search.of, alias, scope));
      case "not":
        return negated(await this.compile(search.of, alias, scope));
      case "text":
        return this.#text(search.text, alias, scope);
      case "under":
        return this.#under(alias, await this.target(search.path, search.at));
      case "condition": {
        const { test, way } = search;
        if (test.kind === "empty") {
          return negated(await this.#way(way, { kind: "exists" }, alias, scope));
        }
        if (test.kind === "compare" && (test.operator === "!=" || test.operator === "!~")) {
          const contrary: Test = { ...test, operator: test.operator === "!=" ? "=" : "~" };
          return negated(await this.#way(way, contrary, alias, scope));
        }
        return this.#way(way, test, alias, scope);
      }
    }
  }

  async scopeOf(typeNames: readonly string[] | undefined): Promise<Scope> {
    if (typeNames === undefined)
      return { types: await this.#types.all(this.transaction), isAll: true };
    const types: ObjectType[] = [];
    for (const name of typeNames) types.push(await this.#types.getByName(this.transaction, name));
    return { types, isAll: false };
  }

  /** The condition that the object is one of the scope's types. */
  inScope(alias: string, { types, isAll }: Scope): Sql {
    if (isAll) return always;
    return isOneOf(
      raw(`${alias}.type_id`),
      types.map((type) => type.id),
    );
  }

  /** The condition that the actor may read the object (I1). */
  readable(alias: string): Sql {
    const filter = permitted(this.#actor.principal, "read", alias);
    return filter.condition === "1 = 1"
      ? always
      : { sql: filter.condition, parameters: filter.parameters };
  }

  /** The condition that the actor may see the field of the object (I4); undefined if everybody may who reads it. */
  seen({ readRight }: Field, alias: string): Sql | undefined {
    if (readRight === "read") return undefined;
    const { condition: test, parameters } = permitted(this.#actor.principal, readRight, alias);
    return test === "1 = 1" ? undefined : { sql: test, parameters };
  }

  /** A condition on a field, false where the actor may not see it (I4). */
  whereSeen(field: Field, alias: string, inner: Condition): Condition {
    const seen = this.seen(field, alias);
    return seen === undefined ? inner : { ...inner, test: allOf([seen, inner.test]) };
  }

  /** The value of a field of the object in SQL, null where the actor may not see it (I4). */
  visibleValue(field: Field, alias: string): Sql {
    const value = valueSql(this.transaction.dialect, field, alias);
    const seen = this.seen(field, alias);
    return seen === undefined ? value : sql`(case when ${seen} then ${value} end)`;
  }

  /** The id of the object at a path that somebody wrote. */
  async target(path: string, at: number): Promise<number> {
    try {
      return (await this.context.resolve(path)).id;
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error;
      throw searchInvalid({
        at,
        message: `there is no object at ${path} that you may read`,
      });
    }
  }

  userId(name: string): Promise<number | undefined> {
    return name === "system"
      ? Promise.resolve(0)
      : findUser(this.transaction, name).then((user) => user?.id);
  }

  alias(): string {
    this.#aliases += 1;
    return `o${this.#aliases}`;
  }

  /** Some searched field of the object, or its name, contains the text. */
  #text(text: string, alias: string, scope: Scope): Condition {
    const { dialect } = this.transaction;
    const folded = foldText(text);
    const isIn = (value: Sql): Sql =>
      containsFolded({ ...value, sql: dialect.folded(value.sql) }, folded);
    const tests = [isIn(raw(`${alias}.name`))];
    for (const type of scope.types) {
      const fields = type.derived.filter((field) => field.isSearched);
      if (fields.length === 0) continue;
      const inFields = anyOf(fields.map((field) => isIn(this.visibleValue(field, alias))));
      tests.push(sql`(${raw(alias)}.type_id = ${type.id} and ${inFields})`);
    }
    return condition(anyOf(tests), { source: this.wordSource(text) });
  }

  /** The objects that have the words of a text; undefined if it is blank. */
  wordSource(text: string): Sql | undefined {
    const words = wordsToFind(text);
    return words.length === 0
      ? undefined
      : this.transaction.dialect.words.rowsWith(wordTable, words);
  }

  /** The object is below that one. */
  async #under(alias: string, id: number): Promise<Condition> {
    const below = sql`with recursive below(id) as (
        select c.id from object c where c.parent_id = ${id}
        union all select c.id from below b join object c on c.parent_id = b.id
      ) select id from below`;
    if (await this.#isAtMost(below, listedMax)) {
      return condition(sql`${raw(alias)}.id in (${below})`, { source: below });
    }
    return condition(sql`exists (
        with recursive up(id) as (
          select ${raw(alias)}.parent_id
          union all select p.parent_id from up join object p on p.id = up.id
        ) select 1 from up where id = ${id})`);
  }

  /** The ids that a query gives, as pieces of a list; undefined if they are too many. */
  async #idsAtMost(ids: Sql, most: number): Promise<Sql[] | undefined> {
    const rows = await this.transaction.all<{ id: number }>(
      `${ids.sql} limit ${most + 1}`,
      ids.parameters,
    );
    if (rows.length > most) return undefined;
    const found = rows.map(({ id }) => id);
    // Few lengths make few statements; 0 is no object's id.
    while (!Number.isInteger(Math.log2(found.length))) found.push(found.at(-1) ?? 0);
    return found.map((id) => sql`${id}`);
  }

  async #isAtMost(ids: Sql, most: number): Promise<boolean> {
    const counted = sql`select count(*) as n from (${ids} limit ${most + 1}) c`;
    const found = await this.transaction.get<{ n: number }>(counted.sql, counted.parameters);
    return (found?.n ?? 0) <= most;
  }

  async #all(parts: readonly Search[], alias: string, scope: Scope): Promise<Condition[]> {
    const compiled: Condition[] = [];
    for (const part of parts) compiled.push(await this.compile(part, alias, scope));
    return compiled;
  }

  async #way(
    [step, ...rest]: readonly Step[],
    test: Test,
    alias: string,
    scope: Scope,
  ): Promise<Condition> {
    if (step === undefined) return everything;
    if (step.kind === "referrers") {
      return this.#referrers(step, alias, scope, (inner, types) =>
        rest.length === 0 ? this.#isObject(test, inner) : this.#way(rest, test, inner, types),
      );
    }
    const fields = fieldsOf(step.name, scope);
    if (fields.length === 0) return this.#systemWay(step, rest, test, alias, scope);
    const parts: Condition[] = [];
    let fault: unknown;
    for (const { type, field } of fields) {
      try {
        const inner =
          rest.length === 0
            ? await this.#fieldTest(type, field, step, test, alias)
            : await this.#hop(type, field, step, alias, (target, types) =>
                this.#way(rest, test, target, types),
              );
        const visible = this.whereSeen(field, alias, inner);
        parts.push(
          scope.types.length === 1 && !scope.isAll ? visible : ofType(alias, type.id, visible),
        );
      } catch (error) {
        // What does not fit one of the types may fit another.
        if (!(error instanceof TsunagiError)) throw error;
        fault ??= error;
      }
    }
    if (parts.length === 0) throw fault;
    return either(parts);
  }

  #fieldTest(
    type: ObjectType,
    field: Field,
    { at, name }: Step & { kind: "field" },
    test: Test,
    alias: string,
  ): Promise<Condition> {
    if (field.kind === password) {
      throw new TsunagiError("PERMISSION_DENIED", `nobody may search by the password '${name}'`);
    }
    if (test.kind === "under") {
      return this.#hop(type, field, { kind: "field", at, name }, alias, (target) =>
        this.#isObject(test, target),
      );
    }
    return compileFieldTest(this, { type, field, alias, at }, test);
  }

  async #systemWay(
    step: Step & { kind: "field" },
    rest: readonly Step[],
    test: Test,
    alias: string,
    scope: Scope,
  ): Promise<Condition> {
    const { name, at } = step;
    if (!isSystemField(name)) {
      const known = scope.types.flatMap((type) => type.fieldNames);
      const where = scope.isAll || scope.types.length !== 1 ? "no type" : scope.types[0]?.name;
      throw unknownField(at, name, [...known, ...systemFields], where ?? "no type");
    }
    if (name === "text" && rest.length === 0) {
      if (test.kind === "compare" && test.operator === "~") {
        return this.#text(String(test.value.value ?? ""), alias, scope);
      }
      throw searchInvalid({
        at,
        message: "'text' takes ~ and !~ only",
      });
    }
    if (rest.length > 0 || (name === "parent" && test.kind === "under")) {
      if (name !== "parent") {
        throw searchInvalid({
          at,
          message: `'${name}' refers to no object`,
        });
      }
      const target = this.alias();
      const types = await this.scopeOf(undefined);
      const inner =
        rest.length > 0
          ? await this.#way(rest, test, target, types)
          : await this.#isObject(test, target);
      return condition(sql`exists (select 1 from object ${raw(target)}
        where ${raw(target)}.id = ${raw(alias)}.parent_id
          and ${allOf([this.readable(target), inner.test])})`);
    }
    return compileSystemTest(this, { name, alias, at, scope }, test, await this.#allTypes());
  }

  /** The objects that a field refers to. */
  async #hop(
    type: ObjectType,
    field: Field,
    { at, name }: Step & { kind: "field" },
    alias: string,
    then: (target: string, scope: Scope) => Promise<Condition>,
  ): Promise<Condition> {
    if (field.kind.references === undefined) {
      throw searchInvalid({
        at,
        message: `'${name}' of ${type.name} refers to no object`,
      });
    }
    const scope = await this.scopeOf(targetTypes(field));
    const target = this.alias();
    const inner = await then(target, scope);
    const t = raw(target);
    const test = allOf([this.inScope(target, scope), this.readable(target), inner.test]);
    const [source] = inner.sources;
    const referring =
      source &&
      sql`select r.source_id as id from object ${t}
          join object_reference r on r.target_id = ${t}.id and r.field_id = ${field.id}
          where ${t}.id in (${source}) and ${test}`;
    // Few targets are found once; many are looked at from each candidate.
    if (source !== undefined && (await this.#isAtMost(source, listedMax))) {
      const targets = sql`select ${t}.id from object ${t} where ${t}.id in (${source}) and ${test}`;
      const ids = (await this.#idsAtMost(targets, writtenMax)) ?? [targets];
      return knownCondition(alias, {
        // The sign: a candidate has few references in the field, and targets have very many.
        holds: (id) => sql`exists (select 1 from object_reference r where r.source_id = ${id}
          and r.field_id = ${field.id} and +r.target_id in (${joined(ids, ", ")}))`,
        source: sql`select r.source_id as id from object_reference r
          where r.target_id in (${joined(ids, ", ")}) and r.field_id = ${field.id}`,
      });
    }
    const direct = sql`exists (select 1 from object_reference r join object ${t} on ${t}.id = r.target_id
      where r.source_id = ${raw(alias)}.id and r.field_id = ${field.id} and ${test})`;
    return {
      ...condition(direct, { source: referring }),
      unindexed: source === undefined ? inner.unindexed : [],
    };
  }

  /** The objects that refer to this one. */
  async #referrers(
    { type: typeName, field: fieldName, at }: Step & { kind: "referrers" },
    alias: string,
    _scope: Scope,
    then: (source: string, scope: Scope) => Promise<Condition>,
  ): Promise<Condition> {
    const scope = await this.scopeOf([typeName]);
    const { field } = referringField(scope.types, { typeName, fieldName, at });
    const referrer = this.alias();
    const inner = await then(referrer, scope);
    const s = raw(referrer);
    const { test: visible } = this.whereSeen(field, referrer, inner);
    const test = allOf([this.inScope(referrer, scope), this.readable(referrer), visible]);
    const [source] = inner.sources;
    return {
      ...condition(
        sql`exists (select 1 from object_reference r join object ${s} on ${s}.id = r.source_id
          where r.target_id = ${raw(alias)}.id and r.field_id = ${field.id} and ${test})`,
        {
          source:
            source &&
            sql`select r.target_id as id from object ${s}
              join object_reference r on r.source_id = ${s}.id and r.field_id = ${field.id}
              where ${s}.id in (${source}) and ${test}`,
        },
      ),
      unindexed: source === undefined ? inner.unindexed : [],
    };
  }

  /** What may be said of an object itself, at the end of a way that leads to it. */
  async #isObject(test: Test, alias: string): Promise<Condition> {
    if (test.kind === "exists") return everything;
    if (test.kind === "under") return this.#under(alias, await this.target(test.path, test.at));
    if (test.kind === "compare" && test.operator === "=") {
      return this.isOneOf(alias, [test.value], test.at);
    }
    if (test.kind === "in") return this.isOneOf(alias, test.values, test.at);
    const at = test.kind === "compare" ? test.at : 0;
    throw searchInvalid({
      at,
      message: "an object takes = != in empty exists under, or a field of it after a dot",
    });
  }

  /** The object is one of those at these paths. */
  async isOneOf(alias: string, values: readonly Literal[], at: number): Promise<Condition> {
    const ids: number[] = [];
    for (const { value } of values) ids.push(await this.target(String(value), at));
    if (ids.length === 0) return condition(never);
    return condition(isOneOf(raw(`${alias}.id`), ids), {
      source: sql`select id from object where ${isOneOf(raw("id"), ids)}`,
    });
  }

  #allTypes(): Promise<ObjectType[]> {
    return this.#types.all(this.transaction);
  }
}

/** The fields of that name in the types of a scope (I2). */
function fieldsOf(name: string, { types, isAll }: Scope): { type: ObjectType; field: Field }[] {
  // What every object has is not taken from all others because some type has a field of that name.
  if (isAll && isSystemField(name)) return [];
  return types.flatMap((type) => {
    const field = type.field(name);
    return field === undefined ? [] : [{ type, field }];
  });
}
