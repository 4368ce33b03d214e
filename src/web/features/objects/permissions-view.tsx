import { Button, Checkbox, Group, Select, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { GrantDocument, ObjectRightsDocument } from "#contract";
import { changeOf, forgetObjects, objectQuery } from "../../client/objects.ts";
import { queryText, request } from "../../client/request.ts";
import { explanationQuery, type Right } from "../../client/rights.ts";
import { peopleQuery } from "../../fields/object-lookup.ts";
import { Loading } from "../../ui/loading.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { t, told } from "../../ui/text.ts";
import { toastChange } from "../../ui/undo-toast.ts";
import styles from "./permissions-view.module.css";

const rights = ["read", "write", "execute", "delete", "manage"] as const;

const rightsQuery = (path: string) => ({
  queryKey: ["rights", path],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    request<ObjectRightsDocument>(`/.api/v1/rights${queryText({ path })}`, { signal }),
  retry: false,
});

/** Who may do what here, where that comes from, and why somebody may or may not. */
export function PermissionsView({ path, whyNot }: { path: string; whyNot: string | undefined }) {
  const query = useQuery({ ...rightsQuery(path), enabled: whyNot === undefined });
  const queries = useQueryClient();
  const grant = useMutation({
    mutationFn: (body: { subject: string; rights: readonly Right[] }) =>
      request<GrantDocument>("/.api/v1/rights", {
        method: "POST",
        body: { path, mode: "set", ...body },
      }),
    onSuccess: async (granted) => {
      await forgetObjects(queries);
      const object = await queries.fetchQuery({ ...objectQuery(path), staleTime: 0 });
      const change = await changeOf(object);
      const { subject } = granted;
      const text =
        granted.rights.length === 0
          ? t("rights.taken", { subject })
          : t("rights.granted", {
              subject,
              rights: granted.rights.map((right) => t(`right.${right}`)).join(", "),
            });
      toastChange(queries, text, change ?? null);
    },
  });
  if (whyNot !== undefined) {
    return (
      <>
        <Text mb="md">{t("rights.onlyManagers", { why: whyNot })}</Text>
        <Question path={path} isOwn />
      </>
    );
  }
  if (query.isError)
    return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  const { grants, owner, users } = query.data;
  const here = new Set(grants.filter((each) => each.path === path).map(({ subject }) => subject));
  return (
    <div className={styles.view}>
      {grant.isError && <ProblemNotice error={grant.error} />}
      <div className={styles.frame} role="region" aria-label={t("rights.grants")} tabIndex={0}>
        <table className={styles.grid}>
          <thead>
            <tr>
              <th scope="col">{t("rights.who")}</th>
              {rights.map((right) => (
                <th key={right} scope="col">
                  {t(`right.${right}`)}
                </th>
              ))}
              <th scope="col">{t("rights.from")}</th>
            </tr>
          </thead>
          <tbody>
            {owner !== null && (
              <tr>
                <th scope="row">{t("rights.owner", { owner })}</th>
                {rights.map((right) => (
                  <td key={right}>
                    <span aria-label={t("field.yes")}>✓</span>
                  </td>
                ))}
                <td>{t("rights.ownerHere")}</td>
              </tr>
            )}
            {grants.map((each) => (
              <GrantRow
                key={`${each.path}:${each.subject}`}
                entry={each}
                isHere={each.path === path}
                isBusy={grant.isPending}
                onChange={(next) => grant.mutate({ subject: each.subject, rights: next })}
              />
            ))}
          </tbody>
        </table>
      </div>
      <AddGrant taken={here} onAdd={(subject) => grant.mutate({ subject, rights: ["read"] })} />
      <Question path={path} />
      <section>
        <Title order={2} size="h4">
          {t("rights.people")}
        </Title>
        <ul className={styles.people}>
          {users.map((user) => (
            <li key={user.user}>
              <ObjectLink path={`/system/users/${user.user}`}>{user.user}</ObjectLink>
              {user.isDisabled && ` (${t("person.disabled")})`}:{" "}
              {user.rights.map((right) => t(`right.${right}`)).join(", ") || t("rights.nothing")}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function GrantRow(props: {
  entry: GrantDocument;
  isHere: boolean;
  isBusy: boolean;
  onChange: (rights: readonly Right[]) => void;
}) {
  const { entry, isHere, isBusy, onChange } = props;
  const subject = subjectText(entry.subject);
  const holdsAll = entry.rights.includes("manage");
  return (
    <tr data-inherited={!isHere || undefined}>
      <th scope="row">{subject}</th>
      {rights.map((right) => (
        <td key={right}>
          <Checkbox
            aria-label={`${subject}: ${t(`right.${right}`)}`}
            checked={holdsAll || entry.rights.includes(right)}
            // To manage is to do everything else, too.
            disabled={!isHere || isBusy || (holdsAll && right !== "manage")}
            onChange={({ currentTarget }) =>
              onChange(
                currentTarget.checked
                  ? [...entry.rights, right]
                  : entry.rights.filter((each) => each !== right),
              )
            }
          />
        </td>
      ))}
      <td>
        {isHere ? (
          <Button size="compact-xs" variant="default" onClick={() => onChange([])}>
            {t("rights.remove")}
          </Button>
        ) : (
          <ObjectLink path={entry.path} params={{ view: "permissions" }}>
            {t("rights.fromPath", { path: entry.path })}
          </ObjectLink>
        )}
      </td>
    </tr>
  );
}

function subjectText(subject: string): string {
  const [kind, ...name] = subject.split(":");
  if (kind === "user") return t("rights.user", { name: name.join(":") });
  if (kind === "group") return t("rights.group", { name: name.join(":") });
  return t("rights.everyone");
}

function AddGrant({
  taken,
  onAdd,
}: {
  taken: ReadonlySet<string>;
  onAdd: (subject: string) => void;
}) {
  const users = useQuery(peopleQuery("users")).data ?? [];
  const groups = useQuery(peopleQuery("groups")).data ?? [];
  const subjects = [
    "everyone",
    ...groups.map(({ name }) => `group:${name}`),
    ...users.map(({ name }) => `user:${name}`),
  ].filter((subject) => !taken.has(subject));
  return (
    <Select
      label={t("rights.add")}
      data={subjects.map((subject) => ({ value: subject, label: subjectText(subject) }))}
      value={null}
      searchable
      maw={400}
      onChange={(subject) => subject !== null && onAdd(subject)}
    />
  );
}

/** What can somebody do here, and why? */
function Question({ path, isOwn = false }: { path: string; isOwn?: boolean }) {
  const users = useQuery(peopleQuery("users")).data ?? [];
  const [user, setUser] = useState<string | null>(null);
  const [right, setRight] = useState<Right>("read");
  const asked = user ?? "";
  const answer = useQuery({ ...explanationQuery(asked, path, right), enabled: asked !== "" });
  return (
    <section className={styles.question} aria-label={t("rights.question")}>
      <Group gap="sm" align="flex-end">
        <Select
          label={t("rights.questionWho")}
          data={users.map(({ name }) => name)}
          value={user}
          onChange={setUser}
          searchable
        />
        <Select
          label={t("rights.questionWhat")}
          data={rights.map((each) => ({ value: each, label: t(`right.${each}`) }))}
          value={right}
          allowDeselect={false}
          onChange={(next) => setRight(next as Right)}
        />
      </Group>
      {isOwn && users.length === 0 && <Text c="dimmed">{t("rights.own")}</Text>}
      {answer.isError && <ProblemNotice error={answer.error} />}
      {answer.data !== undefined && (
        <p role="status">
          <b>{t(answer.data.isAllowed ? "field.yes" : "field.no")}</b> — {told(answer.data.reason)}
        </p>
      )}
    </section>
  );
}
