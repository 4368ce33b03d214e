import { Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ObjectDocument } from "#contract";
import { setParams, useAddress } from "../../client/navigation.ts";
import { useMe } from "../../client/me.ts";
import { forgetObjects, objectQuery } from "../../client/objects.ts";
import { plainField, useTypes } from "../../fields/definition.ts";
import { FieldValue } from "../../fields/field-value.tsx";
import rowStyles from "../../fields/field-row.module.css";
import { useActions, type Action } from "../../ui/action.ts";
import { ActionButton } from "../../ui/action-button.tsx";
import { Empty } from "../../ui/empty.tsx";
import { IconEdit, IconLock } from "../../ui/icons.ts";
import { Loading } from "../../ui/loading.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t } from "../../ui/text.ts";
import { toast } from "../../ui/toasts.ts";
import { ViewTabs } from "../../ui/view-tabs.tsx";
import { savePerson, userRightsQuery, type Kind } from "./people-api.ts";
import { PersonForm } from "./person-form.tsx";
import styles from "./people.module.css";
import { asText } from "../../fields/as-text.ts";

/** A user or a group: who that is, what he may do, what he did. */
export default function PersonPage({ kind, name }: { kind: Kind; name: string }) {
  const path = `/system/${kind}/${name}`;
  const query = useQuery(objectQuery(path));
  const isEditing = useAddress().params.get("view") === "edit";
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <ProblemNotice error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  return <Present kind={kind} object={query.data} isEditing={isEditing} />;
}

function Present(props: { kind: Kind; object: ObjectDocument; isEditing: boolean }) {
  const { kind, object, isEditing } = props;
  const { isAdministrator } = useMe();
  const { types } = useTypes();
  const queries = useQueryClient();
  const { path, name, fields } = object;
  const isDisabled = fields.disabled === true;
  const disable = useMutation({
    mutationFn: (disabled: boolean) => savePerson(kind, { name, fields: { disabled } }, false),
    onSuccess: async (_saved, disabled) => {
      await forgetObjects(queries);
      toast(t(disabled ? "people.wasDisabled" : "people.wasEnabled", { name }), () =>
        disable.mutate(!disabled),
      );
    },
  });
  const whyNot = isAdministrator ? undefined : t("people.administratorsOnly");
  const actions: Action[] = [
    {
      id: "edit",
      label: t("object.edit"),
      icon: IconEdit,
      shortcut: "e",
      whyNot,
      perform: () => setParams({ view: "edit" }),
    },
    ...(kind === "users"
      ? [
          {
            id: "disable",
            label: t(isDisabled ? "people.enable" : "people.disable"),
            icon: IconLock,
            whyNot,
            perform: () => disable.mutate(!isDisabled),
          },
        ]
      : []),
  ];
  useActions(actions);
  const known = types.get(object.type)?.fields ?? [];
  return (
    <>
      <PageHead
        title={name}
        meta={t(kind === "users" ? "rights.user" : "rights.group", { name: "" }).trim()}
        {...(isDisabled ? { says: t("people.isDisabled") } : {})}
        actions={actions.map((action) => (
          <ActionButton key={action.id} action={action} />
        ))}
      />
      <ViewTabs
        path={path}
        current="fields"
        views={[
          { id: "fields", label: t("object.fields"), isDefault: true },
          { id: "history", label: t("object.history") },
        ]}
      />
      {disable.isError && <ProblemNotice error={disable.error} />}
      {isEditing ? (
        <PersonForm kind={kind} object={object} />
      ) : (
        <>
          <dl className={styles.section}>
            {Object.entries(fields).map(([field, value]) => {
              const definition =
                known.find((each) => each.name === field) ?? plainField(field, "string");
              const link =
                field === "groups" ? "groups" : field === "members" ? "users" : undefined;
              return (
                <div key={field} className={rowStyles.row}>
                  <dt className={rowStyles.label}>{definition.label}</dt>
                  <dd className={rowStyles.value}>
                    {link !== undefined && Array.isArray(value) && value.length > 0 ? (
                      value.map((each) => (
                        <span key={asText(each)}>
                          <ObjectLink path={`/system/${link}/${asText(each)}`}>
                            {asText(each)}
                          </ObjectLink>{" "}
                        </span>
                      ))
                    ) : (
                      <FieldValue
                        field={definition}
                        value={Array.isArray(value) && value.length === 0 ? null : value}
                      />
                    )}
                  </dd>
                </div>
              );
            })}
          </dl>
          {kind === "users" && <Rights user={name} />}
        </>
      )}
    </>
  );
}

/** What somebody may do, and through what. */
function Rights({ user }: { user: string }) {
  const query = useQuery(userRightsQuery(user));
  if (query.isError) return <ProblemNotice error={query.error} />;
  if (query.data === undefined) return <Loading rows={3} />;
  const { isAdministrator, grants, owned, ownedTotal } = query.data;
  return (
    <section className={styles.card}>
      <Title order={2} size="h4">
        {t("people.may")}
      </Title>
      {isAdministrator && <p>{t("people.isAdministrator")}</p>}
      {!isAdministrator && grants.length === 0 && ownedTotal === 0 && (
        <Empty says={t("rights.nothing")} />
      )}
      <ul>
        {grants.map((grant) => (
          <li key={`${grant.path}:${grant.subject}`}>
            <ObjectLink path={grant.path} params={{ view: "permissions" }}>
              {grant.path}
            </ObjectLink>
            {`: ${grant.rights.map((right) => t(`right.${right}`)).join(", ")} (${grant.subject})`}
          </li>
        ))}
        {owned.slice(0, ownedMax).map((path) => (
          <li key={path}>
            <ObjectLink path={path}>{path}</ObjectLink>: {t("people.owns")}
          </li>
        ))}
        {ownedTotal > ownedMax && <li>{t("undo.more", { count: ownedTotal - ownedMax })}</li>}
      </ul>
    </section>
  );
}

const ownedMax = 20;
