import { Checkbox, Group, MultiSelect, Select, Stack, Textarea, TextInput } from "@mantine/core";
import type { Json } from "#contract";
import { fieldOf, useTypes } from "../../fields/definition.ts";
import { fieldKinds, kindOf } from "../../fields/field-kinds.ts";
import { t, type TextKey } from "../../ui/text.ts";
import {
  canIndex,
  isTextKind,
  labelIn,
  nameOfLabel,
  optionsOf,
  withKind,
  withLabel,
  withOption,
} from "./type-draft.ts";
import { asText } from "../../fields/as-text.ts";

interface Props {
  spec: Record<string, Json>;
  /** Whether the name still follows the label. */
  isNew: boolean;
  fault: string | undefined;
  onChange: (spec: Record<string, Json>) => void;
}

/** What a type says of one of its fields; only what its kind has. */
export function FieldOptions({ spec, isNew, fault, onChange }: Props) {
  const { types } = useTypes();
  const kind = asText(spec.kind);
  const set = (name: string, value: Json) => onChange(withOption(spec, name, value));
  const text = (name: string) => (typeof spec[name] === "string" ? spec[name] : "");
  const number = (name: string) => (typeof spec[name] === "number" ? String(spec[name]) : "");
  const own = optionsOf(kind);
  const [field] = fieldOf({ ...spec, name: text("name") || "field" });
  const takesDefault =
    !["password", "file", "object", "objects", "user", "group"].includes(kind) &&
    spec.secret !== true;
  const flags = [
    "required",
    ...(canIndex(kind) && spec.secret !== true ? (["unique", "indexed"] as const) : []),
    ...(isTextKind(kind) && spec.secret !== true ? (["searched"] as const) : []),
    ...(kind === "password" ? [] : (["in_list"] as const)),
    ...(["string", "text", "code"].includes(kind) ? (["secret"] as const) : []),
  ] as const;
  return (
    <Stack gap="sm">
      <Group gap="sm" grow align="flex-start">
        <TextInput
          label={t("designer.labelEn")}
          value={labelIn(spec.label, "en")}
          onChange={(event) => {
            const label = event.currentTarget.value;
            const next = withOption(spec, "label", withLabel(spec.label, "en", label));
            const follows =
              isNew &&
              (text("name") === "" || text("name") === nameOfLabel(labelIn(spec.label, "en")));
            onChange(follows ? { ...next, name: nameOfLabel(label) } : next);
          }}
        />
        <TextInput
          label={t("designer.labelJa")}
          lang="ja"
          value={labelIn(spec.label, "ja")}
          onChange={(event) => set("label", withLabel(spec.label, "ja", event.currentTarget.value))}
        />
      </Group>
      <Group gap="sm" grow align="flex-start">
        <TextInput
          label={t("designer.fieldName")}
          value={text("name")}
          required
          withAsterisk={false}
          error={fault}
          classNames={{ input: "code" }}
          data-field-name
          onChange={(event) => onChange({ ...spec, name: event.currentTarget.value })}
        />
        <Select
          label={t("designer.kind")}
          data={Object.keys(fieldKinds).map((each) => ({
            value: each,
            label: t(`kind.${each}` as TextKey),
          }))}
          value={kind}
          allowDeselect={false}
          searchable
          maxDropdownHeight={320}
          onChange={(next) => next !== null && onChange(withKind(spec, next))}
        />
      </Group>
      <Group gap="md">
        {flags.map((name) => (
          <Checkbox
            key={name}
            label={t(`designer.${name}`)}
            checked={spec[name] === true}
            onChange={(event) => set(name, event.currentTarget.checked)}
          />
        ))}
      </Group>
      {own.includes("choices") && (
        <Textarea
          label={t("designer.choices")}
          description={t("designer.choicesHint")}
          value={choicesText(spec.choices)}
          rows={4}
          onChange={(event) =>
            onChange({ ...spec, choices: choicesOf(event.currentTarget.value, spec.choices) })
          }
        />
      )}
      {own.includes("types") && (
        <MultiSelect
          label={t("designer.types")}
          description={t("designer.typesHint")}
          data={[...types.keys()]}
          value={Array.isArray(spec.types) ? spec.types.map(String) : []}
          searchable
          onChange={(next) => set("types", next)}
        />
      )}
      {own.includes("on_delete") && (
        <Select
          label={t("designer.on_delete")}
          data={(["protect", "clear", "cascade"] as const).map((each) => ({
            value: each,
            label: t(`designer.${each}`),
          }))}
          value={text("on_delete") || "protect"}
          allowDeselect={false}
          onChange={(next) => set("on_delete", next === "protect" ? null : next)}
        />
      )}
      {own.includes("language") && (
        <TextInput
          label={t("designer.language")}
          value={text("language")}
          onChange={(event) => set("language", event.currentTarget.value)}
        />
      )}
      {(own.includes("min") || own.includes("max")) && (
        <Group gap="sm" grow>
          {(["min", "max"] as const)
            .filter((name) => own.includes(name))
            .map((name) => (
              <TextInput
                key={name}
                label={t(`designer.${name}`)}
                value={number(name)}
                inputMode="decimal"
                onChange={(event) => {
                  const plain = event.currentTarget.value.trim();
                  set(name, plain === "" || Number.isNaN(Number(plain)) ? null : Number(plain));
                }}
              />
            ))}
        </Group>
      )}
      {own.includes("pattern") && (
        <TextInput
          label={t("designer.pattern")}
          value={text("pattern")}
          classNames={{ input: "code" }}
          onChange={(event) => set("pattern", event.currentTarget.value)}
        />
      )}
      {takesDefault && field !== undefined && (
        <Default
          field={{ ...field, isRequired: false }}
          value={spec.default ?? null}
          onChange={(value) => set("default", value)}
        />
      )}
      <Group gap="sm" grow align="flex-start">
        <TextInput
          label={t("designer.help")}
          value={labelIn(spec.help, "en")}
          onChange={(event) => set("help", withLabel(spec.help, "en", event.currentTarget.value))}
        />
        <TextInput
          label={t("designer.section")}
          value={labelIn(spec.section, "en")}
          onChange={(event) =>
            set("section", withLabel(spec.section, "en", event.currentTarget.value))
          }
        />
      </Group>
      <Group gap="sm" grow>
        <Select
          label={t("designer.right")}
          data={(["write", "manage"] as const).map((each) => ({
            value: each,
            label: t(`right.${each}`),
          }))}
          value={text("right") || "write"}
          allowDeselect={false}
          onChange={(next) => set("right", next === "write" ? null : next)}
        />
        <Select
          label={t("designer.read_right")}
          data={(["read", "write", "manage"] as const).map((each) => ({
            value: each,
            label: t(`right.${each}`),
          }))}
          value={text("read_right") || "read"}
          allowDeselect={false}
          onChange={(next) => set("read_right", next === "read" ? null : next)}
        />
      </Group>
    </Stack>
  );
}

