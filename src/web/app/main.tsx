import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadLanguage } from "#kernel";
import { Problem } from "../client/request.ts";
import { language } from "../ui/text.ts";
import "./mantine.css";
import "./tokens.css";
import "./base.css";
import { Pages } from "./pages.tsx";
import { theme } from "./theme.ts";

const queries = new QueryClient({
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
        <Pages />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
