import { Button, Group } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { Problem } from "../client/request.ts";
import { useLiveState } from "../client/use-live.ts";
import { Breadcrumb } from "../features/objects/breadcrumb.tsx";
import { Tree } from "../features/objects/tree.tsx";
import { meQuery, signOut } from "../features/session/api.ts";
import { SignInDialog } from "../features/session/sign-in-dialog.tsx";
import { Loading } from "../ui/loading.tsx";
import { ObjectLink } from "../ui/object-link.tsx";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { setLanguage, t } from "../ui/text.ts";
import { timeText, zoneName } from "../ui/time.ts";
import styles from "./frame.module.css";
import { sessionEnd } from "./session-end.ts";

/** What stands around every page of people who are signed in; others are led to the sign-in and back. */
export function Frame({ path, children }: { path: string; children: ReactNode }) {
  const me = useQuery(meQuery);
  const wanted = me.data?.language;
  useEffect(() => {
    if (wanted !== undefined && setLanguage(wanted)) location.reload();
  }, [wanted]);
  if (me.isPending) return <Loading />;
  if (me.isError) {
    if (me.error instanceof Problem && me.error.document.status === 401) {
      return <ToSignIn />;
    }
    return <ProblemNotice error={me.error} onRetry={() => void me.refetch()} />;
  }
  return (
    <div className={styles.frame}>
      <a href="#content" className={styles.skip}>
        {t("app.skip")}
      </a>
      <header className={styles.bar}>
        <ObjectLink path="/" className={styles.brand}>
          Tsunagi
        </ObjectLink>
        <Breadcrumb path={path} />
        <Group gap="md" ml="auto" wrap="nowrap">
          <LiveSign />
          <span title={Intl.DateTimeFormat().resolvedOptions().timeZone}>{zoneName()}</span>
          <SignOut user={me.data.user} />
        </Group>
      </header>
      <aside className={styles.rail}>
        <nav aria-label={t("app.objects")}>
          <ObjectLink path="/process" className={styles.place} isCurrent={path === "/process"}>
            {t("app.processes")}
          </ObjectLink>
          <h2 className={styles.heading}>{t("app.objects")}</h2>
          <Tree current={path} />
        </nav>
      </aside>
      <main id="content" className={styles.content} tabIndex={-1}>
        {children}
      </main>
      <EndedSession />
    </div>
  );
}

function ToSignIn() {
  const { history } = useRouter();
  const [next] = useState(() => history.location.href);
  useEffect(() => {
    history.replace(`/.login?${new URLSearchParams({ next }).toString()}`);
  }, [history, next]);
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
      return <span>◌ {t("live.reconnecting")}</span>;
    case "stale":
      return (
        <span className={styles.stale} role="status">
          ▲ {t("live.stale", { time: timeText(new Date(state.since).toISOString()) })}
        </span>
      );
  }
}

function SignOut({ user }: { user: string }) {
  const leave = async () => {
    await signOut();
    // A new page: nothing of the old one's data stays in memory.
    location.assign("/.login");
  };
  return (
    <>
      <span>{user}</span>
      <Button variant="default" size="xs" onClick={() => void leave()}>
        {t("app.signOut")}
      </Button>
    </>
  );
}
