import { ActionIcon, Combobox, InputBase, Menu, useCombobox } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { parentPath } from "#kernel";
import { open } from "../client/navigation.ts";
import { fetchRows } from "../grid/object-rows.ts";
import { IconEdit } from "../ui/icons.ts";
import { ObjectLink } from "../ui/object-link.tsx";
import { isComposing } from "../ui/shortcut.ts";
import { t } from "../ui/text.ts";
import styles from "./breadcrumb.module.css";

/** Where one is: each directory a link, each `›` opens what stands beside it, and the end is a text field for a path. */
export function Breadcrumb({ path }: { path: string | undefined }) {
  const [isTyping, setTyping] = useState(false);
  if (isTyping) return <PathField path={path ?? "/"} onDone={() => setTyping(false)} />;
  const names = (path ?? "").split("/").filter(Boolean);
  const steps = names.map((name, index) => ({
    name,
    path: `/${names.slice(0, index + 1).join("/")}`,
  }));
  return (
    <nav aria-label={t("app.path")} className={styles.crumbs}>
      <ol>
        <li>
          <ObjectLink path="/" isCurrent={path === "/"}>
            /
          </ObjectLink>
        </li>
        {steps.map((step) => (
          <Fragment key={step.path}>
            <li>
              <Siblings directory={parentPath(step.path)} />
            </li>
            <li className={styles.step}>
              <ObjectLink path={step.path} isCurrent={step.path === path}>
                {step.name}
              </ObjectLink>
            </li>
          </Fragment>
        ))}
      </ol>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t("app.typePath")}
        title={t("app.typePath")}
        onClick={() => setTyping(true)}
      >
        <IconEdit size={16} stroke={1.5} />
      </ActionIcon>
    </nav>
  );
}

const siblingsMax = 50;

const childrenOf = (directory: string, q: string) => ({
  queryKey: ["rows", "children", directory, q],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const query = { directory, q, type: undefined, sort: "name", columns: [], asOf: undefined };
    return (await fetchRows(query, null, signal, siblingsMax)).items;
  },
  staleTime: 10_000,
  retry: false,
});

function Siblings({ directory }: { directory: string }) {
  const [isOpen, setOpen] = useState(false);
  const { data = [] } = useQuery({ ...childrenOf(directory, ""), enabled: isOpen });
  return (
    <Menu opened={isOpen} onChange={setOpen} shadow="md" withinPortal>
      <Menu.Target>
        <button
          type="button"
          className={styles.siblings}
          aria-label={t("app.siblings", { directory })}
        >
          ›
        </button>
      </Menu.Target>
      <Menu.Dropdown className="scrolls" mah={400}>
        {data.map((row) => (
          <Menu.Item key={row.path} onClick={() => open(row.path)}>
            {row.path.slice(row.path.lastIndexOf("/") + 1)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** A path, typed, with what stands in its directory offered. */
export function PathField({ path, onDone }: { path: string; onDone: () => void }) {
  const [text, setText] = useState(path === "/" ? "/" : path);
  const box = useCombobox();
  const directory = parentPath(text.startsWith("/") ? text : `/${text}`);
  const started = text.slice(text.lastIndexOf("/") + 1);
  const { data = [] } = useQuery(childrenOf(directory, ""));
  const offered = data.filter(({ path: each }) =>
    each
      .slice(each.lastIndexOf("/") + 1)
      .toLowerCase()
      .startsWith(started.toLowerCase()),
  );
  const go = (to: string) => {
    onDone();
    open(to.length > 1 && to.endsWith("/") ? to.slice(0, -1) : to);
  };
  return (
    <Combobox store={box} onOptionSubmit={go} withinPortal>
      <Combobox.Target>
        <InputBase
          className={styles.field}
          value={text}
          autoFocus
          aria-label={t("app.typePath")}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: "code" }}
          onFocus={(event) => {
            event.currentTarget.select();
            box.openDropdown();
          }}
          onChange={(event) => {
            setText(event.currentTarget.value);
            box.openDropdown();
            box.resetSelectedOption();
          }}
          onBlur={onDone}
          onKeyDown={(event) => {
            if (isComposing(event.nativeEvent)) return;
            if (event.key === "Escape") onDone();
            if (event.key === "Tab" && offered[0] !== undefined && started !== "") {
              event.preventDefault();
              setText(`${offered[0].path}${offered[0].type === "Directory" ? "/" : ""}`);
            }
            if (event.key === "Enter" && box.getSelectedOptionIndex() === -1) {
              event.preventDefault();
              go(text.startsWith("/") ? text : `/${text}`);
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={320} className="scrolls" aria-label={t("app.typePath")}>
          {offered.map((row) => (
            <Combobox.Option key={row.path} value={row.path}>
              {row.path}
            </Combobox.Option>
          ))}
          {offered.length === 0 && <Combobox.Empty>{t("app.noSuchPath")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
