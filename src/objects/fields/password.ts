import type { FieldKind } from "../field-kind.ts";
import { Secret, secretMask, ValueFault } from "../field-value.ts";
import { parseText } from "./string.ts";

/** A secret text: sealed before it is stored, shown as a mask, read as a {@link Secret}. */
export const password: FieldKind = {
  name: "password",
  widget: "password",
  options: {},
  takesDefault: false,
  parse(input, options, { previous, seal, open }) {
    const text = input instanceof Secret ? input.text : input;
    if (typeof text !== "string" || !text.isWellFormed()) throw new ValueFault("a text");
    if (typeof previous === "string") {
      // Who reads an object and writes it back has not changed its password.
      if (text === secretMask) return previous;
      if (open(previous) === text) {
        parseText(text, options);
        return previous;
      }
    } else if (text === secretMask) {
      throw new ValueFault("the password itself, not its mask");
    }
    // A secret text keeps the limits that it has as a text.
    return seal(parseText(text, options));
  },
  show: () => secretMask,
  read: (stored, { open }) => (typeof stored === "string" ? new Secret(open(stored)) : null),
};
