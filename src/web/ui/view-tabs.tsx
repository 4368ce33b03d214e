import { ObjectLink } from "./object-link.tsx";
import styles from "./view-tabs.module.css";
import { t } from "./text.ts";

interface View {
  id: string;
  label: string;
  /** The one that the address without a view shows. */
  isDefault?: boolean;
}

/** The views of an object, each with an address of its own. */
export function ViewTabs(props: { path: string; current: string; views: readonly View[] }) {
  const { path, current, views } = props;
  return (
    <nav className={styles.tabs} aria-label={t("object.views")}>
      {views.map(({ id, label, isDefault }) => (
        <ObjectLink
          key={id}
          path={path}
          params={isDefault === true ? {} : { view: id }}
          isCurrent={id === current}
        >
          {label}
        </ObjectLink>
      ))}
    </nav>
  );
}
