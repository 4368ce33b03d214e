import { expect, test } from "vitest";
import { z } from "zod";
import { faultText } from "./fault-text.ts";

const schema = z.strictObject({
  type: z.string().max(3),
  fields: z.record(z.string(), z.json()).default({}),
  state: z.enum(["new", "done"]).optional(),
  limit: z.coerce.number().int().min(1).optional(),
});

test.each([
  [undefined, "it needs a body in JSON, and has none"],
  [[], "expected an object, got a list"],
  [{}, "expected a text, got nothing"],
  [{ type: 1 }, "expected a text, got a number"],
  [{ type: "long" }, "expected at most 3 characters"],
  [{ type: "a", fields: "secret" }, "expected an object, got a text"],
  [{ type: "a", filds: {} }, "there is no 'filds' here"],
  [{ type: "a", state: "gone" }, "expected one of new, done"],
  [{ type: "a", limit: "x" }, "expected a number, got something else"],
  [{ type: "a", limit: "0" }, "expected at least 1"],
])("%j is answered with '%s'", (value, message) => {
  const { error } = schema.safeParse(value, { error: faultText });
  expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
});
