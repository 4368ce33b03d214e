import { TextInput } from "@mantine/core";
import { useRef } from "react";
import type { Json } from "#contract";
import { t } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";
import { inputProps, type EditProps, type FieldKindView, type ViewProps } from "../field-kind.ts";
import { typedDay, typedInstant } from "../typed-value.ts";
import { asText } from "../as-text.ts";
import styles from "./kinds.module.css";

/** Days and instants: typed first, picked second. */

export const dateKind: FieldKindView = {
  text: asText,
  isOrdered: true,
  fault: (value) =>
    value === null || (typeof value === "string" && typedDay(value) !== undefined)
      ? undefined
      : t("field.date"),
  Edit: function DateInput(props: EditProps) {
    const { value, onChange } = props;
    const text = asText(value);
    return (
      <TypedTime
        edit={props}
        text={text}
        picker="date"
        picked={typedDay(text) ?? ""}
        settle={typedDay}
        onPick={(day) => onChange(day || null)}
      />
    );
  },
};

export const datetimeKind: FieldKindView = {
  text: (value) => instantText(asText(value)),
  isOrdered: true,
  View: function Instant({ value }: ViewProps) {
    const iso = asText(value);
    return (
      <time dateTime={iso} title={iso}>
        {`${instantText(iso)} ${zoneName(new Date(iso))}`}
      </time>
    );
  },
  Cell: function InstantCell({ value }: ViewProps) {
    const iso = asText(value);
    return (
      <time dateTime={iso} title={iso}>
        {instantText(iso)}
      </time>
    );
  },
  fault: (value) =>
    value === null || (typeof value === "string" && typedInstant(value) !== undefined)
      ? undefined
      : t("field.datetime"),
  Edit: function InstantInput(props: EditProps) {
    const { value, onChange } = props;
    const raw = asText(value);
    const text = isIso(raw) ? instantText(raw) : raw;
    return (
      <TypedTime
        edit={props}
        text={text}
        suffix={zoneName()}
        picker="datetime-local"
        picked={isIso(raw) ? text.slice(0, 16).replace(" ", "T") : ""}
        settle={typedInstant}
        onPick={(local) => onChange(typedInstant(local) ?? null)}
      />
    );
  },
};

function TypedTime({
  edit,
  text,
  suffix,
  picker,
  picked,
  settle,
  onPick,
}: {
  edit: EditProps;
  text: string;
  suffix?: string;
  picker: "date" | "datetime-local";
  picked: string;
  settle: (text: string) => string | undefined;
  onPick: (picked: string) => void;
}) {
  const native = useRef<HTMLInputElement>(null);
  return (
    <div className={styles.typed}>
      <TextInput
        {...inputProps(edit)}
        value={text}
        autoComplete="off"
        placeholder={picker === "date" ? "2026-11-20" : "2026-11-20 03:12"}
        onChange={(event) => edit.onChange(event.currentTarget.value || null)}
        onBlur={() => {
          const value = settle(text);
          if (value !== undefined && typeof edit.value === "string" && !isIso(edit.value))
            edit.onChange(value);
        }}
      />
      {suffix !== undefined && <span className={styles.suffix}>{suffix}</span>}
      <button
        type="button"
        className={styles.pick}
        aria-label={t("field.pick", { field: edit.field.label })}
        onClick={() => native.current?.showPicker()}
      >
        ▾
      </button>
      <input
        ref={native}
        type={picker}
        className={styles.native}
        tabIndex={-1}
        aria-hidden="true"
        value={picked}
        onChange={(event) => onPick(event.currentTarget.value)}
      />
    </div>
  );
}

/** What was typed, as the API takes it where it means a time. */
export function settledTime(kind: string, value: Json): Json {
  if (typeof value !== "string") return value;
  if (kind === "date") return typedDay(value) ?? value;
  return typedInstant(value) ?? value;
}

function isIso(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT.*Z$/.test(text);
}

function instantText(iso: string): string {
  return Number.isNaN(Date.parse(iso)) ? iso : timeText(iso);
}
