import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";

/** A group of users, given and shown by name, kept by id. */
export const group: FieldKind = {
  name: "group",
  widget: "group",
  options: {},
  takesDefault: false,
  async parse(input, _options, context) {
    if (typeof input !== "string") throw new ValueFault("the name of a group");
    const id = await context.groupId(input.replace(/^\/system\/groups\//, ""));
    if (id === undefined) throw new ValueFault("the name of a group that exists");
    return id;
  },
  show: (stored, context) => context.groupName(Number(stored)),
  read: (stored, context) => context.groupName(Number(stored)),
  index: Number,
};
