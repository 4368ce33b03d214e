import { Combobox, InputBase, useCombobox } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { t } from "../ui/text.ts";
import { lookupQuery } from "./object-lookup.ts";
import styles from "./kinds/kinds.module.css";

interface Props {
  id: string;
  /** Types that may be chosen; none: any. */
  types: readonly string[];
  /** What is not offered. */
  without?: readonly string[];
  value: string;
  onChoose: (path: string) => void;
  onClear?: () => void;
  describedBy?: string | undefined;
  isInvalid?: boolean;
  label?: string;
}

/** Finds an object while one types: by name, by what is searched, or by its path as it is written. */
export function ObjectPicker(props: Props) {
  const { id, types, without = [], value, onChoose, onClear, describedBy, isInvalid } = props;
  const [text, setText] = useState<string>();
  const wanted = useDeferredValue(text ?? "");
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const isPath = wanted.startsWith("/");
  const query = useQuery({
    ...lookupQuery(types, isPath ? "" : wanted),
    enabled: box.dropdownOpened,
    placeholderData: keepPreviousData,
  });
  const found = (query.data ?? []).filter(
    ({ path }) => !without.includes(path) && (!isPath || path.startsWith(wanted)),
  );
  const choose = (path: string) => {
    onChoose(path);
    setText(undefined);
    box.closeDropdown();
  };
  const leave = () => {
    box.closeDropdown();
    // A path may be typed as it is; anything else was a search only.
    if (text === "" && onClear !== undefined) onClear();
    else if (text?.startsWith("/") === true) onChoose(text);
    setText(undefined);
  };
  const kinds = types.join(", ");
  return (
    <Combobox store={box} onOptionSubmit={choose} withinPortal>
      <Combobox.Target>
        <InputBase
          id={id}
          value={text ?? value}
          error={isInvalid === true}
          autoComplete="off"
          maw={480}
          aria-describedby={describedBy}
          {...(props.label === undefined ? {} : { "aria-label": props.label })}
          placeholder={kinds === "" ? t("field.findAny") : t("field.findObject", { types: kinds })}
          onChange={(event) => {
            setText(event.currentTarget.value);
            box.openDropdown();
            box.updateSelectedOptionIndex();
          }}
          onFocus={() => box.openDropdown()}
          onClick={() => box.openDropdown()}
          onBlur={leave}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options
          mah={320}
          className="scrolls"
          aria-label={kinds === "" ? t("palette.objects") : kinds}
        >
          {found.map(({ path, type }) => (
            <Combobox.Option key={path} value={path}>
              <span className={styles.option}>
                {path.slice(path.lastIndexOf("/") + 1)}
                <small>
                  {type} · {path}
                </small>
              </span>
            </Combobox.Option>
          ))}
          {found.length === 0 && !query.isFetching && (
            <Combobox.Empty>
              {kinds === "" ? t("field.foundNone") : t("field.foundNoneOf", { types: kinds })}
            </Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
