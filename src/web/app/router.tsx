import { createRootRoute, createRoute, createRouter, useLocation } from "@tanstack/react-router";
import { pathOfAddress } from "../client/address.ts";
import { ObjectPage, type ObjectView } from "../features/objects/object-page.tsx";
import { processStates, type ProcessState } from "../features/processes/api.ts";
import { ProcessList } from "../features/processes/process-list.tsx";
import { ProcessPage } from "../features/processes/process-page.tsx";
import { SignInPage } from "../features/session/sign-in-page.tsx";
import { Empty } from "../ui/empty.tsx";
import { ObjectLink } from "../ui/object-link.tsx";
import { t } from "../ui/text.ts";
import { Frame } from "./frame.tsx";

/**
 * Which page an address shows. Addresses of the application begin with a dot, all others are objects; what is
 * shown of an object is a search parameter, since its children own the addresses below it.
 */

const rootRoute = createRootRoute();

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/.login",
  validateSearch: (search): { next?: string } =>
    typeof search.next === "string" ? { next: search.next } : {},
  component: () => <SignInPage next={signInRoute.useSearch().next} />,
});

const objectSearch = (
  search: Record<string, unknown>,
): { view?: ObjectView; state?: ProcessState } => {
  const view = (["edit", "history"] as const).find((known) => known === search.view);
  const state = processStates.find((known) => known === search.state);
  return { ...(view === undefined ? {} : { view }), ...(state === undefined ? {} : { state }) };
};

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: objectSearch,
  component: () => <PathPage {...indexRoute.useSearch()} />,
});

const pathRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "$",
  validateSearch: objectSearch,
  component: () => <PathPage {...pathRoute.useSearch()} />,
});

/** The page of whatever stands at the browser's address. */
function PathPage({ view = "fields", state }: { view?: ObjectView; state?: ProcessState }) {
  // The router decodes what it hands out; names may hold what it takes for its own, so the address itself counts.
  useLocation();
  const path = pathOfAddress(location.pathname);
  if (path === undefined || path.startsWith("/.")) {
    return (
      <Frame path="/">
        <Empty says={t("app.notFound")}>
          {t("app.notFoundHint")} <ObjectLink path="/">{t("app.toRoot")}</ObjectLink>
        </Empty>
      </Frame>
    );
  }
  const process = /^\/process\/(\d{1,15})$/.exec(path);
  return (
    <Frame path={path}>
      {process !== null && view === "fields" ? (
        <ProcessPage id={Number(process[1])} />
      ) : path === "/process" && view === "fields" ? (
        <ProcessList state={state} />
      ) : (
        <ObjectPage key={path} path={path} view={view} />
      )}
    </Frame>
  );
}

export const router = createRouter({
  routeTree: rootRoute.addChildren([signInRoute, indexRoute, pathRoute]),
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
