/**
 * A search as a question that is asked of one object after the other: of what is kept elsewhere, and of objects as they were,
 * where no index can be asked. It means what search-compiler.ts says in SQL, with the same rules (I1 to I4 there); a law
 * holds the two together.
 *
 * All that is wrong with a search is found when it is compiled, whatever objects there are.
 */
import {
  foldText,
  parentPath,
  TsunagiError,
  type Comparison,
  type Literal,
  type Search,
  type Step,
  type Test,
} from "#kernel";
import type { ParseContext } from "../field-kind.ts";
import { password } from "../fields/password.ts";
import { compareText } from "../fields/string.ts";
import { isSame, type Json } from "../json.ts";
import type { Field, ObjectType } from "../object-type.ts";
import { typesPath } from "../system-tree.ts";
import { targetTypes } from "../type-references.ts";
import { dayRange, nextDay, toStored } from "./literal-value.ts";
import { referringField } from "./referring-field.ts";
import { searchInvalid, unknownField } from "./search-fault.ts";
import { cannot, isSystemField, systemFields } from "./system-test.ts";

/** An object that is looked at, as the actor may see it. */
export interface Candidate {
  readonly id: number | null;
  readonly path: string;
  readonly name: string;
  readonly ownerId: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Without the fields that the actor may not see. */
  readonly type: ObjectType;
  /** The value that counts of a field of its type, as it is stored. */
  value(field: Field): Json;
}

/** Where the candidates are: at a moment of the past, or in a directory of its own. All of it is what the actor may read. */
export interface CandidateWorld {
  readonly context: ParseContext;
  /** Every type that there is. */
  types(): Promise<readonly ObjectType[]>;
  /** Throws TYPE_UNKNOWN. */
  type(name: string): Promise<ObjectType>;
  /** The objects to which a field of an object refers. */
  targets(candidate: Candidate, field: Field): Promise<readonly Candidate[]>;
  parent(candidate: Candidate): Promise<Candidate | undefined>;
  /** The objects of a type that refer to an object in a field. */
  referrers(candidate: Candidate, type: ObjectType, field: Field): Promise<readonly Candidate[]>;
  /** The object at a path, or undefined. */
  at(path: string): Promise<Candidate | undefined>;
}

/** The types that objects somewhere on a way may have. */
export interface CandidateScope {
  types: readonly ObjectType[];
  isAll: boolean;
}

export type Holds = (candidate: Candidate) => Promise<boolean>;

export class PredicateCompiler {
  readonly #world: CandidateWorld;

  constructor(world: CandidateWorld) {
    this.#world = world;
  }

