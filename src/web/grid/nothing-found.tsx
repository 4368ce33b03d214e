import { Button, Group } from "@mantine/core";
import { t } from "../ui/text.ts";
import { chipsOf, conditionText, textOf } from "./filter.ts";
import styles from "./object-grid.module.css";

/** Under a filter nothing is found: which condition may go. */
export function NothingFound({ q, onChange }: { q: string; onChange: (q: string) => void }) {
  const read = chipsOf(q);
  const chips = "chips" in read ? read.chips : [];
  const last = chips.at(-1);
  return (
    <div className={styles.nothing}>
      <p>{t("list.nothing")}</p>
      <Group gap="sm">
        {chips.length > 1 && last !== undefined && (
          <Button variant="default" onClick={() => onChange(textOf(chips.slice(0, -1)))}>
            {t("list.withoutLast", {
              condition: last.kind === "condition" ? conditionText(last.condition) : textOf([last]),
            })}
          </Button>
        )}
        <Button variant="default" onClick={() => onChange("")}>
          {t("list.withoutFilter")}
        </Button>
      </Group>
    </div>
  );
}
