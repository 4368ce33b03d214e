import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";

/** A user, given and shown by name, kept by id. */
export const user: FieldKind = {
  name: "user",
  widget: "user",
  options: {},
  takesDefault: false,
  async parse(input, _options, context) {
    if (typeof input !== "string") throw new ValueFault("the name of a user");
    const id = await context.userId(input.replace(/^\/system\/users\//, ""));
    if (id === undefined) throw new ValueFault("the name of a user that exists");
    return id;
  },
  show: (stored, context) => context.userName(Number(stored)),
  read: (stored, context) => context.userName(Number(stored)),
  index: Number,
};
