import { ActionIcon, Button, CloseButton, Group, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { joinPath } from "#kernel";
import type { Json, ObjectDocument } from "#contract";
import { forgetObjects, objectQuery, transact } from "../../client/objects.ts";
import { open } from "../../client/navigation.ts";
import { useMyRights } from "../../client/rights.ts";
import { labelText, typesPath } from "../../fields/definition.ts";
import { useActions } from "../../ui/action.ts";
import { Loading } from "../../ui/loading.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t, type TextKey } from "../../ui/text.ts";
import { toastChange } from "../../ui/undo-toast.ts";
import { useIsPhone } from "../../ui/use-media.ts";
import { ViewTabs } from "../../ui/view-tabs.tsx";
import { FieldOptions } from "./field-options.tsx";
import {
  addField,
  changeField,
  draftOfType,
  fieldsOfTable,
  moveField,
  removeField,
  type FieldDraft,
  type TypeDraft,
} from "./type-draft.ts";
import { Impact, operationsOf, useImpact } from "./impact.tsx";
import styles from "./type-designer.module.css";
import { Preview } from "./type-preview.tsx";
import { asText } from "../../fields/as-text.ts";

/** Designs a type, a new one or one that is there: its fields, what they say, and the form that comes of it. */
export default function TypeDesigner({ path }: { path: string | undefined }) {
  const query = useQuery({ ...objectQuery(path ?? ""), enabled: path !== undefined });
  if (path === undefined) return <Designer object={undefined} />;
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <ProblemNotice error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  return <Designer key={query.data.revision} object={query.data} />;
}

function Designer({ object }: { object: ObjectDocument | undefined }) {
  const queries = useQueryClient();
  const isPhone = useIsPhone();
  const isNew = object === undefined;
  const rights = useMyRights(object?.path ?? typesPath);
  const [draft, setDraft] = useState<TypeDraft>(() => draftOfType(object));
  const [chosen, setChosen] = useState<number>(0);
  const [isTouched, setTouched] = useState(false);
  const edited = draft.fields.find(({ key }) => key === chosen);
  const isChanged = JSON.stringify(draft) !== JSON.stringify(draftOfType(object));
  const names = draft.fields.map(({ spec }) => asText(spec.name));
  const nameless = names.some((name, index) => name === "" || names.indexOf(name) < index);
  const path = isNew ? joinPath(typesPath, draft.name) : object.path;
  const impact = useImpact(draft, object, path, isChanged && !nameless && draft.name !== "");
  const whyNot = rights.whyNot("write") ?? (isPhone ? t("designer.onPhone") : undefined);

  const mutation = useMutation({
    mutationFn: () => transact({ operations: operationsOf(draft, object, path) }),
    onSuccess: async ({ change }) => {
      toastChange(
        queries,
        change === null ? t("form.saved") : t("form.savedAs", { change }),
        change,
      );
      await forgetObjects(queries);
      if (isNew) open(path);
    },
  });
  const save = () => {
    setTouched(true);
    if (whyNot === undefined && !nameless && draft.name !== "" && (isChanged || isNew))
      mutation.mutate();
  };
  useActions([
    { id: "save", label: t("designer.save"), shortcut: "Ctrl+S", whyNot, perform: save },
  ]);
  const edit = (next: TypeDraft) => {
    mutation.reset();
    setDraft(next);
  };
  const add = () => {
    edit(addField(draft));
    setChosen(draft.next);
  };
  const move = (key: number, by: number) => edit(moveField(draft, key, by));
  const faultOf = ({ key, spec }: FieldDraft): string | undefined => {
    if (!isTouched && spec.name === "") return undefined;
    if (spec.name === "") return t("form.required");
    return names.indexOf(asText(spec.name)) < draft.fields.findIndex((each) => each.key === key)
      ? t("field.twice")
      : undefined;
  };
  return (
    <>
      <PageHead
        title={isNew ? t("new.type") : object.name}
        meta={isNew ? "" : t("object.meta", { type: "Type", revision: object.revision })}
        says={t("designer.says")}
        actions={
          <Button
            onClick={save}
            loading={mutation.isPending}
            disabled={whyNot !== undefined || (!isChanged && !isNew)}
            {...(whyNot === undefined ? { title: "Ctrl+S" } : { title: whyNot })}
          >
            {t("designer.save")}
          </Button>
        }
      />
      {!isNew && (
        <ViewTabs
          path={object.path}
          current="fields"
          views={[
            { id: "fields", label: t("object.fields"), isDefault: true },
            { id: "references", label: t("object.references") },
            { id: "history", label: t("object.history") },
            { id: "permissions", label: t("object.permissions") },
          ]}
        />
      )}
      {whyNot !== undefined && <Text c="dimmed">{whyNot}</Text>}
      <Group gap="sm" mb="md" align="flex-start">
        {isNew && (
          <TextInput
            label={t("designer.typeName")}
            value={draft.name}
            autoFocus
            error={isTouched && draft.name === "" ? t("form.required") : undefined}
            onChange={(event) => edit({ ...draft, name: event.currentTarget.value })}
          />
        )}
        <TextInput
          label={t("designer.description")}
          value={draft.description}
          flex={1}
          onChange={(event) => edit({ ...draft, description: event.currentTarget.value })}
        />
      </Group>
      {mutation.isError && <ProblemNotice error={mutation.error} />}
      <Impact impact={impact} type={isNew ? undefined : object.name} />
      <div className={styles.designer}>
        <section className={styles.panel} aria-label={t("designer.fields")}>
          <h2>{t("designer.fields")}</h2>
          <ol className={styles.fields}>
            {draft.fields.map((field) => (
              <li key={field.key} data-chosen={field.key === chosen || undefined}>
                <button
                  type="button"
                  aria-current={field.key === chosen}
                  onClick={() => setChosen(field.key)}
                  onKeyDown={(event) => {
                    const by = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
                    if (by === undefined) return;
                    event.preventDefault();
                    move(field.key, by);
                  }}
                >
                  <b>
                    {labelText(field.spec.label) ||
                      asText(field.spec.name) ||
                      t("designer.unnamed")}
                    {field.spec.required === true && " *"}
                  </b>
                  <small>{t(`kind.${asText(field.spec.kind)}` as TextKey)}</small>
                </button>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("columns.up", { column: asText(field.spec.name) })}
                  onClick={() => move(field.key, -1)}
                >
                  ↑
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("columns.down", { column: asText(field.spec.name) })}
                  onClick={() => move(field.key, 1)}
                >
                  ↓
                </ActionIcon>
                <CloseButton
                  aria-label={t("designer.removeField", { field: asText(field.spec.name) })}
                  onClick={() => edit(removeField(draft, field.key))}
                />
              </li>
            ))}
          </ol>
          <Button variant="default" size="xs" onClick={add}>
            {t("designer.addField")}
          </Button>
          {draft.fields.length === 0 && (
            <Paste
              onPaste={(specs) => edit(specs.reduce((all, spec) => addField(all, spec), draft))}
            />
          )}
        </section>
        <section className={styles.panel} aria-label={t("designer.field")}>
          <h2>{t("designer.field")}</h2>
          {edited === undefined ? (
            <Text c="dimmed">{t("designer.chooseField")}</Text>
          ) : (
            <FieldOptions
              key={edited.key}
              spec={edited.spec}
              isNew={edited.spec.id === undefined}
              fault={faultOf(edited)}
              onChange={(spec) => edit(changeField(draft, edited.key, spec))}
            />
          )}
        </section>
        <Preview draft={draft} />
      </div>
    </>
  );
}

function Paste({ onPaste }: { onPaste: (specs: Record<string, Json>[]) => void }) {
  return (
    <Textarea
      mt="sm"
      label={t("designer.paste")}
      description={t("designer.pasteHint")}
      rows={3}
      value=""
      onChange={() => undefined}
      onPaste={(event) => {
        event.preventDefault();
        onPaste(fieldsOfTable(event.clipboardData.getData("text")));
      }}
    />
  );
}
