import { useId, type ReactNode } from "react";
import type { Json } from "#contract";
import type { FieldDefinition } from "./definition.ts";
import { kindOf } from "./field-kinds.ts";
import styles from "./field-row.module.css";

interface Props {
  field: FieldDefinition;
  value: Json;
  /** What is wrong with it, beside it. */
  fault?: string | undefined;
  /** Beside the name: that it was changed. */
  mark?: ReactNode;
  path?: string | undefined;
  onChange: (value: Json) => void;
}

/** A field in a form: its name, the widget of its kind, what helps, what is wrong. */
export function FieldRow({ field, value, fault, mark, path, onChange }: Props) {
  const id = useId();
  const { Edit } = kindOf(field);
  const helpId = field.help === "" ? undefined : `${id}-help`;
  const faultId = fault === undefined ? undefined : `${id}-fault`;
  const describedBy = [helpId, faultId].filter(Boolean).join(" ") || undefined;
  return (
    <div
      className={styles.row}
      data-field={field.name}
      data-invalid={fault !== undefined || undefined}
    >
      <label htmlFor={id} className={styles.label} title={field.name}>
        {field.label}
        {field.isRequired && <span aria-hidden="true"> *</span>}
        {mark}
      </label>
      <div className={styles.value}>
        <Edit
          id={id}
          field={field}
          value={value}
          path={path}
          onChange={onChange}
          describedBy={describedBy}
          isInvalid={fault !== undefined}
        />
        {fault !== undefined && (
          <p id={faultId} className={styles.fault} role="alert">
            {fault}
          </p>
        )}
        {helpId !== undefined && (
          <p id={helpId} className={styles.help}>
            {field.help}
          </p>
        )}
      </div>
    </div>
  );
}

/** Fields under the headings of their sections, in the order of the type. */
export function bySection<Each extends { section: string }>(
  fields: readonly Each[],
): [section: string, fields: Each[]][] {
  const sections = new Map<string, Each[]>();
  for (const field of fields) {
    const others = sections.get(field.section);
    if (others === undefined) sections.set(field.section, [field]);
    else others.push(field);
  }
  return [...sections];
}
