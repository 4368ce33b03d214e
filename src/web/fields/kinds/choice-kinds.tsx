import { Checkbox, Group, MultiSelect, Radio, Select } from "@mantine/core";
import type { Json } from "#contract";
import { t } from "../../ui/text.ts";
import { choicesOf, type Choice, type FieldDefinition } from "../definition.ts";
import { inputProps, type EditProps, type FieldKindView } from "../field-kind.ts";
import { asText } from "../as-text.ts";

/** Kinds whose values the type names, and the choice between yes and no. Few are shown at once, many in a list. */

const shownAtOnceMax = 5;

/** A value that the type does not name any more stays what it is, and is marked. */
function withRetired(choices: readonly Choice[], values: readonly string[]): Choice[] {
  const known = new Set(choices.map(({ value }) => value));
  const retired = values.filter((value) => !known.has(value));
  return [...choices, ...retired.map((value) => ({ value, label: t("field.retired", { value }) }))];
}

function labelOf(field: FieldDefinition, value: Json): string {
  return choicesOf(field).find((choice) => choice.value === value)?.label ?? asText(value);
}

export const choiceKind: FieldKindView = {
  text: (value, field) => labelOf(field, value),
  isChoice: true,
  Edit: function ChoiceInput(props: EditProps) {
    const { field, value, onChange } = props;
    const chosen = asText(value);
    const choices = withRetired(choicesOf(field), chosen === "" ? [] : [chosen]);
    if (choices.length > shownAtOnceMax) {
      return (
        <Select
          {...inputProps(props)}
          data={choices}
          value={chosen === "" ? null : chosen}
          onChange={onChange}
          searchable
          clearable={!field.isRequired}
          maw={400}
        />
      );
    }
    return (
      <RadioRow
        {...props}
        choices={field.isRequired ? choices : [...choices, { value: "", label: t("field.none") }]}
        chosen={chosen}
        onChoose={(next) => onChange(next || null)}
      />
    );
  },
};

export const booleanKind: FieldKindView = {
  text: (value) => (value === null ? "" : t(value === true ? "field.yes" : "field.no")),
  isChoice: true,
  Edit: function BooleanInput(props: EditProps) {
    const { field, value, onChange } = props;
    const choices = [
      { value: "true", label: t("field.yes") },
      { value: "false", label: t("field.no") },
      ...(field.isRequired ? [] : [{ value: "", label: t("field.none") }]),
    ];
    return (
      <RadioRow
        {...props}
        choices={choices}
        chosen={asText(value)}
        onChoose={(next) => onChange(next === "" ? null : next === "true")}
      />
    );
  },
};

function RadioRow({
  id,
  field,
  describedBy,
  choices,
  chosen,
  onChoose,
}: EditProps & {
  choices: readonly Choice[];
  chosen: string;
  onChoose: (value: string) => void;
}) {
  return (
    <div role="radiogroup" id={id} aria-label={field.label} aria-describedby={describedBy}>
      <Group gap="md" mih={32}>
        {choices.map(({ value, label }) => (
          <Radio
            key={value}
            name={id}
            value={value}
            label={label}
            checked={value === chosen}
            onChange={() => onChoose(value)}
          />
        ))}
      </Group>
    </div>
  );
}

export const choicesKind: FieldKindView = {
  text: (value, field) =>
    Array.isArray(value) ? value.map((each) => labelOf(field, each)).join(", ") : asText(value),
  isChoice: true,
  Edit: function ChoicesInput(props: EditProps) {
    const { id, field, describedBy, onChange } = props;
    const chosen = Array.isArray(props.value) ? props.value.map(asText) : [];
    const choices = withRetired(choicesOf(field), chosen);
    const set = (values: string[]) => onChange(values.length === 0 ? null : values);
    if (choices.length > shownAtOnceMax) {
      return (
        <MultiSelect
          {...inputProps(props)}
          data={choices}
          value={chosen}
          onChange={set}
          searchable
          maw={480}
        />
      );
    }
    return (
      <div role="group" id={id} aria-label={field.label} aria-describedby={describedBy}>
        <Group gap="md" mih={32}>
          {choices.map(({ value, label }) => (
            <Checkbox
              key={value}
              label={label}
              checked={chosen.includes(value)}
              onChange={(event) =>
                set(
                  event.currentTarget.checked
                    ? [...chosen, value]
                    : chosen.filter((each) => each !== value),
                )
              }
            />
          ))}
        </Group>
      </div>
    );
  },
};
