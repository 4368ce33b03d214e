import { Button, Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { BulkEditDocument, ChangeDocument, FaultDocument, Json } from "#contract";
import { forgetObjects, transact } from "../client/objects.ts";
import { request } from "../client/request.ts";
import { ValueChange } from "../diff/value-change.tsx";
import { useTypes, type FieldDefinition } from "../fields/definition.ts";
import { FieldRow } from "../fields/field-row.tsx";
import { settled } from "../fields/field-kinds.ts";
import type { Chosen } from "./object-grid.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Loading } from "../ui/loading.tsx";
import { ObjectLink } from "../ui/object-link.tsx";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { numberText, t } from "../ui/text.ts";
import { toastChange } from "../ui/undo-toast.ts";
import styles from "./bulk-edit.module.css";

interface Edit {
  chosen: Chosen;
  type: string;
  fields: Record<string, Json>;
}

interface Outcome {
  change: number | null;
  objects: ChangeDocument[];
  total: number;
  faults: FaultDocument[];
  fingerprint?: string;
}

/** The same new values for many objects: typed, then seen old → new object by object, then applied as one change. */
export function BulkEdit({
  chosen,
  type,
  onClose,
}: {
  chosen: Chosen;
  type: string;
  onClose: () => void;
}) {
  const { types } = useTypes();
  const queries = useQueryClient();
  const fields = types.get(type)?.fields ?? [];
  const [values, setValues] = useState<Readonly<Record<string, Json>>>({});
  const [isPreview, setPreview] = useState(false);
  const [skipsFaults, setSkipsFaults] = useState(false);
  const edited = fields.filter(({ name }) => name in values);
  const edit: Edit = {
    chosen,
    type,
    fields: Object.fromEntries(
      edited.map((field) => [field.name, settled(field, values[field.name] ?? null)]),
    ),
  };
  const preview = useQuery({
    queryKey: ["bulk", edit.fields, chosen.selection, chosen.query],
    queryFn: () => perform(edit, { dryRun: true }),
    enabled: isPreview,
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const mutation = useMutation({
    mutationFn: () =>
      perform(edit, { skip: preview.data?.faults ?? [], fingerprint: preview.data?.fingerprint }),
    onSuccess: async ({ change }) => {
      onClose();
      chosen.clear();
      const count = numberText(preview.data?.total ?? 0);
      toastChange(queries, t("bulk.done", { count }), change);
      await forgetObjects(queries);
    },
  });
  const plan = preview.data;
  const faulty = new Set(plan?.faults.map(({ path }) => path)).size;
  const count = chosen.count === undefined ? t("bulk.all") : numberText(chosen.count);
  return (
    <Dialog title={t("bulk.title", { count, type })} shape="wide" onClose={onClose}>
      {isPreview ? (
        <Stack gap="sm">
          {preview.isError && <ProblemNotice error={preview.error} />}
          {preview.isFetching && <Loading />}
          {plan !== undefined && !preview.isFetching && (
            <Preview plan={plan} fields={edited} faulty={faulty} />
          )}
          {plan !== undefined && faulty > 0 && (
            <Checkbox
              label={t("bulk.skip", { count: faulty })}
              checked={skipsFaults}
              onChange={(event) => setSkipsFaults(event.currentTarget.checked)}
            />
          )}
          {mutation.isError && <ProblemNotice error={mutation.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setPreview(false)}>
              {t("bulk.back")}
            </Button>
            <Button
              loading={mutation.isPending}
              disabled={plan === undefined || plan.total === 0 || (faulty > 0 && !skipsFaults)}
              onClick={() => mutation.mutate()}
            >
              {t("bulk.apply", { count: numberText(plan?.total ?? 0) })}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack gap="sm">
          <Text c="dimmed">{t("bulk.hint")}</Text>
          <div className={styles.fields}>
            {edited.map((field) => (
              <FieldRow
                key={field.name}
                field={field}
                value={values[field.name] ?? null}
                mark={
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() =>
                      setValues(
                        Object.fromEntries(
                          Object.entries(values).filter(([name]) => name !== field.name),
                        ),
                      )
                    }
                  >
                    {t("bulk.leave")}
                  </Button>
                }
                onChange={(value) => setValues({ ...values, [field.name]: value })}
              />
            ))}
          </div>
          <Select
            label={t("bulk.addField")}
            data={fields
              .filter(({ name }) => !(name in values))
              .map(({ name, label }) => ({ value: name, label }))}
            value={null}
            searchable
            maw={400}
            onChange={(name) => name !== null && setValues({ ...values, [name]: null })}
          />
          <Group justify="flex-end">
            <Button disabled={edited.length === 0} onClick={() => setPreview(true)}>
              {t("bulk.preview")}
            </Button>
          </Group>
        </Stack>
      )}
    </Dialog>
  );
}

const listedMax = 500;

function Preview({
  plan,
  fields,
  faulty,
}: {
  plan: Outcome;
  fields: readonly FieldDefinition[];
  faulty: number;
}) {
  const faultsByPath = Map.groupBy(plan.faults, ({ path }) => path ?? "");
  return (
    <>
      <Text role="status">
        {t("bulk.summary", { changed: numberText(plan.total), faulty: numberText(faulty) })}
      </Text>
      <div className={styles.frame} tabIndex={0} role="region" aria-label={t("bulk.preview")}>
        <table className={styles.preview}>
          <thead>
            <tr>
              <th scope="col">{t("object.name")}</th>
              {fields.map((field) => (
                <th key={field.name} scope="col">
                  {field.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...faultsByPath].slice(0, listedMax).map(([path, faults]) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                <td colSpan={fields.length} className={styles.fault}>
                  {faults.map(({ message }) => message).join("; ")}
                </td>
              </tr>
            ))}
            {plan.objects.slice(0, listedMax).map((change) => (
              <tr key={change.object}>
                <th scope="row">
                  <ObjectLink path={change.objectPath}>{change.objectPath}</ObjectLink>
                </th>
                {fields.map((field) => (
                  <td key={field.name}>
                    {field.name in change.before || field.name in change.after ? (
                      <ValueChange
                        field={field}
                        before={change.before[field.name] ?? null}
                        after={change.after[field.name] ?? null}
                      />
                    ) : (
                      <Text span c="dimmed" size="sm">
                        {t("bulk.same")}
                      </Text>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {plan.total > listedMax && (
        <Text c="dimmed">{t("undo.more", { count: plan.total - listedMax })}</Text>
      )}
    </>
  );
}

/** By the search where all are meant, else operation by operation; both are one change. */
async function perform(
  { chosen, type, fields }: Edit,
  options: { dryRun?: boolean; skip?: readonly FaultDocument[]; fingerprint?: string | undefined },
): Promise<Outcome> {
  const { dryRun = false, skip = [], fingerprint } = options;
  const { selection, query } = chosen;
  if (selection.kind === "all") {
    return request<BulkEditDocument>("/.api/v1/bulk-edit", {
      method: "POST",
      body: {
        ...(query.q === "" ? {} : { q: query.q }),
        ...(query.directory === undefined ? {} : { directory: query.directory }),
        type,
        fields,
        ...(dryRun ? { dryRun } : {}),
        ...(fingerprint === undefined ? {} : { fingerprint }),
        ...(skip.length > 0 ? { skipFaults: true } : {}),
      },
    });
  }
  const faulty = new Set(skip.map(({ path }) => path));
  const operations = [...selection.paths]
    .filter((path) => !faulty.has(path))
    .map((path) => ({ op: "update" as const, path, fields }));
  return transact({ operations, ...(dryRun ? { dryRun } : {}) });
}
