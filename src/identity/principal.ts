import type { Transaction } from "#database";

/** For whom something is done. Rights are looked up with it at each access, so it is never kept for long. */
export interface Principal {
  /** 0 is the system itself, which is no user. */
  userId: number;
  name: string;
  /** The ids of the groups that he is a member of. */
  groups: readonly number[];
  isAdministrator: boolean;
  /** Only where disabled users were asked for, too: one may do nothing. */
  isDisabled?: boolean;
  via: "session" | "token" | "local" | "process" | "system";
}

/** Gives the principal of a user as he is now; undefined if the user is gone, or disabled unless those are asked for. */
export async function findPrincipal(
  transaction: Transaction,
  userId: number,
  via: Principal["via"],
  options: { disabled?: boolean } = {},
): Promise<Principal | undefined> {
  const user = await transaction.get<{
    name: string;
    is_administrator: number;
    disabled_at: number | null;
  }>("select name, is_administrator, disabled_at from identity_user where id = ?", [userId]);
  if (user === undefined) return undefined;
  const isDisabled = user.disabled_at !== null;
  if (isDisabled && options.disabled !== true) return undefined;
  const rows = await transaction.all<{ group_id: number }>(
    "select group_id from identity_membership where user_id = ? order by group_id",
    [userId],
  );
  return {
    userId,
    name: user.name,
    groups: rows.map((row) => row.group_id),
    isAdministrator: user.is_administrator === 1,
    ...(isDisabled ? { isDisabled } : {}),
    via,
  };
}
