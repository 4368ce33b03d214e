import { ActionIcon, Button, UnstyledButton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { useInstance } from "../client/instance.ts";
import { meQuery } from "../client/me.ts";
import { navigate, setParams, useAddress } from "../client/navigation.ts";
import { Problem } from "../client/request.ts";
import { sessionEnd } from "../client/session-end.ts";
import { useLiveState } from "../client/use-live.ts";
import { Tree } from "../features/objects/tree.tsx";
import { SignInDialog } from "../features/session/sign-in-dialog.tsx";
import { useActions, type Action } from "../ui/action.ts";
import { ActionMenu } from "../ui/action-menu.tsx";
import { IconMenu, IconSearch, IconUser } from "../ui/icons.ts";
import { Loading } from "../ui/loading.tsx";
import { ObjectLink } from "../ui/object-link.tsx";
import { usePreferences } from "../ui/preferences.ts";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { setLanguage, t } from "../ui/text.ts";
import { timeText, zoneName } from "../ui/time.ts";
import { ToastShelf } from "../ui/toast-shelf.tsx";
import { useIsPhone } from "../ui/use-media.ts";
import { Breadcrumb } from "./breadcrumb.tsx";
import styles from "./frame.module.css";
import { KeyHelp } from "./key-help.tsx";
import { Palette } from "./palette.tsx";
import { places, PlaceLink, SavedPlaces } from "./places.tsx";
import { useFrameActions } from "./use-frame-actions.ts";
import { useShortcuts } from "./use-shortcuts.ts";

/** What stands around every page of people who are signed in; others are led to the sign-in and back. */
export function Frame({ path, children }: { path: string | undefined; children: ReactNode }) {
  const me = useQuery(meQuery);
  const wanted = me.data?.language;
  useEffect(() => {
    if (wanted !== undefined && wanted !== null && setLanguage(wanted)) location.reload();
  }, [wanted]);
  useEffect(() => {
    if (me.isSuccess) sessionEnd.begin();
  }, [me.isSuccess]);
  if (me.isPending) return <Loading />;
  if (me.isError) {
    if (me.error instanceof Problem && me.error.document.status === 401) {
      return <ToSignIn />;
    }
    return <ProblemNotice error={me.error} onRetry={() => void me.refetch()} />;
  }
  return (
    <Framed path={path} user={me.data.user} isAdministrator={me.data.isAdministrator}>
      {children}
    </Framed>
  );
}

interface FramedProps {
  path: string | undefined;
  user: string;
  isAdministrator: boolean;
  children: ReactNode;
}

function Framed({ path, user, isAdministrator, children }: FramedProps) {
  const { pathname, params } = useAddress();
  const asOf = params.get("as-of");
  const { isRailFolded, density } = usePreferences();
  const isPhone = useIsPhone();
  const [layer, setLayer] = useState<"palette" | "keys" | "rail">();
  const instance = useInstance();
  const { actions, menu } = useFrameActions({
    openPalette: () => setLayer("palette"),
    openKeys: () => setLayer("keys"),
  });
  useActions(actions);
  useShortcuts();
  // On a phone, who chose a place wants to see it.
  useEffect(() => setLayer((now) => (now === "rail" ? undefined : now)), [pathname]);
  const isRailShown = isPhone ? layer === "rail" : true;
  return (
    <div
      className={styles.frame}
      data-density={density}
      data-folded={(isRailFolded && !isPhone) || undefined}
      data-past={asOf !== null || undefined}
    >
      <a href="#content" className={styles.skip}>
        {t("app.skip")}
      </a>
      <header className={styles.bar} data-colour={instance.colour}>
        <ObjectLink path="/" className={styles.brand}>
          {instance.name}
        </ObjectLink>
        <Breadcrumb key={pathname} path={path} />
        <div className={styles.right}>
          <UnstyledButton className={styles.find} onClick={() => setLayer("palette")}>
            <IconSearch size={18} stroke={1.5} />
            <span>{t("palette.open")}</span>
            <kbd className="key" aria-hidden="true">
              Ctrl K
            </kbd>
          </UnstyledButton>
          <LiveSign />
          <span className={styles.zone} title={Intl.DateTimeFormat().resolvedOptions().timeZone}>
            {zoneName()}
          </span>
          <UserMenu user={user} actions={menu} />
        </div>
      </header>
      {asOf !== null && <PastBar asOf={asOf} />}
      {isRailShown && (
        <aside className={styles.rail}>
          <nav aria-label={t("app.places")}>
            {places(isAdministrator).map((place) => (
              <PlaceLink key={place.path} place={place} pathname={pathname} />
            ))}
          </nav>
          {!(isRailFolded && !isPhone) && (
            <>
              <nav aria-label={t("app.objects")}>
                <h2 className={styles.heading}>{t("app.objects")}</h2>
                <Tree current={path ?? ""} />
              </nav>
              <SavedPlaces />
            </>
          )}
        </aside>
      )}
      <main id="content" className={styles.content} tabIndex={-1}>
        {children}
      </main>
      {isPhone && (
        <nav className={styles.bottom} aria-label={t("app.places")}>
          {places(isAdministrator)
            .filter(({ isOnPhone }) => isOnPhone)
            .map((place) => (
              <PlaceLink key={place.path} place={place} pathname={pathname} />
            ))}
          <button
            type="button"
            aria-expanded={layer === "rail"}
            onClick={() => setLayer(layer === "rail" ? undefined : "rail")}
          >
            <IconMenu size={20} stroke={1.5} />
            {t("app.moreMenu")}
          </button>
        </nav>
      )}
      {layer === "palette" && <Palette onClose={() => setLayer(undefined)} />}
      {layer === "keys" && <KeyHelp onClose={() => setLayer(undefined)} />}
      <ToastShelf />
      <EndedSession />
    </div>
  );
}

/** The whole application stands in a moment of the past; nothing can be changed there. */
function PastBar({ asOf }: { asOf: string }) {
  const isChange = /^\d+$/.test(asOf);
  const time = Number.isNaN(Date.parse(asOf))
    ? asOf
    : `${timeText(asOf)} ${zoneName(new Date(asOf))}`;
  return (
    <div className={styles.past} role="status">
      <span>
        {isChange ? t("past.afterChange", { change: asOf }) : t("past.at", { time })}{" "}
        {t("past.readOnly")}
      </span>
      <Button size="compact-sm" variant="default" onClick={() => setParams({ "as-of": undefined })}>
        {t("past.back")}
      </Button>
    </div>
  );
}

function UserMenu({ user, actions }: { user: string; actions: readonly Action[] }) {
  return (
    <ActionMenu actions={actions}>
      <ActionIcon variant="default" size={36} aria-label={t("app.userMenu", { user })} title={user}>
        <IconUser size={18} stroke={1.5} />
      </ActionIcon>
    </ActionMenu>
  );
}

function ToSignIn() {
  const [next] = useState(() => window.location.pathname + window.location.search);
  useEffect(() => {
    navigate(`/.login?${new URLSearchParams({ next }).toString()}`, { replace: true });
  }, [next]);
  return null;
}

function EndedSession() {
  const queries = useQueryClient();
  const hasEnded = useSyncExternalStore(sessionEnd.onChange, () => sessionEnd.hasEnded);
  if (!hasEnded) return null;
  return (
    <SignInDialog
      onSignedIn={() => {
        sessionEnd.forget();
        void queries.invalidateQueries();
      }}
    />
  );
}

/** Whether the page is kept up to date; a short break is not worth a word. */
function LiveSign() {
  const state = useLiveState();
  switch (state.kind) {
    case "idle":
      return null;
    case "live":
      return <span className={styles.live}>{t("live.live")}</span>;
    case "reconnecting":
      return <span className={styles.zone}>◌ {t("live.reconnecting")}</span>;
    case "stale":
      return (
        <span className={styles.stale} role="status">
          ▲ {t("live.stale", { time: timeText(new Date(state.since).toISOString()) })}
        </span>
      );
  }
}
