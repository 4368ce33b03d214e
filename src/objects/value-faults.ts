import { TsunagiError } from "#kernel";
import { describeInput } from "./field-value.ts";
import { password } from "./fields/password.ts";
import type { Json } from "./json.ts";
import type { Field } from "./object-type.ts";

/** Values that do not fit are listed up to here, and counted beyond. */
const listedMax = 100;

/** Stored values that a change of their type would break; gathered, so that who asked for the change gets them together. */
export class StoredValueFaults {
  count = 0;
  readonly #message: string;
  readonly #hint: string;
  readonly #listed: { path: string; field: string; expected: string; got: string }[] = [];

  /** `message` says what cannot be. */
  constructor(message: string, hint: string) {
    this.#message = message;
    this.#hint = hint;
  }

  /** `path` is null where who asked may not see the value: it is counted then, not listed. */
  add(path: string | null, { name, kind }: Field, stored: Json, expected: string): void {
    this.count += 1;
    if (path === null || this.#listed.length >= listedMax) return;
    const got =
      stored === null ? "nothing" : kind === password ? "a secret" : describeInput(stored);
    this.#listed.push({ path, field: name, expected, got });
  }

  /** Throws VALUE_INVALID if there is any. */
  assertNone(): void {
    if (this.count === 0) return;
    const [first] = this.#listed;
    const more = this.count === 1 ? "" : `; ${this.count} values do not fit`;
    const which =
      first === undefined
        ? "objects that you may not read have values that do not fit"
        : `'${first.field}' of ${first.path}: expected ${first.expected}, got ${first.got}${more}`;
    throw new TsunagiError("VALUE_INVALID", `${this.#message}: ${which}`, {
      details: { ...first, count: this.count, faults: this.#listed },
      hint: this.#hint,
    });
  }
}
