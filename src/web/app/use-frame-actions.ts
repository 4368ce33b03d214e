import { useMantineColorScheme } from "@mantine/core";
import { useMe } from "../client/me.ts";
import { open } from "../client/navigation.ts";
import { signOut } from "../features/session/api.ts";
import type { Action } from "../ui/action.ts";
import { IconKeyboard, IconLogout, IconMoon, IconPlus, IconSettings } from "../ui/icons.ts";
import { prefer, preferences } from "../ui/preferences.ts";
import { language, setLanguage, t } from "../ui/text.ts";
import { places } from "./places.tsx";

/** What can be done on every page; `menu` is what the menu of the user shows of it. */
export function useFrameActions(o: { openPalette: () => void; openKeys: () => void }): {
  actions: Action[];
  menu: Action[];
} {
  const { user, isAdministrator } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = ["auto", "light", "dark"] as const;
  const menu: Action[] = [
    {
      id: "me",
      label: t("app.me", { user }),
      icon: IconSettings,
      keywords: "settings profile drafts 設定",
      perform: () => open("/.me"),
    },
    ...schemes
      .filter((scheme) => scheme !== colorScheme)
      .map((scheme) => ({
        id: `theme-${scheme}`,
        label: t(`theme.${scheme}`),
        icon: IconMoon,
        keywords: "theme dark light テーマ 配色",
        perform: () => setColorScheme(scheme),
      })),
    {
      id: "language",
      label: language === "ja" ? "English" : "日本語",
      keywords: "language English Japanese 言語 日本語 英語",
      perform: () => {
        if (setLanguage(language === "ja" ? "en" : "ja")) location.reload();
      },
    },
    {
      id: "keys",
      label: t("keys.title"),
      icon: IconKeyboard,
      shortcut: "?",
      keywords: "help shortcuts ヘルプ キー",
      perform: o.openKeys,
    },
    {
      id: "sign-out",
      label: t("app.signOut"),
      icon: IconLogout,
      keywords: "log out ログアウト",
      perform: () => void leave(),
    },
  ];
  const actions: Action[] = [
    ...menu,
    {
      id: "palette",
      label: t("palette.open"),
      shortcut: "Ctrl+K",
      perform: o.openPalette,
    },
    {
      id: "rail",
      label: t("app.foldRail"),
      shortcut: "Ctrl+B",
      keywords: "sidebar サイドバー",
      perform: () => prefer({ isRailFolded: !preferences().isRailFolded }),
    },
    {
      id: "density",
      label: t("app.density"),
      keywords: "compact density 表示密度",
      perform: () =>
        prefer({ density: preferences().density === "compact" ? "normal" : "compact" }),
    },
    ...places(isAdministrator).map(({ path, label, icon, shortcut, keywords }) => ({
      id: `go ${path}`,
      label: t("app.goTo", { place: label }),
      icon,
      shortcut,
      keywords,
      perform: () => open(path),
    })),
    {
      id: "new-type",
      label: t("new.type"),
      icon: IconPlus,
      keywords: "type model designer 型 作成",
      perform: () => open("/system/types", { view: "new" }),
    },
  ];
  return { actions, menu };
}

async function leave(): Promise<void> {
  await signOut();
  // A new page: nothing of the old one's data stays in memory.
  location.assign("/.login");
}
