import { MantineProvider } from "@mantine/core";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadLanguage } from "#kernel";
import { Problem } from "../client/request.ts";
import { meQuery } from "../features/session/api.ts";
import { language } from "../ui/text.ts";
import "./mantine.css";
import "./tokens.css";
import "./base.css";
import { router } from "./router.tsx";
import { sessionEnd } from "./session-end.ts";
import { theme } from "./theme.ts";

/** A 401 to who was signed in before: the session has ended. */
function noteSessionEnd(error: unknown): void {
  const isRefused = error instanceof Problem && error.document.code === "NOT_SIGNED_IN";
  if (isRefused && queries.getQueryData(meQuery.queryKey) !== undefined) sessionEnd.note();
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noteSessionEnd }),
  mutationCache: new MutationCache({ onError: noteSessionEnd }),
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        error instanceof Problem && error.code === "SERVER_UNREACHABLE" && failures < 2,
    },
  },
});

document.documentElement.lang = language;
await loadLanguage(language);

createRoot(document.getElementById("root") as HTMLElement).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
