import type { Json } from "./json.ts";

/** A stored object, as the value of a field. */
export class Reference {
  readonly id: number;
  /** Where it was when it was read; its text. */
  readonly path: string;
  /** The name of its type. */
  readonly type: string;
  constructor(id: number, path: string, type: string) {
    this.id = id;
    this.path = path;
    this.type = type;
  }
}

/** The text of a password, for those who may use it. Whoever holds one must neither show nor store it. */
export class Secret {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** How a secret is shown, everywhere. */
export const secretMask = "********";

/** What may be given as a value: JSON, or what was read from another field. */
export type FieldInput = Json | Reference | Secret | FieldInput[] | { [key: string]: FieldInput };

/** A value as programs see it. `kind` is the field's; the value is plain JSON but for references and secrets. */
export interface FieldValue {
  kind: string;
  value: Json | Reference | Reference[] | Secret;
}

/** Why a value does not fit: what was expected instead. Becomes one of the faults of VALUE_INVALID. */
export class ValueFault extends Error {
  override name = "ValueFault";
  readonly expected: string;
  /** Where inside the value, such as `[2].kind`. */
  readonly at: string;
  /** What stands there; else the value as a whole is described. */
  readonly got: string | undefined;
  constructor(expected: string, at = "", got?: string) {
    super(`expected ${expected}`);
    this.expected = expected;
    this.at = at;
    this.got = got;
  }
}

/** Several faults of one value. */
export class ValueFaults extends Error {
  override name = "ValueFaults";
  readonly faults: readonly ValueFault[];
  constructor(faults: readonly ValueFault[]) {
    super(faults.map((fault) => fault.message).join("; "));
    this.faults = faults;
  }
}

/** Says in a message what a value is, without giving away a secret or a novel. */
export function describeInput(input: FieldInput | undefined): string {
  if (input === undefined) return "nothing";
  if (input instanceof Secret) return "a secret";
  if (input instanceof Reference) return `the object ${input.path}`;
  const text = JSON.stringify(input) ?? "nothing";
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
