import { Menu } from "@mantine/core";
import type { ReactElement } from "react";
import type { Action } from "./action.ts";
import styles from "./action-menu.module.css";

/** Actions behind a button. What cannot be done is listed with its reason. */
export function ActionMenu({
  actions,
  children,
}: {
  actions: readonly Action[];
  children: ReactElement;
}) {
  return (
    <Menu position="bottom-end" shadow="md" width={260} withinPortal>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {actions.map((action) => (
          <Item key={action.id} action={action} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Item({ action }: { action: Action }) {
  const { icon: Icon, label, shortcut, whyNot, isDanger, perform } = action;
  return (
    <Menu.Item
      aria-disabled={whyNot !== undefined}
      closeMenuOnClick={whyNot === undefined}
      className={isDanger === true && whyNot === undefined ? styles.danger : undefined}
      leftSection={Icon === undefined ? undefined : <Icon size={18} stroke={1.5} />}
      rightSection={shortcut === undefined ? undefined : <kbd className="key">{shortcut}</kbd>}
      onClick={() => whyNot === undefined && perform()}
    >
      <span className={whyNot === undefined ? undefined : styles.off}>{label}</span>
      {whyNot !== undefined && <small className={styles.reason}>{whyNot}</small>}
    </Menu.Item>
  );
}
