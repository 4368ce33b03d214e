import { Button, Group, MultiSelect, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Json, ObjectDocument } from "#contract";
import { open } from "../../client/navigation.ts";
import { forgetObjects, objectQuery } from "../../client/objects.ts";
import { isSame } from "../../diff/value-diff.ts";
import { useTypes } from "../../fields/definition.ts";
import { FieldRow } from "../../fields/field-row.tsx";
import rowStyles from "../../fields/field-row.module.css";
import { settled } from "../../fields/field-kinds.ts";
import { peopleQuery } from "../../fields/object-lookup.ts";
import { madePassword } from "../../fields/kinds/secret-kind.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { t } from "../../ui/text.ts";
import { toast } from "../../ui/toasts.ts";
import { savePerson, type Kind } from "./people-api.ts";
import styles from "./people.module.css";

/** What follows from memberships, and is changed at the groups. */
const derived = new Set(["groups", "members"]);

/** A user or a group: its fields, a password, its members. */
export function PersonForm({ kind, object }: { kind: Kind; object: ObjectDocument | undefined }) {
  const queries = useQueryClient();
  const { types } = useTypes();
  const isNew = object === undefined;
  const fields = (types.get(kind === "users" ? "User" : "Group")?.fields ?? []).filter(
    ({ name }) => !derived.has(name),
  );
  const [name, setName] = useState(object?.name ?? "");
  const [values, setValues] = useState<Readonly<Record<string, Json>>>(object?.fields ?? {});
  const [password, setPassword] = useState("");
  const before = membersOf(object);
  const [members, setMembers] = useState<readonly string[]>(before);
  const people = useQuery({ ...peopleQuery("users"), enabled: kind === "groups" }).data ?? [];
  const changed = Object.fromEntries(
    fields
      .map((field) => [field.name, settled(field, values[field.name] ?? null)] as const)
      .filter(([name, value]) => !isSame(value, object?.fields[name] ?? null)),
  );
  const add = members.filter((each) => !before.includes(each));
  const remove = before.filter((each) => !members.includes(each));
  const mutation = useMutation({
    mutationFn: () =>
      savePerson(
        kind,
        {
          name,
          fields: changed,
          ...(password === "" ? {} : { password }),
          ...(add.length === 0 ? {} : { add }),
          ...(remove.length === 0 ? {} : { remove }),
        },
        isNew,
      ),
    onSuccess: async (saved) => {
      queries.setQueryData(objectQuery(saved.path).queryKey, saved);
      await forgetObjects(queries);
      toast(t("form.saved"));
      open(saved.path);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    mutation.mutate();
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <div className={styles.section}>
        {isNew && (
          <Row label={t("object.name")} id="person-name">
            <TextInput
              id="person-name"
              value={name}
              required
              autoFocus
              autoComplete="off"
              maw={400}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </Row>
        )}
        {fields.map((field) => (
          <FieldRow
            key={field.name}
            field={field}
            value={values[field.name] ?? null}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {kind === "users" && (
          <Row label={t(isNew ? "people.password" : "people.newPassword")} id="person-password">
            <Group gap="sm">
              <PasswordInput
                id="person-password"
                value={password}
                minLength={8}
                autoComplete="new-password"
                w={320}
                visibilityToggleButtonProps={{ "aria-label": t("field.show") }}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
              <Button variant="default" onClick={() => setPassword(madePassword())}>
                {t("field.generate")}
              </Button>
            </Group>
          </Row>
        )}
        {kind === "groups" && (
          <Row label={t("people.members")} id="person-members">
            <MultiSelect
              id="person-members"
              data={people.map(({ name }) => name)}
              value={[...members]}
              onChange={setMembers}
              searchable
              maw={560}
            />
          </Row>
        )}
      </div>
      {mutation.isError && <ProblemNotice error={mutation.error} />}
      <Group gap="sm">
        <Button type="submit" loading={mutation.isPending} disabled={name === ""}>
          {t("form.save")}
        </Button>
        <Button variant="default" onClick={() => open(object?.path ?? `/system/${kind}`)}>
          {t("form.cancel")}
        </Button>
      </Group>
    </form>
  );
}

function Row({ label, id, children }: { label: string; id: string; children: React.ReactNode }) {
  return (
    <div className={rowStyles.row}>
      <label htmlFor={id} className={rowStyles.label}>
        {label}
      </label>
      <div className={rowStyles.value}>{children}</div>
    </div>
  );
}

function membersOf(object: ObjectDocument | undefined): string[] {
  const members = object?.fields.members;
  return Array.isArray(members) ? members.filter((each) => typeof each === "string") : [];
}
