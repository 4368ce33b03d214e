import { Button, Group, PasswordInput, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { Json, ObjectDocument } from "#contract";
import { Problem } from "../../client/request.ts";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { t } from "../../ui/text.ts";
import { objectQuery, saveFields, type FieldDefinition } from "./api.ts";
import { ConflictPanel } from "./conflict-panel.tsx";
import {
  changedFields,
  conflictsOf,
  draftOf,
  mergedDrafts,
  valueOf,
  type Drafts,
} from "./field-draft.ts";

interface Props {
  object: ObjectDocument;
  fields: readonly FieldDefinition[];
  onDone: () => void;
}

interface Conflict {
  mine: ObjectDocument;
  theirs: ObjectDocument;
  fields: FieldDefinition[];
  mineDrafts: Drafts;
}

/** Changes fields of an object; what others change meanwhile is merged, or asked about. */
export function EditForm({ object, fields, onDone }: Props) {
  const queries = useQueryClient();
  // What the drafts are based on: a newer revision comes in only through a conflict.
  const [base, setBase] = useState(object);
  const [drafts, setDrafts] = useState<Drafts>(() =>
    Object.fromEntries(
      fields.map((field) => [field.name, draftOf(field, object.fields[field.name])]),
    ),
  );
  const [conflict, setConflict] = useState<Conflict>();
  const changed = changedFields(base, fields, drafts);
  const values = changed.map(
    (field) => [field.name, valueOf(field, drafts[field.name] ?? "")] as const,
  );
  const invalid = new Set(values.filter(([, value]) => value === undefined).map(([name]) => name));

  const mutation = useMutation({
    mutationFn: (draft: boolean) =>
      saveFields(base, Object.fromEntries(values) as Record<string, Json>, draft),
    onSuccess: (saved) => {
      queries.setQueryData(objectQuery(saved.path).queryKey, saved);
      onDone();
    },
    onError: async (error) => {
      if (!(error instanceof Problem) || error.code !== "OBJECT_VERSION_CONFLICT") return;
      const theirs = await queries.fetchQuery({ ...objectQuery(object.path), staleTime: 0 });
      setConflict({
        mine: base,
        theirs,
        fields: conflictsOf(base, theirs, fields, drafts),
        mineDrafts: drafts,
      });
      setDrafts(mergedDrafts(base, theirs, fields, drafts));
      setBase(theirs);
    },
  });
  const code = mutation.error instanceof Problem ? mutation.error.code : undefined;
  const change = (name: string, text: string) => setDrafts({ ...drafts, [name]: text });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (invalid.size === 0 && changed.length > 0) mutation.mutate(false);
  };

  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Text c="dimmed">{t("edit.hint")}</Text>
        {conflict !== undefined && (
          <ConflictPanel {...conflict} drafts={drafts} onChoose={change} />
        )}
        {fields.map((field) => (
          <FieldInput
            key={field.name}
            field={field}
            draft={drafts[field.name] ?? ""}
            isInvalid={invalid.has(field.name)}
            onChange={(text) => change(field.name, text)}
          />
        ))}
        {mutation.isError && code !== "OBJECT_VERSION_CONFLICT" && (
          <ProblemNotice error={mutation.error} />
        )}
        <Group gap="sm">
          <Button
            type="submit"
            loading={mutation.isPending}
            disabled={changed.length === 0 || invalid.size > 0}
          >
            {t("edit.save")}
          </Button>
          {code === "SYNTAX_ERROR" && (
            <Button variant="default" onClick={() => mutation.mutate(true)}>
              {t("edit.draft")}
            </Button>
          )}
          <Button variant="default" onClick={onDone}>
            {t("edit.cancel")}
          </Button>
          {changed.length === 0 && <Text c="dimmed">{t("edit.unchanged")}</Text>}
        </Group>
      </Stack>
    </form>
  );
}

interface FieldInputProps {
  field: FieldDefinition;
  draft: string;
  isInvalid: boolean;
  onChange: (text: string) => void;
}

function FieldInput({ field, draft, isInvalid, onChange }: FieldInputProps) {
  const common = {
    label: field.label,
    value: draft,
    error: isInvalid ? t("edit.invalid") : undefined,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  if (field.kind === "password") {
    return <PasswordInput {...common} placeholder="********" autoComplete="new-password" />;
  }
  const isLong = field.kind === "code" || field.kind === "text" || draft.includes("\n");
  const rows = isLong ? Math.min(24, Math.max(4, draft.split("\n").length + 1)) : 1;
  return <Textarea {...common} rows={rows} spellCheck={false} classNames={{ input: "code" }} />;
}
