import type { FieldKind } from "../field-kind.ts";
import { Secret, secretMask, ValueFault } from "../field-value.ts";

/** A secret text: sealed before it is stored, shown as a mask, read as a {@link Secret}. */
export const password: FieldKind = {
  name: "password",
  widget: "password",
  options: {},
  takesDefault: false,
  parse(input, _options, { previous, seal, open }) {
    const text = input instanceof Secret ? input.text : input;
    if (typeof text !== "string" || !text.isWellFormed()) throw new ValueFault("a text");
    if (typeof previous === "string") {
      // Who reads an object and writes it back has not changed its password.
      if (text === secretMask || open(previous) === text) return previous;
    } else if (text === secretMask) {
      throw new ValueFault("the password itself, not its mask");
    }
    return seal(text);
  },
  show: () => secretMask,
  read: (stored, { open }) => (typeof stored === "string" ? new Secret(open(stored)) : null),
};
