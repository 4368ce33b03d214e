import { setParams, useAddress } from "../../client/navigation.ts";
import { useMe } from "../../client/me.ts";
import { ObjectGrid } from "../../grid/object-grid.tsx";
import { useActions, type Action } from "../../ui/action.ts";
import { ActionButton } from "../../ui/action-button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { IconPlus } from "../../ui/icons.ts";
import { PageHead } from "../../ui/page-head.tsx";
import { t } from "../../ui/text.ts";
import { PersonForm } from "./person-form.tsx";
import type { Kind } from "./people-api.ts";

/** All users, or all groups. */
export default function PeopleList({ kind }: { kind: Kind }) {
  const { isAdministrator } = useMe();
  const isNew = useAddress().params.get("view") === "new";
  const add: Action = {
    id: "new-person",
    label: t(kind === "users" ? "people.newUser" : "people.newGroup"),
    icon: IconPlus,
    shortcut: "n",
    whyNot: isAdministrator ? undefined : t("people.administratorsOnly"),
    perform: () => setParams({ view: "new" }),
  };
  useActions([add]);
  const title = t(kind === "users" ? "app.users" : "app.groups");
  if (isNew) {
    return (
      <>
        <PageHead title={add.label} />
        <PersonForm kind={kind} object={undefined} />
      </>
    );
  }
  return (
    <>
      <PageHead
        title={title}
        says={t(kind === "users" ? "people.usersSay" : "people.groupsSay")}
        actions={<ActionButton action={add} />}
      />
      <ObjectGrid
        label={title}
        directory={`/system/${kind}`}
        type={kind === "users" ? "User" : "Group"}
        first={
          kind === "users"
            ? ["name", "full_name", "email", "groups", "administrator", "disabled"]
            : ["name", "description", "members"]
        }
        empty={<Empty says={t("people.none")} />}
      />
    </>
  );
}