function Default({
  field,
  value,
  onChange,
}: {
  field: ReturnType<typeof fieldOf>[number];
  value: Json;
  onChange: (value: Json) => void;
}) {
  const { Edit } = kindOf(field);
  const label = t("designer.default");
  return (
    <div>
      <label htmlFor="designer-default">{label}</label>
      <Edit
        key={`${field.kind}:${JSON.stringify(field.options.choices ?? null)}`}
        id="designer-default"
        field={{ ...field, label }}
        value={value}
        describedBy={undefined}
        isInvalid={false}
        onChange={onChange}
      />
    </div>
  );
}

function choicesText(choices: Json | undefined): string {
  if (!Array.isArray(choices)) return "";
  return choices
    .map((choice) => {
      if (typeof choice === "string") return choice;
      if (typeof choice !== "object" || choice === null || Array.isArray(choice)) return "";
      const label = labelIn(choice.label, "en");
      return label === "" ? asText(choice.value) : `${asText(choice.value)} = ${label}`;
    })
    .join("\n");
}

/** A line each, `value` or `value = Label`; labels in other languages stay with their value. */
function choicesOf(text: string, before: Json | undefined): Json[] {
  const known = Array.isArray(before) ? before : [];
  return text.split("\n").map((line) => {
    const [value = "", ...rest] = line.split(" = ");
    const label = rest.join(" = ");
    const old = known.find(
      (each) =>
        typeof each === "object" && each !== null && !Array.isArray(each) && each.value === value,
    );
    if (old !== undefined && typeof old === "object" && old !== null && !Array.isArray(old))
      return { ...old, label: withLabel(old.label, "en", label) };
    return label === "" ? value : { value, label };
  });
}
