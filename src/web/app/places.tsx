import type { ComponentType } from "react";
import {
  IconBox,
  IconFolder,
  IconHistory,
  IconPlay,
  IconSearch,
  IconTrash,
  IconUsers,
} from "../ui/icons.ts";
import { ObjectLink } from "../ui/object-link.tsx";
import { usePreferences } from "../ui/preferences.ts";
import { t } from "../ui/text.ts";
import styles from "./frame.module.css";

export interface Place {
  path: string;
  label: string;
  icon: ComponentType<{ size?: number | string; stroke?: number }>;
  shortcut: string;
  keywords: string;
  isOnPhone?: boolean;
}

/** Where everybody goes; everything else is an address. */
export function places(isAdministrator: boolean): Place[] {
  return [
    {
      path: "/",
      label: t("app.objects"),
      icon: IconFolder,
      shortcut: "g o",
      keywords: "objects オブジェクト root",
      isOnPhone: true,
    },
    {
      path: "/process",
      label: t("app.processes"),
      icon: IconPlay,
      shortcut: "g p",
      keywords: "processes runs プロセス",
      isOnPhone: true,
    },
    {
      path: "/.search",
      label: t("app.search"),
      icon: IconSearch,
      shortcut: "g s",
      keywords: "search find 検索 けんさく",
      isOnPhone: true,
    },
    {
      path: "/.changes",
      label: t("app.changes"),
      icon: IconHistory,
      shortcut: "g c",
      keywords: "changes undo 変更 へんこう",
    },
    {
      path: "/.deleted",
      label: t("app.deleted"),
      icon: IconTrash,
      shortcut: "g d",
      keywords: "deleted restore 削除済み 復元",
    },
    ...(isAdministrator
      ? [
          {
            path: "/system/types",
            label: t("app.types"),
            icon: IconBox,
            shortcut: "g y",
            keywords: "types model 型 かた",
          },
          {
            path: "/system/users",
            label: t("app.users"),
            icon: IconUsers,
            shortcut: "g u",
            keywords: "users people ユーザー",
          },
          {
            path: "/system/groups",
            label: t("app.groups"),
            icon: IconUsers,
            shortcut: "g g",
            keywords: "groups グループ",
          },
        ]
      : []),
  ];
}

export function PlaceLink({ place, pathname }: { place: Place; pathname: string }) {
  const { path, label, icon: Icon, shortcut } = place;
  const isCurrent =
    pathname === path || (path === "/.changes" && pathname.startsWith("/.changes/"));
  return (
    <ObjectLink
      path={path}
      className={styles.place}
      isCurrent={isCurrent}
      title={`${label} (${shortcut})`}
    >
      <Icon size={20} stroke={1.5} />
      <span>{label}</span>
    </ObjectLink>
  );
}

/** What is pinned, in its order, and where one was last. */
export function SavedPlaces() {
  const { pinned, recent } = usePreferences();
  return (
    <>
      {pinned.length > 0 && <PathLinks heading={t("app.pinned")} paths={pinned} />}
      {recent.length > 1 && <PathLinks heading={t("app.recent")} paths={recent.slice(1)} />}
    </>
  );
}

function PathLinks({ heading, paths }: { heading: string; paths: readonly string[] }) {
  return (
    <nav aria-label={heading}>
      <h2 className={styles.heading}>{heading}</h2>
      <ul className={styles.paths}>
        {paths.map((path) => (
          <li key={path}>
            <ObjectLink path={path} title={path} className={styles.saved}>
              {path.slice(path.lastIndexOf("/") + 1) || "/"}
            </ObjectLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
