/**
 * Who people and programs are: users, groups, tokens, sessions, signing in. It owns the tables
 * `identity_…`; it says who somebody is and never what he may do (that is `objects`), and it knows no HTTP.
 */
export {
  Identity,
  type Credentials,
  type IdentityOptions,
  type SignedIn,
  type Usage,
} from "./identity.ts";
export {
  insertIdentityChange,
  listIdentityChanges,
  type IdentityChange,
} from "./identity-history.ts";
export { scryptHasher, type PasswordHasher } from "./password-hasher.ts";
export { findPrincipal, type Principal } from "./principal.ts";
export { identityMigrations } from "./schema.ts";
export {
  createToken,
  findJobManagerToken,
  findMetricsToken,
  listTokens,
  revokeToken,
  type Token,
  type TokenKind,
} from "./tokens.ts";
export {
  addMember,
  countAdministrators,
  createGroup,
  createUser,
  deleteGroup,
  findGroup,
  findGroupById,
  findUser,
  findUserById,
  groupNames,
  listGroups,
  listUsers,
  memberNames,
  removeMember,
  updateGroup,
  updateUser,
  type Group,
  type User,
  type UserChange,
} from "./users.ts";
