import { Text } from "@mantine/core";
import { useState } from "react";
import type { Json } from "#contract";
import { fieldOf } from "../../fields/definition.ts";
import { bySection, FieldRow } from "../../fields/field-row.tsx";
import { defaultColumns } from "../../grid/columns.ts";
import { t, type TextKey } from "../../ui/text.ts";
import type { TypeDraft } from "./type-draft.ts";
import styles from "./type-designer.module.css";

/** The form and the columns that come of it, to be tried. */
export function Preview({ draft }: { draft: TypeDraft }) {
  const [values, setValues] = useState<Readonly<Record<string, Json>>>({});
  const fields = draft.fields
    .filter(({ spec }) => spec.name !== "")
    .flatMap(({ key, spec }) => fieldOf(spec).map((field) => ({ ...field, key })));
  const type = { name: draft.name, description: "", fields };
  const columns = defaultColumns(type).map(
    (name) => fields.find((field) => field.name === name)?.label ?? t(`way.${name}` as TextKey),
  );
  return (
    <section className={styles.panel} aria-label={t("designer.preview")}>
      <h2>{t("designer.preview")}</h2>
      {fields.length === 0 && <Text c="dimmed">{t("designer.previewEmpty")}</Text>}
      {bySection(fields).map(([section, members]) => (
        <div key={section} className={styles.preview}>
          {section !== "" && <h3>{section}</h3>}
          {members.map((field) => (
            <FieldRow
              key={`${field.key}:${field.kind}`}
              field={field}
              value={values[field.key] ?? field.options.default ?? null}
              onChange={(value) => setValues({ ...values, [field.key]: value })}
            />
          ))}
        </div>
      ))}
      {fields.length > 0 && (
        <>
          <h3>{t("designer.columns")}</h3>
          <p className={styles.columns}>{columns.join(" · ")}</p>
        </>
      )}
    </section>
  );
}
