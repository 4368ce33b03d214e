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
export { scryptHasher, type PasswordHasher } from "./password-hasher.ts";
export { findPrincipal, type Principal } from "./principal.ts";
export { identityMigrations } from "./schema.ts";
export {
  createToken,
  findJobManagerToken,
  listTokens,
  revokeToken,
  type Token,
  type TokenKind,
} from "./tokens.ts";
export {
  addMember,
  createGroup,
  createUser,
  findGroup,
  findGroupById,
  findUser,
  findUserById,
  listGroups,
  listUsers,
  removeMember,
  updateUser,
  type Group,
  type User,
} from "./users.ts";
