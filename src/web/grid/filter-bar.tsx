import { Button, CloseButton } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { parseSearch } from "#kernel";
import { useActions } from "../ui/action.ts";
import { Dialog } from "../ui/dialog.tsx";
import { IconPlus } from "../ui/icons.ts";
import { t } from "../ui/text.ts";
import type { Way } from "./columns.ts";
import { ConditionEditor } from "./condition-editor.tsx";
import { chipsOf, chipText, textOf, type Chip, type ConditionChip } from "./filter.ts";
import styles from "./filter-bar.module.css";
import { SearchInput } from "./search-input.tsx";
import type { StatisticsScope } from "./statistics.ts";
import { typedSearch } from "./typed-search.ts";

interface Props {
  q: string;
  onChange: (q: string) => void;
  ways: readonly Way[];
  labelOfWay: (way: string) => string;
  scope: StatisticsScope | undefined;
  /** What else narrows the list, such as its type. */
  fixed?: { text: string; onRemove: () => void } | undefined;
}

/** The filter of a list as chips and as text: two faces of the one language of searches. */
export function FilterBar({ q, onChange, ways, labelOfWay, scope, fixed }: Props) {
  const read = chipsOf(q);
  const [edited, setEdited] = useState<number | "new">();
  const [isText, setText] = useState(false);
  const chips = "chips" in read ? read.chips : [];
  useActions([
    { id: "filter", label: t("filter.asText"), shortcut: "/", perform: () => setText(true) },
  ]);
  const isFaulty = "fault" in read;
  const put = (condition: ConditionChip) => {
    const chip: Chip = { kind: "condition", condition };
    onChange(textOf(edited === "new" ? [...chips, chip] : chips.with(edited as number, chip)));
    setEdited(undefined);
  };
  const editedChip = typeof edited === "number" ? chips[edited] : undefined;
  return (
    <div className={styles.bar} role="search" aria-label={t("filter.label")}>
      {fixed !== undefined && (
        <span className={styles.chip}>
          <span>{fixed.text}</span>
          <CloseButton
            size="xs"
            aria-label={t("filter.remove", { condition: fixed.text })}
            onClick={fixed.onRemove}
          />
        </span>
      )}
      {!isText &&
        !isFaulty &&
        chips.map((chip, index) => (
          <span key={`${index}:${chipText(chip)}`} className={styles.chip}>
            <button
              type="button"
              disabled={chip.kind !== "condition"}
              onClick={() => setEdited(index)}
            >
              {labelOf(chip, labelOfWay)}
            </button>
            <CloseButton
              size="xs"
              aria-label={t("filter.remove", { condition: chipText(chip) })}
              onClick={() => onChange(textOf(chips.toSpliced(index, 1)))}
            />
          </span>
        ))}
      {isText || isFaulty ? (
        <FilterText
          key={q}
          q={q}
          ways={ways}
          onDone={(next) => {
            setText(false);
            onChange(next);
          }}
        />
      ) : (
        <>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={16} stroke={1.5} />}
            onClick={() => setEdited("new")}
          >
            {t("filter.condition")}
          </Button>
          <Button size="compact-sm" variant="subtle" onClick={() => setText(true)}>
            {t("filter.asText")}
          </Button>
        </>
      )}
      {edited !== undefined && (
        <Dialog title={t("filter.condition")} onClose={() => setEdited(undefined)}>
          <ConditionEditor
            ways={ways}
            condition={editedChip?.kind === "condition" ? editedChip.condition : undefined}
            scope={scope}
            onDone={put}
          />
        </Dialog>
      )}
    </div>
  );
}

function FilterText({
  q,
  ways,
  onDone,
}: {
  q: string;
  ways: readonly Way[];
  onDone: (q: string) => void;
}) {
  const [text, setText] = useState(q);
  const wanted = typedSearch(text);
  const isRight = "tree" in parseSearch(wanted);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isRight) onDone(wanted);
  };
  return (
    <form className={styles.text} onSubmit={submit}>
      <SearchInput
        label={t("filter.text")}
        text={text}
        ways={ways}
        placeholder="status = down and rack.site.name = 'Tokyo'"
        classNames={{ input: "code" }}
        autoFocus
        onChange={setText}
      />
      <Button type="submit" variant="default" disabled={!isRight}>
        {t("filter.apply")}
      </Button>
    </form>
  );
}

/** A chip in the words of the reader. */
function labelOf(chip: Chip, labelOfWay: (way: string) => string): string {
  switch (chip.kind) {
    case "condition":
      return conditionLabel(chip.condition, labelOfWay);
    case "group":
      return chip.conditions
        .map((condition) => conditionLabel(condition, labelOfWay))
        .join(` ${t("filter.or")} `);
    case "text":
      return t("filter.contains", { text: chip.text });
    case "other":
      return chip.source;
  }
}

function conditionLabel(
  { way, operator, values }: ConditionChip,
  labelOfWay: (way: string) => string,
): string {
  const label = way === "" ? "" : labelOfWay(way);
  const sign = ["=", "!=", "<", "<=", ">", ">="].includes(operator)
    ? operator
    : t(`operator.${operator}`);
  return [label, sign, values.join(", ")].filter(Boolean).join(" ");
}
