import { Radio, Stack, Text } from "@mantine/core";
import type { Json, ObjectDocument } from "#contract";
import { ValueChange } from "../../diff/value-change.tsx";
import { isSame } from "../../diff/value-diff.ts";
import type { FieldDefinition } from "../../fields/definition.ts";
import { settled } from "../../fields/field-kinds.ts";
import { Notice } from "../../ui/notice.tsx";
import { t } from "../../ui/text.ts";
import styles from "./conflict-panel.module.css";
import type { FormValues } from "./form-values.ts";

export interface Conflict {
  /** What I began with. */
  base: ObjectDocument;
  theirs: ObjectDocument;
  /** Fields that both of us changed otherwise. */
  fields: readonly FieldDefinition[];
  /** What I had typed when the conflict came. */
  mine: FormValues;
}

interface Props {
  conflict: Conflict;
  /** What stands in the form now. */
  values: FormValues;
  onChoose: (name: string, value: Json) => void;
}

/** Both versions of each field that two people changed, beside what it was; which one holds is chosen here. */
export function ConflictPanel({ conflict, values, onChoose }: Props) {
  const { base, theirs, fields, mine } = conflict;
  return (
    <Notice tone="warn" title={t("conflict.title")}>
      <Text>{t("conflict.hint", { base: base.revision, theirs: theirs.revision })}</Text>
      {fields.length === 0 && <Text>{t("conflict.merged")}</Text>}
      {fields.map((field) => {
        const their = theirs.fields[field.name] ?? null;
        const before = base.fields[field.name] ?? null;
        const my = settled(field, mine[field.name] ?? null);
        const isTheirs = isSame(settled(field, values[field.name] ?? null), their);
        const choose = (choice: string) => onChoose(field.name, choice === "theirs" ? their : my);
        return (
          <Radio.Group
            key={field.name}
            label={field.label}
            mt="sm"
            value={isTheirs ? "theirs" : "mine"}
            onChange={choose}
          >
            <Stack gap="xs" mt="xs" className={styles.choices}>
              <div>
                <Radio value="theirs" label={t("conflict.theirs")} />
                <ValueChange field={field} before={before} after={their} />
              </div>
              <div>
                <Radio value="mine" label={t("conflict.mine")} />
                <ValueChange field={field} before={before} after={my} />
              </div>
            </Stack>
          </Radio.Group>
        );
      })}
    </Notice>
  );
}
