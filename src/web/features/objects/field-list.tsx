import type { ObjectDocument } from "#contract";
import type { FieldDefinition } from "../../fields/definition.ts";
import { bySection } from "../../fields/field-row.tsx";
import { FieldValue } from "../../fields/field-value.tsx";
import { Empty } from "../../ui/empty.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { t } from "../../ui/text.ts";
import group from "../../ui/section.module.css";
import styles from "./field-list.module.css";

interface Props {
  object: ObjectDocument;
  fields: readonly FieldDefinition[];
  /** Absent where nothing may be changed. */
  onEdit?: ((name: string) => void) | undefined;
}

/** The values of an object, by name; a double click changes one. */
export function FieldList({ object, fields, onEdit }: Props) {
  if (fields.length === 0) {
    return (
      <Empty says={t("object.noFields")}>
        <ObjectLink path={`/system/types/${object.type}`}>{t("object.openType")}</ObjectLink>
      </Empty>
    );
  }
  return bySection(fields).map(([section, members]) => (
    <section key={section} className={`${group.section} ${styles.spaced}`}>
      {section !== "" && <h2>{section}</h2>}
      <dl className={styles.list}>
        {members.map((field) => (
          <div
            key={field.name}
            className={styles.row}
            {...(onEdit === undefined ? {} : { onDoubleClick: () => onEdit(field.name) })}
          >
            <dt title={[field.name, field.help].filter(Boolean).join(": ")}>{field.label}</dt>
            <dd>
              <FieldValue field={field} value={object.fields[field.name]} path={object.path} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  ));
}
