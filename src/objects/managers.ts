import type { Transaction } from "#database";
import type { Principal } from "#identity";
import { rightBit } from "./rights.ts";

/**
 * How many objects, of one and all below it, nobody could manage but administrators: the owner is the system, or
 * gone or disabled, and the right to manage is given to nobody, or to groups without members who could use it.
 */
export async function countUnmanaged(transaction: Transaction, objectId: number): Promise<number> {
  const row = await transaction.get<{ count: number }>(
    `with recursive subtree (id, owner_id, acl) as (
        select id, owner_id, acl from object where id = ?
        union all
        select o.id, o.owner_id, o.acl from object o join subtree s on o.parent_id = s.id
      )
      select count(*) as count from subtree s
        where not exists (select 1 from identity_user u
          where u.id = s.owner_id and u.disabled_at is null)
        and not exists (select 1 from object_acl a where a.acl = s.acl and (a.rights & ?) <> 0
          and (a.subject = 'everyone'
            or exists (select 1 from identity_user u
              where a.subject = 'user:' || u.id and u.disabled_at is null)
            or exists (select 1 from identity_membership m join identity_user u on u.id = m.user_id
              where a.subject = 'group:' || m.group_id and u.disabled_at is null)))`,
    [objectId, rightBit("manage")],
  );
  return row?.count ?? 0;
}

/** Whether somebody may make an object the property of a user. */
export function mayOwn(principal: Principal, ownerId: number): boolean {
  return principal.isAdministrator || principal.userId === ownerId;
}