  async scopeOf(names: readonly string[] | undefined): Promise<CandidateScope> {
    if (names === undefined) return { types: await this.#world.types(), isAll: true };
    const types: ObjectType[] = [];
    for (const name of names) types.push(await this.#world.type(name));
    return { types, isAll: false };
  }

  async compile(search: Search, scope: CandidateScope): Promise<Holds> {
    switch (search.kind) {
      case "all":
        return always;
      case "and":
        return every(await this.#all(search.of, scope));
      case "or":
        return some(await this.#all(search.of, scope));
      case "not":
        return negated(await this.compile(search.of, scope));
      case "text":
        return holdsText(search.text);
      case "under":
        return this.#under(search.path, search.at);
      case "condition": {
        const { test, way } = search;
        if (test.kind === "empty") return negated(await this.#way(way, { kind: "exists" }, scope));
        if (test.kind === "compare" && (test.operator === "!=" || test.operator === "!~")) {
          const contrary: Test = { ...test, operator: test.operator === "!=" ? "=" : "~" };
          return negated(await this.#way(way, contrary, scope));
        }
        return this.#way(way, test, scope);
      }
    }
  }

  async #all(parts: readonly Search[], scope: CandidateScope): Promise<Holds[]> {
    const compiled: Holds[] = [];
    for (const part of parts) compiled.push(await this.compile(part, scope));
    return compiled;
  }

  async #way([step, ...rest]: readonly Step[], test: Test, scope: CandidateScope): Promise<Holds> {
    if (step === undefined) return always;
    if (step.kind === "referrers") return this.#referrers(step, rest, test);
    const { name } = step;
    const fields = fieldsOf(name, scope);
    if (fields.length === 0) return this.#systemWay(step, rest, test, scope);
    const parts = new Map<number, Holds>();
    let fault: unknown;
    for (const { type, field } of fields) {
      try {
        parts.set(type.id, await this.#fieldWay(type, field, step, rest, test));
      } catch (error) {
        // What does not fit one of the types may fit another.
        if (!(error instanceof TsunagiError)) throw error;
        fault ??= error;
      }
    }
    if (parts.size === 0) throw fault;
    return async (candidate) => {
      const isSeen = candidate.type.field(name) !== undefined;
      return isSeen && ((await parts.get(candidate.type.id)?.(candidate)) ?? false);
    };
  }

  async #fieldWay(
    type: ObjectType,
    field: Field,
    { name, at }: Step & { kind: "field" },
    rest: readonly Step[],
    test: Test,
  ): Promise<Holds> {
    if (field.kind === password) {
      throw new TsunagiError("PERMISSION_DENIED", `nobody may search by the password '${name}'`);
    }
    const isReference = field.kind.references !== undefined;
    if (rest.length > 0 || test.kind === "under") {
      if (!isReference) {
        throw searchInvalid({ at, message: `'${name}' of ${type.name} refers to no object` });
      }
      const inner =
        rest.length > 0
          ? await this.#way(rest, test, await this.scopeOf(targetTypes(field)))
          : await this.#isObject(test);
      return async (candidate) => holdsForOne(await this.#world.targets(candidate, field), inner);
    }
    return isReference
      ? this.#referenceTest(type, field, at, test)
      : this.#valueTest(type, field, at, test);
  }

  async #referenceTest(type: ObjectType, field: Field, at: number, test: Test): Promise<Holds> {
    if (test.kind === "exists") return async (candidate) => isThere(field, candidate.value(field));
    if (test.kind === "compare" && test.value.kind === "null" && test.operator === "=") {
      return async (candidate) => !isThere(field, candidate.value(field));
    }
    const values = wantedValues(test);
    if (values === undefined) throw cannotCompare(type, field, at, test);
    const ids = new Set<number | null>();
    for (const { value } of values) ids.add((await this.#target(String(value), at)).id);
    return async (candidate) =>
      (field.kind.references?.(candidate.value(field) ?? []) ?? []).some((id) => ids.has(id));
  }

  async #valueTest(type: ObjectType, field: Field, at: number, test: Test): Promise<Holds> {
    switch (test.kind) {
      case "exists":
        return async (candidate) => isThere(field, candidate.value(field));
      case "empty":
        return always;
      case "under":
        throw cannotCompare(type, field, at, test);
      case "in": {
        const parts: Holds[] = [];
        for (const value of test.values) {
          parts.push(await this.#compare(type, field, at, "=", value));
        }
        return some(parts);
      }
      case "compare":
        return this.#compare(type, field, at, test.operator, test.value);
    }
  }

  async #compare(
    type: ObjectType,
    field: Field,
    at: number,
    operator: Comparison,
    literal: Literal,
  ): Promise<Holds> {
    const refused = () => cannotCompare(type, field, at, { kind: "compare", operator });
    const text = String(literal.value);
    if (literal.kind === "null") {
      if (operator !== "=") throw refused();
      return async (candidate) => !isThere(field, candidate.value(field));
    }
    if (operator === "~") {
      if (field.kind.isText !== true && !holdsList(field)) throw refused();
      const folded = foldText(text);
      return async (candidate) => contains(candidate.value(field), folded);
    }
    if (holdsList(field)) {
      if (operator !== "=") throw refused();
      return async (candidate) => {
        const value = candidate.value(field);
        return Array.isArray(value) && value.some((each) => elementText(each) === text);
      };
    }
    const range = field.kind.name === "datetime" ? dayRange(operator, literal) : undefined;
    if (range === undefined) return this.#compareStored(type, field, at, operator, literal);
    const parts: Holds[] = [];
    for (const { operator: each, at: end } of range) {
      const value = end === "begin" ? text : nextDay(text);
      parts.push(await this.#compareStored(type, field, at, each, { kind: "date", value }));
    }
    return every(parts);
  }

  /** A comparison with a value of the field's kind. */
  async #compareStored(
    type: ObjectType,
    field: Field,
    at: number,
    operator: Comparison,
    literal: Literal,
  ): Promise<Holds> {
    const { kind } = field;
    const { context } = this.#world;
    const stored = await toStored(field, literal, `a search for ${type.name}`, context);
    if (operator !== "=" && (kind.index === undefined || kind.compare === undefined)) {
      throw cannotCompare(type, field, at, { kind: "compare", operator });
    }
    return async (candidate) => {
      const value = candidate.value(field);
      if (value === null) return false;
      if (operator !== "=") return isInOrder(kind.compare?.(value, stored) ?? 0, operator);
      if (kind.index === undefined) return isSame(value, stored);
      return kind.index(value) === kind.index(stored);
    };
  }

  async #systemWay(
    { name, at }: Step & { kind: "field" },
    rest: readonly Step[],
    test: Test,
    scope: CandidateScope,
  ): Promise<Holds> {
    if (!isSystemField(name)) {
      const known = scope.types.flatMap((type) => type.fieldNames);
      const where = scope.isAll || scope.types.length !== 1 ? "no type" : scope.types[0]?.name;
      throw unknownField(at, name, [...known, ...systemFields], where ?? "no type");
    }
    if (rest.length > 0 || (name === "parent" && test.kind === "under")) {
      if (name !== "parent") throw searchInvalid({ at, message: `'${name}' refers to no object` });
      const inner =
        rest.length > 0
          ? await this.#way(rest, test, await this.scopeOf(undefined))
          : await this.#isObject(test);
      return async (candidate) => {
        const parent = await this.#world.parent(candidate);
        return parent !== undefined && inner(parent);
      };
    }
    switch (test.kind) {
      case "exists":
        return async ({ path }) => name !== "parent" || path !== "/";
      case "empty":
        return always;
      case "under":
        throw cannot({ name, at }, "under");
      case "in": {
        const parts: Holds[] = [];
        for (const value of test.values) parts.push(await this.#system(name, at, "=", value));
        return some(parts);
      }
      case "compare":
        return this.#system(name, at, test.operator, test.value);
    }
  }

  async #system(
    name: (typeof systemFields)[number],
    at: number,
    operator: Comparison,
    literal: Literal,
  ): Promise<Holds> {
    const refused = () => cannot({ name, at }, operator);
    const text = String(literal.value ?? "");
    const folded = foldText(text);
    switch (name) {
      case "text":
        if (operator !== "~") throw searchInvalid({ at, message: "'text' takes ~ and !~ only" });
        return holdsText(text);
      case "name":
        return async (candidate) =>
          operator === "~"
            ? contains(candidate.name, folded)
            : isInOrder(compareText(candidate.name, text), operator);
      case "path":
      case "parent": {
        if (operator !== "=") throw refused();
        const { path } = await this.#target(text, at);
        if (name === "path") return async (candidate) => candidate.path === path;
        return async (candidate) => candidate.path !== "/" && parentPath(candidate.path) === path;
      }
      case "type": {
        if (operator !== "=" && operator !== "~") throw refused();
        const meant = text.startsWith(`${typesPath}/`) ? text.slice(typesPath.length + 1) : text;
        return async ({ type }) =>
          operator === "=" ? type.name === meant : contains(type.name, foldText(meant));
      }
      case "owner": {
        if (operator !== "=") throw refused();
        const user = text.replace(/^\/system\/users\//, "");
        const id = user === "system" ? 0 : await this.#world.context.userId(user);
        return async ({ ownerId }) => ownerId === id;
      }
      case "created":
      case "updated":
        return compareTime(name, at, operator, literal);
      case "id": {
        const { value } = literal;
        if (typeof value !== "number" || operator === "~") throw refused();
        return async ({ id }) => id !== null && isInOrder(id - value, operator);
      }
    }
  }

  async #referrers(
    { type: typeName, field: fieldName, at }: Step & { kind: "referrers" },
    rest: readonly Step[],
    test: Test,
  ): Promise<Holds> {
    const scope = await this.scopeOf([typeName]);
    const { type, field } = referringField(scope.types, { typeName, fieldName, at });
    const inner =
      rest.length === 0 ? await this.#isObject(test) : await this.#way(rest, test, scope);
    return async (candidate) => {
      const found = await this.#world.referrers(candidate, type, field);
      // Who may not see the field is told nothing by it.
      return holdsForOne(
        found.filter((each) => each.type.field(fieldName) !== undefined),
        inner,
      );
    };
  }

  /** What may be said of an object itself, at the end of a way that leads to it. */
  async #isObject(test: Test): Promise<Holds> {
    if (test.kind === "exists") return always;
    if (test.kind === "under") return this.#under(test.path, test.at);
    const values = wantedValues(test);
    const at = test.kind === "compare" ? test.at : 0;
    if (values === undefined) {
      throw searchInvalid({
        at,
        message: "an object takes = != in empty exists under, or a field of it after a dot",
      });
    }
    const paths = new Set<string>();
    for (const { value } of values) paths.add((await this.#target(String(value), at)).path);
    return async ({ path }) => paths.has(path);
  }

  async #under(path: string, at: number): Promise<Holds> {
    const { path: directory } = await this.#target(path, at);
    const begin = directory === "/" ? "/" : `${directory}/`;
    return async (candidate) => candidate.path !== "/" && candidate.path.startsWith(begin);
  }

  async #target(path: string, at: number): Promise<Candidate> {
    const found = await this.#world.at(path);
    if (found !== undefined) return found;
    throw searchInvalid({ at, message: `there is no object at ${path} that you may read` });
  }
}

const always: Holds = () => Promise.resolve(true);

function every(parts: readonly Holds[]): Holds {
  return async (candidate) => {
    for (const holds of parts) if (!(await holds(candidate))) return false;
    return true;
  };
}

function some(parts: readonly Holds[]): Holds {
  return async (candidate) => {
    for (const holds of parts) if (await holds(candidate)) return true;
    return false;
  };
}

function negated(holds: Holds): Holds {
  return async (candidate) => !(await holds(candidate));
}

async function holdsForOne(candidates: readonly Candidate[], holds: Holds): Promise<boolean> {
  for (const candidate of candidates) if (await holds(candidate)) return true;
  return false;
}

/** The name or a searched field contains the text. */
function holdsText(text: string): Holds {
  const folded = foldText(text);
  return async (candidate) =>
    contains(candidate.name, folded) ||
    candidate.type.fields.some(
      (field) => field.isSearched && contains(candidate.value(field), folded),
    );
}

/** An element of a list as the database compares it. */
function elementText(element: Json): string {
  return typeof element === "string" ? element : JSON.stringify(element);
}

function contains(value: Json, folded: string): boolean {
  if (value === null) return false;
  return foldText(typeof value === "string" ? value : JSON.stringify(value)).includes(folded);
}

function compareTime(
  name: "created" | "updated",
  at: number,
  operator: Comparison,
  literal: Literal,
): Holds {
  if (operator === "~" || operator === "!~") throw cannot({ name, at }, operator);
  const time = (candidate: Candidate): number => candidate[`${name}At`];
  const range = dayRange(operator, literal);
  if (range !== undefined) {
    const day = String(literal.value);
    return every(
      range.map(({ operator: each, at: end }): Holds => {
        const edge = Date.parse(`${end === "begin" ? day : nextDay(day)}T00:00:00Z`);
        return async (candidate) => isInOrder(time(candidate) - edge, each);
      }),
    );
  }
  const moment = typeof literal.value === "string" ? Date.parse(literal.value) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw searchInvalid({
      at,
      message: `'${name}' is compared with a day or time such as 2026-04-01`,
    });
  }
  return async (candidate) => isInOrder(time(candidate) - moment, operator);
}

function isInOrder(order: number, operator: Comparison): boolean {
  switch (operator) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "!=":
    case "~":
    case "!~":
      return false;
  }
}

function isThere(field: Field, value: Json): boolean {
  if (value === null) return false;
  return !(holdsList(field) && Array.isArray(value) && value.length === 0);
}

function holdsList({ kind }: Field): boolean {
  return kind.name === "list" || kind.name === "choices";
}

/** The fields of that name in the types of a scope. */
function fieldsOf(
  name: string,
  { types, isAll }: CandidateScope,
): { type: ObjectType; field: Field }[] {
  if (isAll && isSystemField(name)) return [];
  return types.flatMap((type) => {
    const field = type.field(name);
    return field === undefined ? [] : [{ type, field }];
  });
}

function cannotCompare(
  type: ObjectType,
  field: Field,
  at: number,
  test: { kind: string; operator?: Comparison },
): TsunagiError {
  return searchInvalid({
    at,
    message: `'${field.name}' of ${type.name} is of kind ${field.kind.name} and cannot be compared with '${test.operator ?? test.kind}'`,
  });
}

/** Of a test for one or some of several values: which; undefined for any other test. */
function wantedValues(test: Test): readonly Literal[] | undefined {
  if (test.kind === "in") return test.values;
  return test.kind === "compare" && test.operator === "=" ? [test.value] : undefined;
}
