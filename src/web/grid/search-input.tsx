import { Combobox, TextInput, useCombobox, type TextInputProps } from "@mantine/core";
import { parseSearch } from "#kernel";
import { t } from "../ui/text.ts";
import type { Way } from "./columns.ts";
import { completionsOf } from "./completion.ts";
import styles from "./search-input.module.css";
import { typedSearch } from "./typed-search.ts";

interface Props extends Pick<TextInputProps, "autoFocus" | "placeholder" | "classNames"> {
  label: string;
  text: string;
  ways: readonly Way[];
  onChange: (text: string) => void;
}

/** A search as text: completed while it is typed, and told where it is wrong. */
export function SearchInput({ label, text, ways, onChange, ...look }: Props) {
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const parsed = parseSearch(typedSearch(text));
  const offered = completionsOf(text, ways);
  const take = (next: string) => {
    onChange(next);
    box.resetSelectedOption();
  };
  return (
    <Combobox store={box} onOptionSubmit={take} withinPortal>
      <Combobox.Target>
        <TextInput
          {...look}
          value={text}
          aria-label={label}
          autoComplete="off"
          spellCheck={false}
          error={
            text !== "" && "fault" in parsed
              ? t("filter.fault", { at: parsed.fault.at + 1, message: parsed.fault.message })
              : undefined
          }
          onChange={(event) => {
            onChange(event.currentTarget.value);
            box.openDropdown();
            box.resetSelectedOption();
          }}
          onClick={() => box.openDropdown()}
          onBlur={() => box.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={offered.length === 0}>
        <Combobox.Options mah={280} className="scrolls" aria-label={label}>
          {offered.map((completion) => (
            <Combobox.Option key={completion.text} value={completion.text}>
              <span className={styles.option}>
                <code>{completion.label}</code>
                <small>{completion.note}</small>
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
