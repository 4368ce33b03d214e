import { Button, Group, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
import type { Json, ObjectDocument } from "#contract";
import { forgetObjects, makeObject, objectQuery, saveFields } from "../../client/objects.ts";
import { Problem } from "../../client/request.ts";
import type { FieldDefinition } from "../../fields/definition.ts";
import { bySection, FieldRow } from "../../fields/field-row.tsx";
import { useActions } from "../../ui/action.ts";
import { Notice } from "../../ui/notice.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { t } from "../../ui/text.ts";
import { ConflictPanel, type Conflict } from "./conflict-panel.tsx";
import { faultsIn, type FieldFaults } from "./field-faults.ts";
import group from "../../ui/section.module.css";
import styles from "./object-form.module.css";
import {
  changedFields,
  changesOf,
  conflictsOf,
  faultsOf,
  mergedValues,
  valuesOf,
  type FormValues,
} from "./form-values.ts";
import { useDraft } from "./use-draft.ts";

interface Props {
  /** What is edited; of what is to be made, an object without revision. */
  object: ObjectDocument;
  /** Of what is to be made: under which name its draft is kept. */
  newUnder?: string | undefined;
  fields: readonly FieldDefinition[];
  /** What stands in it at first, in place of the object's own values. */
  initial?: Record<string, Json>;
  /** The field that is to be changed first. */
  focus?: string | undefined;
  /** Why it cannot be saved yet, for a reason outside of its fields; `onBlocked` shows where. */
  blocked?: string | undefined;
  onBlocked?: () => void;
  onSaved: (saved: ObjectDocument) => void;
  onCancel: () => void;
}

/**
 * The form of an object, made from its type. What is typed is kept in this browser within a second; what others change
 * meanwhile is merged, or asked about; what is wrong is said beside the field.
 */
export function ObjectForm(props: Props) {
  const { object, newUnder, fields, focus, blocked, onBlocked, onSaved, onCancel } = props;
  const isNew = newUnder !== undefined;
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  // What the form is based on: a newer revision comes in only through a conflict.
  const [base, setBase] = useState(object);
  const [values, setValues] = useState<FormValues>(() => ({
    ...valuesOf(object, fields),
    ...props.initial,
  }));
  const [conflict, setConflict] = useState<Conflict>();
  const [faults, setFaults] = useState<FieldFaults>(new Map());
  const [reason, setReason] = useState("");
  // Widgets keep what is half typed; where values come from elsewhere, they begin anew.
  const [filling, setFilling] = useState(0);
  const changed = changedFields(base, fields, values);
  const draft = useDraft({ base, newUnder, fields, values });

  const mutation = useMutation({
    mutationFn: (isDraft: boolean) => {
      const changes = changesOf(base, fields, values);
      return isNew
        ? makeObject(object.path, base.type, withoutNulls(changes), { reason, isDraft })
        : saveFields(base, changes, { reason, isDraft });
    },
    onSuccess: async (saved) => {
      await draft.drop();
      queries.setQueryData(objectQuery(saved.path).queryKey, saved);
      onSaved(saved);
      await forgetObjects(queries);
    },
    onError: async (error) => {
      if (!(error instanceof Problem)) return;
      if (error.code === "OBJECT_VERSION_CONFLICT" && !isNew) await merge();
      setFaults(faultsIn(error, isNew ? object.path : base.path));
    },
  });

  const merge = async () => {
    const theirs = await queries.fetchQuery({ ...objectQuery(base.path), staleTime: 0 });
    setConflict({ base, theirs, fields: conflictsOf(base, theirs, fields, values), mine: values });
    setValues(mergedValues(base, theirs, fields, values));
    setFilling(filling + 1);
    setBase(theirs);
  };

  const save = () => {
    if (mutation.isPending) return;
    const found = faultsOf(fields, values, { required: t("form.required") });
    setFaults(found);
    if (blocked !== undefined) return onBlocked?.();
    if (found.size === 0 && (changed.length > 0 || isNew)) mutation.mutate(false);
  };
  useFocus(form, faults, focus);
  useActions([
    { id: "save", label: t("form.save"), shortcut: "Ctrl+S", perform: save },
    { id: "cancel-edit", label: t("form.cancel"), perform: onCancel },
  ]);

  const change = (name: string, value: Json) => {
    setValues((before) => ({ ...before, [name]: value }));
    if (faults.has(name)) setFaults(new Map([...faults].filter(([other]) => other !== name)));
  };
  const fill = (given: Record<string, Json>) => {
    setValues((before) => ({ ...before, ...given }));
    setFilling((before) => before + 1);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  const code = mutation.error instanceof Problem ? mutation.error.code : undefined;
  const isToldElsewhere =
    code === "OBJECT_VERSION_CONFLICT" || (code === "VALUE_INVALID" && faults.size > 0);
  const changedNames = new Set(changed.map(({ name }) => name));
  return (
    <form ref={form} onSubmit={submit} className={styles.form} noValidate>
      {draft.found !== undefined && (
        <Notice tone="warn" title={t("draft.found", { time: draft.foundAt })}>
          <Text>
            {draft.found.revision === base.revision || isNew
              ? t("draft.same")
              : t("draft.older", { revision: draft.found.revision ?? 0, now: base.revision })}
          </Text>
          <Group gap="sm" mt="xs">
            <Button size="xs" onClick={() => fill(draft.take())}>
              {t("draft.restore")}
            </Button>
            <Button size="xs" variant="default" onClick={() => void draft.drop()}>
              {t("draft.discard")}
            </Button>
          </Group>
        </Notice>
      )}
      {draft.isElsewhere && <Notice tone="warn" title={t("draft.elsewhere")} />}
      {conflict !== undefined && (
        <ConflictPanel
          conflict={conflict}
          values={values}
          onChoose={(name, value) => fill({ [name]: value })}
        />
      )}
      {bySection(fields).map(([section, members]) => (
        <section key={section} className={group.section}>
          {section !== "" && <h2>{section}</h2>}
          {members.map((field) => (
            <FieldRow
              key={`${field.name}/${filling}`}
              field={field}
              value={values[field.name] ?? null}
              path={isNew ? undefined : base.path}
              fault={faults.get(field.name)}
              mark={
                changedNames.has(field.name) && !isNew ? (
                  <span className={styles.changed}>{t("form.changedMark")}</span>
                ) : undefined
              }
              onChange={(value) => change(field.name, value)}
            />
          ))}
        </section>
      ))}
      {fields.length === 0 && <Text c="dimmed">{t("object.noFields")}</Text>}
      {mutation.isError && !isToldElsewhere && <ProblemNotice error={mutation.error} />}
      <div className={styles.bar}>
        <Text c="dimmed" size="sm">
          {isNew
            ? t("form.new")
            : changed.length === 0
              ? t("form.unchanged")
              : t("form.changed", { count: changed.length })}
        </Text>
        <TextInput
          className={styles.reason}
          value={reason}
          maxLength={1000}
          aria-label={t("form.reason")}
          placeholder={t("form.reason")}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {code === "SYNTAX_ERROR" && (
          <Button variant="default" onClick={() => mutation.mutate(true)}>
            {t("form.asDraft")}
          </Button>
        )}
        <Button variant="default" onClick={onCancel}>
          {t("form.cancel")}
        </Button>
        <Button
          type="submit"
          loading={mutation.isPending}
          disabled={changed.length === 0 && !isNew}
          title="Ctrl+S"
        >
          {t("form.save")}
        </Button>
      </div>
    </form>
  );
}

function withoutNulls(values: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** The first wrong field gets the focus; before that the one that was asked for. */
function useFocus(
  form: React.RefObject<HTMLFormElement | null>,
  faults: FieldFaults,
  focus: string | undefined,
): void {
  useEffect(() => {
    const [name] = faults.keys();
    focusField(form.current, name);
  }, [form, faults]);
  useEffect(() => {
    focusField(form.current, focus);
  }, [form, focus]);
}

function focusField(form: HTMLFormElement | null, name: string | undefined): void {
  if (form === null || name === undefined) return;
  const row = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  row?.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
  row?.scrollIntoView({ block: "nearest" });
}
