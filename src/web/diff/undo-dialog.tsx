import { Button, Checkbox, Group, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { UndoBody, UndoDocument } from "#contract";
import { forgetObjects, undo } from "../client/objects.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Loading } from "../ui/loading.tsx";
import { Notice } from "../ui/notice.tsx";
import { ObjectLink } from "../ui/object-link.tsx";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { numberText, t } from "../ui/text.ts";
import { timeText } from "../ui/time.ts";
import { toastChange } from "../ui/undo-toast.ts";
import { Delta } from "./delta.tsx";
import styles from "./undo-dialog.module.css";

type Request = Omit<UndoBody, "dryRun" | "force" | "skipConflicts" | "reason">;
type Conflict = UndoDocument["conflicts"][number];

interface Props {
  title: string;
  /** What is to be taken back. */
  request: Request;
  onClose: () => void;
}

const shownMax = 200;

/**
 * Takes something back, after showing it: what will be restored, which later changes are in the way and which of them may
 * be overwritten, and what cannot be. What is done is a change, and can itself be taken back.
 */
export function UndoDialog({ title, request, onClose }: Props) {
  const queries = useQueryClient();
  const [forced, setForced] = useState<readonly string[]>([]);
  const [reason, setReason] = useState("");
  const preview = useQuery({
    queryKey: ["undo", request, forced],
    queryFn: () => undo({ ...request, dryRun: true, skipConflicts: true, force: [...forced] }),
    gcTime: 0,
    staleTime: 0,
    placeholderData: (before) => before,
  });
  const mutation = useMutation({
    mutationFn: () =>
      undo({
        ...request,
        skipConflicts: true,
        force: [...forced],
        ...(reason === "" ? {} : { reason }),
      }),
    onSuccess: async ({ change, total }) => {
      onClose();
      toastChange(queries, t("undo.objects", { count: total }), change);
      await forgetObjects(queries);
    },
  });
  const plan = preview.data;
  const toggle = (id: string, isForced: boolean) =>
    setForced(isForced ? [...forced, id] : forced.filter((each) => each !== id));
  return (
    <Dialog title={title} shape="wide" onClose={onClose}>
      {preview.isError && <ProblemNotice error={preview.error} />}
      {preview.isPending && <Loading />}
      {plan !== undefined && (
        <div className={styles.plan}>
          <p>
            {plan.total === 0
              ? t("undo.nothing")
              : t("undo.will", { count: numberText(plan.total) })}
          </p>
          {plan.isPartial && <Notice tone="warn" title={t("undo.partial")} />}
          {plan.conflicts.length > 0 && (
            <section>
              <h3>{t("undo.conflicts", { count: numberText(plan.conflictTotal) })}</h3>
              <ul className={styles.conflicts}>
                {plan.conflicts.slice(0, shownMax).map((conflict) => (
                  <ConflictRow
                    key={conflict.id}
                    conflict={conflict}
                    isForced={forced.includes(conflict.id)}
                    onForce={(isForced) => toggle(conflict.id, isForced)}
                  />
                ))}
              </ul>
            </section>
          )}
          {forced.length > 0 && (
            <Group gap="xs">
              <Text c="dimmed" size="sm">
                {t("undo.overwrites", { count: forced.length })}
              </Text>
              <Button size="compact-sm" variant="subtle" onClick={() => setForced([])}>
                {t("undo.leaveAll")}
              </Button>
            </Group>
          )}
          <ul className={styles.steps} tabIndex={0} aria-label={t("undo.steps")}>
            {plan.steps.slice(0, shownMax).map((step) => (
              <li key={step.object}>
                <b>{t(`undo.${step.action}`)}</b> <code>{step.objectPath}</code>
                <Delta delta={step} />
              </li>
            ))}
            {plan.total > shownMax && <li>{t("undo.more", { count: plan.total - shownMax })}</li>}
          </ul>
          {mutation.isError && <ProblemNotice error={mutation.error} />}
          <Group justify="flex-end">
            <TextInput
              value={reason}
              aria-label={t("form.reason")}
              placeholder={t("form.reason")}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button
              disabled={plan.total === 0}
              loading={mutation.isPending}
              onClick={() => mutation.mutate()}
            >
              {plan.conflictTotal === 0
                ? t("undo.apply", { count: numberText(plan.total) })
                : t("undo.applySome", {
                    count: numberText(plan.total),
                    left: numberText(plan.conflictTotal),
                  })}
            </Button>
          </Group>
        </div>
      )}
    </Dialog>
  );
}

function ConflictRow(props: {
  conflict: Conflict;
  isForced: boolean;
  onForce: (isForced: boolean) => void;
}) {
  const { conflict, isForced, onForce } = props;
  return (
    <li>
      <div>
        <ObjectLink path={conflict.path}>{conflict.path}</ObjectLink> · <b>{conflict.what}</b>
        <br />
        {conflict.message}
        {conflict.changes.map((change) => (
          <span key={change.change} className={styles.later}>
            <ObjectLink path={`/.changes/${change.change}`}>
              {t("change.number", { number: change.change })}
            </ObjectLink>
            {` ${change.author} · ${timeText(change.at)}`}
          </span>
        ))}
      </div>
      {conflict.isForceable ? (
        <Checkbox
          label={t("undo.overwrite")}
          checked={isForced}
          onChange={(event) => onForce(event.currentTarget.checked)}
        />
      ) : (
        <Text c="dimmed" size="sm">
          {t("undo.impossible")}
        </Text>
      )}
    </li>
  );
}
