import { lazy, Suspense, type ReactNode } from "react";
import { useAddress } from "../client/navigation.ts";
import { ChangeList } from "../features/changes/change-list.tsx";
import { ChangePage } from "../features/changes/change-page.tsx";
import { DeletedList } from "../features/changes/deleted-list.tsx";
import { ObjectPage } from "../features/objects/object-page.tsx";
import { MePage } from "../features/people/me-page.tsx";
import { processStates } from "../features/processes/api.ts";
import { ProcessList } from "../features/processes/process-list.tsx";
import { ProcessPage } from "../features/processes/process-page.tsx";
import { SearchPage } from "../features/search/search-page.tsx";
import { SignInPage } from "../features/session/sign-in-page.tsx";
import { Empty } from "../ui/empty.tsx";
import { Loading } from "../ui/loading.tsx";
import { ObjectLink } from "../ui/object-link.tsx";
import { t } from "../ui/text.ts";
import { Frame } from "./frame.tsx";

/**
 * Which page an address shows. Addresses of the application begin with a dot, all others are objects; what is
 * shown of an object is a search parameter, since its children own the addresses below it. Pages that few people open
 * come as files of their own.
 */

const ImportPage = lazy(() => import("../features/objects/import/import-page.tsx"));
const TypeDesigner = lazy(() => import("../features/type-designer/type-designer.tsx"));
const PersonPage = lazy(() => import("../features/people/person-page.tsx"));
const PeopleList = lazy(() => import("../features/people/people-list.tsx"));

export function Pages() {
  const { pathname, path, params } = useAddress();
  if (pathname === "/.login") return <SignInPage next={params.get("next") ?? undefined} />;
  const isObject = path !== undefined && !path.startsWith("/.");
  return (
    <Frame path={isObject ? path : undefined}>
      <Suspense fallback={<Loading />}>
        {isObject ? <PathPage path={path} /> : <SystemPage pathname={pathname} />}
      </Suspense>
    </Frame>
  );
}

/** A page with a renderer of its own, else the page of any object. */
function PathPage({ path }: { path: string }): ReactNode {
  const { params } = useAddress();
  const view = params.get("view");
  const process = /^\/process\/(\d{1,15})$/.exec(path);
  if (process !== null && (view === null || view === "fields")) {
    return <ProcessPage id={Number(process[1])} />;
  }
  if (path === "/process" && view === null) {
    return <ProcessList state={processStates.find((known) => known === params.get("state"))} />;
  }
  const person = /^\/system\/(users|groups)(?:\/([^/]+))?$/.exec(path);
  if (person !== null && (view === null || view === "edit" || view === "new")) {
    const kind = person[1] === "users" ? "users" : "groups";
    const name = person[2];
    if (name !== undefined) return <PersonPage key={path} kind={kind} name={name} />;
    return <PeopleList key={`${path}/${view}`} kind={kind} />;
  }
  const isType = /^\/system\/types\/[^/]+$/.test(path) && (view === null || view === "edit");
  const isNewType = path === "/system/types" && view === "new";
  if ((isType || isNewType) && !params.has("as-of")) {
    return <TypeDesigner key={path} path={isNewType ? undefined : path} />;
  }
  return <ObjectPage key={path} path={path} />;
}

function SystemPage({ pathname }: { pathname: string }): ReactNode {
  const change = /^\/\.changes\/(\d{1,15})$/.exec(pathname);
  if (change !== null) return <ChangePage key={pathname} id={Number(change[1])} />;
  switch (pathname) {
    case "/.search":
      return <SearchPage />;
    case "/.changes":
      return <ChangeList />;
    case "/.deleted":
      return <DeletedList />;
    case "/.import":
      return <ImportPage />;
    case "/.me":
      return <MePage />;
    default:
      return (
        <Empty says={t("app.notFound")}>
          {t("app.notFoundHint")} <ObjectLink path="/">{t("app.toRoot")}</ObjectLink>
        </Empty>
      );
  }
}
