import type { ComponentType } from "react";
import type { Json } from "#contract";
import type { FieldDefinition } from "./definition.ts";

/**
 * How a kind of fields is shown and edited; the kinds stand in `kinds/`, a few a file, and `field-kinds.ts` lists
 * them. A value in a form is JSON as the API takes it. What is half typed stays the text that it is: the kind then
 * says what was expected, and so would the server.
 */
export interface FieldKindView {
  /** In one line, for a cell, a difference, a copy. */
  text?: (value: Json, field: FieldDefinition) => string;
  /** As it is read; else its text. */
  View?: ComponentType<ViewProps>;
  /** In a cell of a list; else its text. */
  Cell?: ComponentType<ViewProps>;
  Edit: ComponentType<EditProps>;
  /** What is wrong with a value, as far as that is known here; undefined if nothing is. */
  fault?: (value: Json, field: FieldDefinition) => string | undefined;
  isNumeric?: boolean;
  /** Whether values have an order that `<` and sorting may ask for. */
  isOrdered?: boolean;
  /** Whether its value is one of few. */
  isChoice?: boolean;
}

export interface ViewProps {
  field: FieldDefinition;
  value: Json;
  /** Of the object that has it; absent where it is of none. */
  path?: string | undefined;
}

export interface EditProps {
  field: FieldDefinition;
  /** Null: no value. */
  value: Json;
  onChange: (value: Json) => void;
  /** Of the input, for its label. */
  id: string;
  /** Of what explains it: help and fault. */
  describedBy: string | undefined;
  isInvalid: boolean;
  path?: string | undefined;
}

/** What every input takes of these. */
export function inputProps({ id, describedBy, isInvalid, field }: EditProps) {
  return {
    id,
    error: isInvalid,
    ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
    ...(field.placeholder === "" ? {} : { placeholder: field.placeholder }),
    ...(field.isRequired ? { "aria-required": true } : {}),
  };
}
