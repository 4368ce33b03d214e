import {
  Button,
  Checkbox,
  SegmentedControl,
  Stack,
  Title,
  useMantineColorScheme,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { draftStore } from "../../client/draft-store.ts";
import { useMe } from "../../client/me.ts";
import { Tokens } from "./tokens.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Empty } from "../../ui/empty.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { prefer, usePreferences } from "../../ui/preferences.ts";
import { language, setLanguage, t } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";

/** What one prefers in this browser, and what one has typed and not saved. */
export function MePage() {
  const { user } = useMe();
  const { density, hasSingleKeys } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <PageHead
        title={t("me.title")}
        meta={<ObjectLink path={`/system/users/${user}`}>{user}</ObjectLink>}
        says={t("me.says", {
          zone: `${zoneName()} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`,
        })}
      />
      <Stack gap="md" align="flex-start" mb="lg">
        <Choice
          label={t("me.theme")}
          value={colorScheme}
          choices={[
            ["auto", t("theme.auto")],
            ["light", t("theme.light")],
            ["dark", t("theme.dark")],
          ]}
          onChange={(next) => setColorScheme(next as "auto" | "light" | "dark")}
        />
        <Choice
          label={t("me.language")}
          value={language}
          choices={[
            ["en", "English"],
            ["ja", "日本語"],
          ]}
          onChange={(next) => {
            if (setLanguage(next)) location.reload();
          }}
        />
        <Choice
          label={t("me.density")}
          value={density}
          choices={[
            ["normal", t("me.normal")],
            ["compact", t("me.compact")],
          ]}
          onChange={(next) => prefer({ density: next === "compact" ? "compact" : "normal" })}
        />
        <Checkbox
          label={t("me.singleKeys")}
          checked={hasSingleKeys}
          onChange={(event) => prefer({ hasSingleKeys: event.currentTarget.checked })}
        />
      </Stack>
      <Drafts user={user} />
      <Tokens />
    </>
  );
}

function Choice(props: {
  label: string;
  value: string;
  choices: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}) {
  const { label, value, choices, onChange } = props;
  return (
    <div>
      <div aria-hidden="true">{label}</div>
      <SegmentedControl
        aria-label={label}
        value={value}
        data={choices.map(([value, label]) => ({ value, label }))}
        onChange={onChange}
      />
    </div>
  );
}

function Drafts({ user }: { user: string }) {
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["drafts", user],
    queryFn: () => draftStore.list(user),
    staleTime: 0,
  });
  const drafts = query.data ?? [];
  const drop = async (path: string) => {
    await draftStore.drop(user, path);
    await queries.invalidateQueries({ queryKey: ["drafts"] });
  };
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t("me.drafts")}
      </Title>
      {drafts.length === 0 ? (
        <Empty says={t("me.noDrafts")} />
      ) : (
        <DataTable
          label={t("me.drafts")}
          rows={drafts}
          keyOf={({ path }) => path}
          columns={[
            {
              title: t("way.path"),
              cell: ({ path, type, revision }) =>
                revision === undefined ? (
                  <ObjectLink path={path.split("?")[0] ?? "/"} params={{ view: "new", type }}>
                    {t("new.of", { type })}
                  </ObjectLink>
                ) : (
                  <ObjectLink path={path} params={{ view: "edit" }}>
                    {path}
                  </ObjectLink>
                ),
            },
            { title: t("me.draftAt", { zone: zoneName() }), cell: ({ at }) => timeText(at) },
            { title: t("object.fields"), cell: ({ values }) => Object.keys(values).join(", ") },
            {
              title: t("deleted.act"),
              cell: ({ path }) => (
                <Button size="compact-sm" variant="default" onClick={() => void drop(path)}>
                  {t("draft.discard")}
                </Button>
              ),
            },
          ]}
        />
      )}
    </section>
  );
}
