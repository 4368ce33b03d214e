import { Button, CloseButton, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Json } from "#contract";
import { CodeBlock } from "../../ui/code-block.tsx";
import { t } from "../../ui/text.ts";
import { inputProps, type EditProps, type FieldKindView, type ViewProps } from "../field-kind.ts";
import { asText } from "../as-text.ts";
import styles from "./kinds.module.css";

/** Lists, dictionaries and any JSON: rows where the elements are texts, JSON where they are not. */

function compact(value: Json): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isTexts(value: Json): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

export const listKind: FieldKindView = {
  text: (value) => (isTexts(value) ? value.join(", ") : compact(value)),
  View: function ListView({ field, value }: ViewProps) {
    if (!isTexts(value))
      return <CodeBlock text={JSON.stringify(value, null, 2)} label={field.label} />;
    return (
      <ul className={styles.values}>
        {value.map((each, index) => (
          <li key={`${index}:${each}`}>{each}</li>
        ))}
      </ul>
    );
  },
  Edit: function ListInput(props: EditProps) {
    const { value, onChange, field } = props;
    const [isRows] = useState(value === null || isTexts(value));
    if (!isRows) return <JsonArea {...props} />;
    const rows = isTexts(value) ? value : [];
    const set = (next: readonly string[]) => onChange(next.length === 0 ? null : [...next]);
    return (
      <div className={styles.rows} id={props.id} role="group" aria-label={field.label}>
        {rows.map((row, index) => (
          // A row has no name but its place.
          <div className={styles.entry} key={index}>
            <TextInput
              value={row}
              aria-label={t("field.element", { field: field.label, number: index + 1 })}
              error={rows.indexOf(row) < index ? t("field.twice") : undefined}
              onChange={(event) => set(rows.with(index, event.currentTarget.value))}
              onPaste={(event) => {
                const lines = event.clipboardData.getData("text").split(/\r?\n/).filter(Boolean);
                if (lines.length < 2) return;
                event.preventDefault();
                set(rows.toSpliced(index, 1, ...lines));
              }}
            />
            <CloseButton
              aria-label={t("field.removeElement", { number: index + 1 })}
              onClick={() => set(rows.toSpliced(index, 1))}
            />
          </div>
        ))}
        <div>
          <Button variant="default" size="xs" onClick={() => set([...rows, ""])}>
            {t("field.addElement")}
          </Button>
        </div>
      </div>
    );
  },
};

export const dictionaryKind: FieldKindView = {
  text: compact,
  View: function DictionaryView({ value }: ViewProps) {
    return (
      <ul className={styles.values}>
        {entriesOf(value).map(([key, each]) => (
          <li key={key}>
            <b>{key}</b>: {compact(each)}
          </li>
        ))}
      </ul>
    );
  },
  Edit: function DictionaryInput(props: EditProps) {
    const { value, onChange, field } = props;
    // Keys in the making may be empty or doubled, so that rows are kept here and not as a dictionary.
    const [rows, setRows] = useState(() =>
      entriesOf(value).map(([key, each]): [string, string] => [key, textOf(each)]),
    );
    const set = (next: [string, string][]) => {
      setRows(next);
      const entries = next
        .filter(([key]) => key !== "")
        .map(([key, text]): [string, Json] => [key, valueOf(text)]);
      onChange(entries.length === 0 ? null : Object.fromEntries(entries));
    };
    return (
      <div className={styles.rows} id={props.id} role="group" aria-label={field.label}>
        {rows.map(([key, text], index) => (
          <div className={styles.entry} key={index}>
            <TextInput
              value={key}
              placeholder={t("field.key")}
              aria-label={t("field.keyOf", { field: field.label, number: index + 1 })}
              error={rows.findIndex(([other]) => other === key) < index && t("field.twice")}
              onChange={(event) => set(rows.with(index, [event.currentTarget.value, text]))}
            />
            <TextInput
              value={text}
              placeholder={t("field.value")}
              aria-label={t("field.valueOf", { field: field.label, number: index + 1 })}
              onChange={(event) => set(rows.with(index, [key, event.currentTarget.value]))}
            />
            <CloseButton
              aria-label={t("field.removeElement", { number: index + 1 })}
              onClick={() => set(rows.toSpliced(index, 1))}
            />
          </div>
        ))}
        <div>
          <Button variant="default" size="xs" onClick={() => setRows([...rows, ["", ""]])}>
            {t("field.addElement")}
          </Button>
        </div>
      </div>
    );
  },
};

function entriesOf(value: Json): [string, Json][] {
  const isDictionary = typeof value === "object" && value !== null && !Array.isArray(value);
  return isDictionary ? Object.entries(value) : [];
}

/** A text stands as it is, unless it would be read as something else. */
function textOf(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return valueOf(value) === value ? value : JSON.stringify(value);
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

export const jsonKind: FieldKindView = {
  text: compact,
  View: ({ field, value }: ViewProps) => (
    <CodeBlock text={JSON.stringify(value, null, 2)} label={field.label} />
  ),
  Edit: JsonArea,
};

/** JSON as text; a value only when it is whole. */
function JsonArea(props: EditProps) {
  const { value, onChange } = props;
  const [text, setText] = useState(() => (value === null ? "" : JSON.stringify(value, null, 2)));
  const fault = jsonFault(text);
  return (
    <Textarea
      {...inputProps(props)}
      {...(fault === undefined ? {} : { error: fault })}
      value={text}
      rows={Math.min(20, Math.max(4, text.split("\n").length + 1))}
      spellCheck={false}
      classNames={{ input: "code" }}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setText(next);
        if (next.trim() === "") onChange(null);
        else if (jsonFault(next) === undefined) onChange(JSON.parse(next) as Json);
      }}
    />
  );
}

function jsonFault(text: string): string | undefined {
  if (text.trim() === "") return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return t("field.json", { why: error instanceof Error ? error.message : asText(text) });
  }
}
