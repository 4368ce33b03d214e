import { Autocomplete, Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { choicesOf } from "../fields/definition.ts";
import { kindOf, valueText as shownValue } from "../fields/field-kinds.ts";
import { ObjectPicker } from "../fields/object-picker.tsx";
import { targetTypes } from "../fields/definition.ts";
import { typedDay } from "../fields/typed-value.ts";
import { t } from "../ui/text.ts";
import type { Way } from "./columns.ts";
import type { ConditionChip, Operator } from "./filter.ts";
import { operatorsOf } from "./operators.ts";
import { statisticsQuery, type StatisticsScope } from "./statistics.ts";
import { asText } from "../fields/as-text.ts";

interface Props {
  ways: readonly Way[];
  condition: ConditionChip | undefined;
  /** Where values are counted, to offer them; absent where nothing is counted. */
  scope: StatisticsScope | undefined;
  onDone: (condition: ConditionChip) => void;
}

/** One condition: a field, an operator that its kind has, and a value from what there is. */
export function ConditionEditor({ ways, condition, scope, onDone }: Props) {
  const [way, setWay] = useState(condition?.way ?? "");
  const [operator, setOperator] = useState<Operator>(condition?.operator ?? "=");
  const [values, setValues] = useState<readonly string[]>(condition?.values ?? []);
  const id = useId();
  const chosen = ways.find((each) => each.way === way);
  const possible = operatorsOf(chosen);
  const needsValue = operator !== "empty" && operator !== "exists";
  const isWhole = chosen !== undefined && (!needsValue || (values[0] ?? "") !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // A form in a layer over another form is none of that one's business.
    event.stopPropagation();
    if (isWhole) onDone({ way, operator, values: needsValue ? [...values] : [] });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Select
          label={t("filter.field")}
          data={ways.map((each) => ({ value: each.way, label: each.label }))}
          value={way === "" ? null : way}
          onChange={(next) => {
            setWay(next ?? "");
            setValues([]);
            const field = ways.find((each) => each.way === next);
            if (!operatorsOf(field).includes(operator)) setOperator(operatorsOf(field)[0] ?? "=");
          }}
          searchable
          data-autofocus
          maxDropdownHeight={280}
        />
        <Select
          label={t("filter.operator")}
          data={possible.map((each) => ({ value: each, label: t(`operator.${each}`) }))}
          value={operator}
          allowDeselect={false}
          onChange={(next) => setOperator(next as Operator)}
        />
        {needsValue && chosen !== undefined && (
          <ValueInput
            key={way}
            id={id}
            way={chosen}
            operator={operator}
            values={values}
            scope={scope}
            onChange={setValues}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" disabled={!isWhole}>
            {t(condition === undefined ? "filter.add" : "filter.change")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ValueInput(props: {
  id: string;
  way: Way;
  operator: Operator;
  values: readonly string[];
  scope: StatisticsScope | undefined;
  onChange: (values: readonly string[]) => void;
}) {
  const { id, way, operator, values, scope, onChange } = props;
  const { field } = way;
  const isCounted = scope !== undefined && !way.way.includes(".") && kindOf(field) !== undefined;
  const figures = useQuery({
    ...statisticsQuery(scope ?? { type: "" }, way.way, 50),
    enabled: isCounted && field.kind !== "object" && field.kind !== "objects",
    retry: false,
  });
  const counted = new Map(
    (figures.data?.values ?? []).map(({ value, count }) => [asText(value), count]),
  );
  const text = values.join(", ");
  const isList = operator === "in" || operator === "not in";
  const label = t(isList ? "filter.values" : "filter.value");
  if (field.kind === "object" || field.kind === "objects" || operator === "under") {
    return (
      <div>
        <label htmlFor={id}>{label}</label>
        <ObjectPicker
          id={id}
          types={operator === "under" ? [] : targetTypes(field)}
          value={text}
          onChoose={(path) => onChange([path])}
        />
      </div>
    );
  }
  const choices =
    field.kind === "boolean"
      ? [
          { value: "true", label: t("field.yes") },
          { value: "false", label: t("field.no") },
        ]
      : choicesOf(field);
  if (choices.length > 0 && !isList) {
    return (
      <Select
        label={label}
        data={choices.map(({ value, label }) => ({
          value,
          label: counted.has(value) ? `${label} (${counted.get(value)})` : label,
        }))}
        value={text === "" ? null : text}
        onChange={(next) => onChange(next === null ? [] : [next])}
      />
    );
  }
  if (isList) {
    return (
      <TextInput
        label={label}
        description={t("filter.valuesHint")}
        value={text}
        onChange={(event) =>
          onChange(event.currentTarget.value.split(",").map((each) => each.trim()))
        }
      />
    );
  }
  return (
    <Autocomplete
      label={label}
      data={[...counted.keys()].filter((each) => each !== "null")}
      value={text}
      onChange={(next) => onChange([next])}
      onBlur={() => {
        const day = field.kind === "date" ? typedDay(text) : undefined;
        if (day !== undefined) onChange([day]);
      }}
      {...(field.kind === "date" || field.kind === "datetime" ? { placeholder: "2026-11-20" } : {})}
      renderOption={({ option }) => (
        <span>
          {shownValue(field, option.value)} <small>{counted.get(option.value) ?? ""}</small>
        </span>
      )}
    />
  );
}
