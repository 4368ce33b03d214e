import { TextInput } from "@mantine/core";
import type { Json } from "#contract";
import { t } from "../../ui/text.ts";
import type { FieldDefinition } from "../definition.ts";
import { inputProps, type EditProps, type FieldKindView } from "../field-kind.ts";
import { durationWords, typedDuration, typedNumber } from "../typed-value.ts";
import { asText } from "../as-text.ts";

/** Kinds whose value is a number; what is typed stays as it is until it is one. */
function numberKind(options: {
  read: (text: string) => number | undefined;
  write: (value: number) => string;
  expected: string;
  inputMode: "numeric" | "decimal" | "text";
}): FieldKindView {
  const { read, write, expected, inputMode } = options;
  const text = (value: Json): string => (typeof value === "number" ? write(value) : asText(value));
  return {
    text,
    isNumeric: true,
    isOrdered: true,
    fault: (value, field) =>
      value === null || (typeof value === "number" && isWithin(value, field))
        ? undefined
        : typeof value === "number"
          ? limitsText(field)
          : expected,
    Edit: function NumberField(props: EditProps) {
      const { value, onChange } = props;
      return (
        <TextInput
          {...inputProps(props)}
          inputMode={inputMode}
          value={typeof value === "string" ? value : text(value)}
          autoComplete="off"
          maw={240}
          onChange={(event) => onChange(event.currentTarget.value || null)}
          onBlur={() => {
            const number = typeof value === "string" ? read(value) : undefined;
            if (number !== undefined) onChange(number);
          }}
        />
      );
    },
  };
}

function isWithin(value: number, { options: { min, max } }: FieldDefinition): boolean {
  return !(typeof min === "number" && value < min) && !(typeof max === "number" && value > max);
}

function limitsText({ options: { min, max } }: FieldDefinition): string {
  return t("field.between", { min: asText(min) || "−∞", max: asText(max) || "∞" });
}

/** What was typed, as the kind's number where it is one; the forms send this. */
export function settledNumber(kind: string, value: Json): Json {
  if (typeof value !== "string") return value;
  if (kind === "integer" || kind === "decimal")
    return typedNumber(value, kind === "integer") ?? value;
  if (kind === "duration") return typedDuration(value) ?? value;
  return value;
}

export const integerKind = numberKind({
  read: (text) => typedNumber(text, true),
  write: String,
  expected: t("field.integer"),
  inputMode: "numeric",
});

export const decimalKind = numberKind({
  read: (text) => typedNumber(text, false),
  write: String,
  expected: t("field.decimal"),
  inputMode: "decimal",
});

export const durationKind = numberKind({
  read: typedDuration,
  write: durationWords,
  expected: t("field.duration"),
  inputMode: "text",
});
