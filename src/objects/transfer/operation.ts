/**
 * One thing that a change does to one object, as a program outside writes it down. Several of them are one transaction;
 * they are done in their order, and what one makes the next may name by its path or its `tempId`.
 */
import { errorKinds, TsunagiError, type ErrorCode } from "#kernel";
import type { FieldInputs } from "../field-input.ts";
import type { Right } from "../rights.ts";

/** Which object: by one of path, id, or the `tempId` of an operation before. */
export interface Target {
  path?: string | undefined;
  id?: number | undefined;
  ref?: string | undefined;
}

/**
 * A value of a field that refers to objects may be `{ref: tempId}`, also inside of a list, of any operation: what comes later
 * is filled in when it is there.
 */
export type Operation =
  | MakeOperation
  | ({ op: "update"; fields?: FieldInputs; owner?: string; ifRevision?: number } & Target)
  | ({ op: "delete"; recursive?: boolean; ifRevision?: number } & Target)
  | ({ op: "move"; to: string; ifRevision?: number } & Target)
  | ({ op: "copy"; to: string; clearUnique?: boolean; tempId?: string } & Target)
  | ({ op: "grant"; rights: readonly Right[]; to: string } & Target);

/** `create` refuses what is there, `put` replaces it. */
export interface MakeOperation {
  op: "create" | "put";
  path: string;
  type: string;
  fields?: FieldInputs;
  /** Makes directories that are missing. */
  parents?: boolean;
  tempId?: string;
  ifRevision?: number;
}

/** One thing that is wrong with an operation or a row. */
export interface OperationFault {
  /** Its number, from 0. */
  index: number;
  /** Where it stands, such as `line 7` of a file. */
  at?: string;
  path?: string;
  field?: string;
  code: ErrorCode;
  message: string;
  hint?: string;
  expected?: string;
  got?: string;
}

/** What is wrong, one fault a field where the failure names fields. Anything but a failure is a bug and goes on. */
export function faultsOf(
  error: unknown,
  place: { index: number; at?: string; path?: string },
): OperationFault[] {
  if (!(error instanceof TsunagiError) || isOurs(error.code)) throw error;
  const { code, message, hint, details } = error;
  const fault = { ...place, code, message, ...(hint === undefined ? {} : { hint }) };
  const { faults, field, path } = details;
  const named = {
    ...(typeof path === "string" && place.path === undefined ? { path } : {}),
    ...(typeof field === "string" ? { field } : {}),
  };
  if (!Array.isArray(faults) || faults.length === 0) return [{ ...fault, ...named }];
  return faults.map((each: { field: string; expected: string; got: string }) => {
    const { field: name, expected, got } = each;
    const text = `field '${name}': expected ${expected}, got ${got}`;
    return { ...fault, message: text, field: name, expected, got };
  });
}

/** Failures of the house or its disk are nobody's row. */
function isOurs(code: ErrorCode): boolean {
  return errorKinds[code].status >= 500;
}
