import { Text } from "@mantine/core";
import type { ImportDocument } from "#contract";
import { Delta } from "../../../diff/delta.tsx";
import { numberText, t } from "../../../ui/text.ts";
import styles from "./import.module.css";

const shownMax = 200;

/** What an import would do, object by object, and which rows are wrong. */
export function ImportPreview({ plan, type }: { plan: ImportDocument; type: string | undefined }) {
  return (
    <>
      <p role="status">
        <b>
          {t("import.summary", {
            created: numberText(plan.created),
            updated: numberText(plan.updated),
            unchanged: numberText(plan.unchanged),
            faulty: numberText(plan.faulty),
          })}
        </b>
      </p>
      {plan.ignoredColumns.length > 0 && (
        <Text c="dimmed">{t("import.ignored", { columns: plan.ignoredColumns.join(", ") })}</Text>
      )}
      {plan.faults.length > 0 && (
        <ul className={styles.faults} aria-label={t("import.problems")}>
          {plan.faults.slice(0, shownMax).map((fault) => (
            <li key={`${fault.index}:${fault.field}:${fault.message}`}>
              <b>{t("import.row", { number: fault.index + 1 })}</b> {fault.path} {fault.message}
              {fault.hint !== undefined && <Text c="dimmed">{fault.hint}</Text>}
            </li>
          ))}
        </ul>
      )}
      <ul className={styles.objects} tabIndex={0} aria-label={t("import.changes")}>
        {plan.objects.slice(0, shownMax).map((change) => (
          <li key={`${change.object}:${change.objectPath}`}>
            {t(`history.${change.operation}`)} <code>{change.objectPath}</code>
            <Delta delta={change} type={type} path={change.objectPath} />
          </li>
        ))}
        {plan.total > shownMax && <li>{t("undo.more", { count: plan.total - shownMax })}</li>}
      </ul>
    </>
  );
}
