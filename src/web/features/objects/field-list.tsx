import type { ObjectDocument } from "#contract";
import { Empty } from "../../ui/empty.tsx";
import { t } from "../../ui/text.ts";
import type { FieldDefinition } from "./api.ts";
import { FieldValue } from "./field-value.tsx";
import styles from "./field-list.module.css";

/** The values of an object, by name. */
export function FieldList({
  object,
  fields,
}: {
  object: ObjectDocument;
  fields: readonly FieldDefinition[];
}) {
  if (fields.length === 0) return <Empty says={t("object.noFields")} />;
  return (
    <dl className={styles.list}>
      {fields.map((field) => (
        <div key={field.name} className={styles.row}>
          <dt title={field.name}>{field.label}</dt>
          <dd>
            <FieldValue field={field} value={object.fields[field.name]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
