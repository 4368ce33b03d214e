import { CloseButton, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { baseName } from "#kernel";
import type { Json } from "#contract";
import { ObjectLink } from "../../ui/object-link.tsx";
import { t } from "../../ui/text.ts";
import { targetTypes } from "../definition.ts";
import { inputProps, type EditProps, type FieldKindView, type ViewProps } from "../field-kind.ts";
import { peopleQuery } from "../object-lookup.ts";
import { ObjectPicker } from "../object-picker.tsx";
import { asText } from "../as-text.ts";
import styles from "./kinds.module.css";

/** Kinds whose values are objects, users or groups. */

function nameOf(path: string): string {
  return path.startsWith("/") ? baseName(path) || "/" : path;
}

function pathsOf(value: Json): string[] {
  return Array.isArray(value) ? value.map(asText) : [];
}

function Target({ path }: { path: string }) {
  if (!path.startsWith("/")) return path;
  return (
    <ObjectLink path={path} title={path}>
      {nameOf(path)}
    </ObjectLink>
  );
}

export const objectKind: FieldKindView = {
  text: (value) => nameOf(asText(value)),
  View: ({ value }: ViewProps) => <Target path={asText(value)} />,
  Cell: ({ value }: ViewProps) => <Target path={asText(value)} />,
  Edit: (props: EditProps) => (
    <ObjectPicker
      id={props.id}
      types={targetTypes(props.field)}
      value={asText(props.value)}
      describedBy={props.describedBy}
      isInvalid={props.isInvalid}
      onChoose={props.onChange}
      onClear={() => props.onChange(null)}
    />
  ),
};

function Targets({ value }: ViewProps) {
  return (
    <ul className={styles.values}>
      {pathsOf(value).map((path) => (
        <li key={path}>
          <Target path={path} />
        </li>
      ))}
    </ul>
  );
}

export const objectsKind: FieldKindView = {
  text: (value) => pathsOf(value).map(nameOf).join(", "),
  View: Targets,
  Cell: Targets,
  Edit: function ObjectsInput(props: EditProps) {
    const { field, onChange } = props;
    const paths = pathsOf(props.value);
    const set = (next: string[]) => onChange(next.length === 0 ? null : next);
    return (
      <div>
        <div className={styles.chosen}>
          {paths.map((path) => (
            <span key={path} className={styles.chip} title={path}>
              {nameOf(path)}
              <CloseButton
                size="xs"
                aria-label={t("field.removeNamed", { name: nameOf(path) })}
                onClick={() => set(paths.filter((each) => each !== path))}
              />
            </span>
          ))}
        </div>
        <ObjectPicker
          id={props.id}
          types={targetTypes(field)}
          without={paths}
          value=""
          describedBy={props.describedBy}
          isInvalid={props.isInvalid}
          onChoose={(path) => set([...paths, path])}
        />
      </div>
    );
  },
};

function personKind(kind: "users" | "groups"): FieldKindView {
  const Person = ({ value }: ViewProps) => (
    <ObjectLink path={`/system/${kind}/${asText(value)}`}>{asText(value)}</ObjectLink>
  );
  return {
    text: asText,
    View: Person,
    Cell: Person,
    Edit: function PersonInput(props: EditProps) {
      const people = useQuery(peopleQuery(kind)).data ?? [];
      const chosen = asText(props.value);
      const data = people.map(({ name, fullName, isDisabled }) => ({
        value: name,
        label: [
          fullName === "" ? name : `${name} (${fullName})`,
          isDisabled && t("person.disabled"),
        ]
          .filter(Boolean)
          .join(" · "),
      }));
      const isKnown = chosen === "" || people.some(({ name }) => name === chosen);
      return (
        <Select
          {...inputProps(props)}
          data={isKnown ? data : [...data, { value: chosen, label: chosen }]}
          value={chosen === "" ? null : chosen}
          onChange={props.onChange}
          searchable
          clearable
          maw={400}
        />
      );
    },
  };
}

export const userKind = personKind("users");
export const groupKind = personKind("groups");
