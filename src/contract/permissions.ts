import { z } from "zod";
import { fieldsSchema } from "./rest.ts";

/** Who may do what, and who there is. */

export const rightNames = ["read", "write", "execute", "delete", "manage"] as const;

const right = z.enum(rightNames);
const rights = z.array(right);
const subject = z
  .string()
  .max(140)
  .describe("`user:alice`, `group:operators`, or `everyone` who is signed in");

export const grantDocument = z.object({
  subject,
  rights,
  path: z.string().describe("Where the grant stands; it counts for all below, too"),
});
export type GrantDocument = z.infer<typeof grantDocument>;

const origin = z.union([
  grantDocument.extend({ kind: z.literal("grant") }),
  z.object({ kind: z.literal("owner"), path: z.string() }),
  z.object({ kind: z.literal("administrator") }),
]);
export type OriginDocument = z.infer<typeof origin>;

/** Who can do what on an object. */
export const objectRightsDocument = z.object({
  path: z.string(),
  owner: z.string().nullable(),
  grants: z.array(grantDocument).describe("On it and on all above it, the nearest first"),
  users: z
    .array(
      z.object({
        user: z.string(),
        isDisabled: z.boolean(),
        rights,
        through: z.array(origin).describe("Where the rights come from"),
      }),
    )
    .describe("Everybody whom a grant names, alone or in a group, the owner, administrators"),
  isMore: z.boolean(),
});
export type ObjectRightsDocument = z.infer<typeof objectRightsDocument>;

/** What a user can do. */
export const userRightsDocument = z.object({
  user: z.string(),
  isDisabled: z.boolean(),
  isAdministrator: z.boolean(),
  groups: z.array(z.string()),
  grants: z.array(grantDocument).describe("Those that reach him, in order of path"),
  owned: z.array(z.string()).describe("What is his own, as far as it is listed"),
  ownedTotal: z.number().int(),
  isMore: z.boolean(),
});
export type UserRightsDocument = z.infer<typeof userRightsDocument>;

/** Why a user may do something, or may not. */
export const explanationDocument = z.object({
  user: z.string(),
  path: z.string(),
  right,
  isAllowed: z.boolean(),
  through: z.array(origin).describe("What gives him the right, or what he has there instead"),
  reason: z.string(),
});
export type ExplanationDocument = z.infer<typeof explanationDocument>;

const reason = z.string().max(1000).optional().describe("Why; it stands in the history");

export const grantBody = z.strictObject({
  path: z.string().max(1024),
  subject,
  rights,
  mode: z
    .enum(["set", "add", "remove"])
    .default("set")
    .describe("`set`: exactly these rights, none takes the grant away"),
  reason,
});
export type GrantBody = z.infer<typeof grantBody>;

const name = z.string().min(1).max(128);
const force = z
  .boolean()
  .optional()
  .describe("Also if objects are left that only administrators can manage");

export const userBody = z.strictObject({
  name,
  fields: fieldsSchema.default({}).describe("Values by the names of the type User"),
  password: z.string().min(8).max(1024).optional(),
  force,
  reason,
});
export type UserBody = z.infer<typeof userBody>;

const names = z.array(name).max(10_000).optional();

export const groupBody = z.strictObject({
  name,
  fields: fieldsSchema.default({}).describe("Values by the names of the type Group"),
  add: names.describe("Users who become members"),
  remove: names.describe("Users who are members no longer"),
  force,
  reason,
});
export type GroupBody = z.infer<typeof groupBody>;
