import { Button, Group, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { ChangeListDocument } from "#contract";
import { setParams, useAddress } from "../../client/navigation.ts";
import { queryText, request } from "../../client/request.ts";
import { useLive } from "../../client/use-live.ts";
import { Author } from "../../diff/delta.tsx";
import { UndoDialog } from "../../diff/undo-dialog.tsx";
import { typedInstant } from "../../fields/typed-value.ts";
import { byDay } from "../../ui/days.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { MoreButton } from "../../ui/more-button.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { language, numberText, t } from "../../ui/text.ts";
import { clockMinutes, dayText, timeText } from "../../ui/time.ts";
import styles from "./changes.module.css";

const filters = ["author", "below", "from", "to"] as const;
type Filters = Partial<Record<(typeof filters)[number], string>>;

/** All changes that one may see, by day; whatever stands here can be taken back. */
export function ChangeList() {
  const { params } = useAddress();
  const given: Filters = Object.fromEntries(
    filters.flatMap((name) => {
      const value = params.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const query = useInfiniteQuery({
    queryKey: ["changes", given],
    queryFn: ({ pageParam, signal }) =>
      request<ChangeListDocument>(
        `/.api/v1/changes${queryText({ ...given, limit: 50, before: pageParam ?? undefined })}`,
        { signal },
      ),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
  });
  const [hasNews, setNews] = useState(false);
  const newest = query.data?.pages[0]?.changes[0]?.change ?? 0;
  const look = async () => {
    const { changes } = await request<ChangeListDocument>(
      `/.api/v1/changes${queryText({ ...given, limit: 1 })}`,
    );
    setNews((changes[0]?.change ?? 0) > newest);
  };
  useLive("objects/", () => {
    if (query.data !== undefined) void look().catch(() => undefined);
  });
  const [isUndoing, setUndoing] = useState(false);
  const failure = failureToShow(query);
  const changes = query.data?.pages.flatMap((page) => page.changes) ?? [];
  // A person and a period can be taken back as a whole; everything cannot.
  const isNarrow = given.author !== undefined || given.from !== undefined;
  return (
    <>
      <PageHead
        title={t("app.changes")}
        says={t("changes.says")}
        actions={
          isNarrow && (
            <Button variant="default" onClick={() => setUndoing(true)}>
              {t("changes.undoAll")}
            </Button>
          )
        }
      />
      <FilterForm key={JSON.stringify(given)} given={given} />
      {failure !== undefined && (
        <ProblemNotice error={failure} onRetry={() => void query.refetch()} />
      )}
      {query.isPending && <Loading />}
      {hasNews && (
        <Button
          size="compact-sm"
          variant="default"
          mb="sm"
          w="fit-content"
          onClick={() => {
            setNews(false);
            void query.refetch();
          }}
        >
          {t("changes.refresh")}
        </Button>
      )}
      {query.data !== undefined && changes.length === 0 && <Empty says={t("changes.none")} />}
      {byDay(changes, ({ at }) => dayText(at, language)).map(([day, entries]) => (
        <section key={day} className={styles.day}>
          <h2>{day}</h2>
          <ol>
            {entries.map((change) => (
              <li key={change.change} className={styles.entry}>
                <time dateTime={change.at} title={timeText(change.at)}>
                  {clockMinutes(change.at)}
                </time>
                <span>
                  <Author author={change.author} cause={change.cause} />
                  {change.reason !== null && (
                    <>
                      {" "}
                      <q>{change.reason}</q>
                    </>
                  )}
                </span>
                <ObjectLink path={`/.changes/${change.change}`}>
                  {t("changes.entry", {
                    number: change.change,
                    count: numberText(change.objects),
                  })}
                </ObjectLink>
              </li>
            ))}
          </ol>
        </section>
      ))}
      <MoreButton query={query} />
      {isUndoing && (
        <UndoDialog
          title={t("changes.undoAll")}
          request={given}
          onClose={() => setUndoing(false)}
        />
      )}
    </>
  );
}

function FilterForm({ given }: { given: Filters }) {
  const [values, setValues] = useState<Filters>(() => ({
    ...given,
    ...(given.from === undefined ? {} : { from: shown(given.from) }),
    ...(given.to === undefined ? {} : { to: shown(given.to) }),
  }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setParams({
      author: values.author || undefined,
      below: values.below || undefined,
      from: momentOf(values.from),
      to: momentOf(values.to),
    });
  };
  return (
    <form onSubmit={submit} role="search" aria-label={t("filter.label")}>
      <Group gap="sm" align="flex-end" mb="md">
        {filters.map((name) => (
          <TextInput
            key={name}
            label={t(`changes.${name}`)}
            value={values[name] ?? ""}
            placeholder={name === "below" ? "/nodes" : name === "author" ? "" : "2026-11-20 09:00"}
            onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
          />
        ))}
        <Button type="submit" variant="default">
          {t("filter.apply")}
        </Button>
      </Group>
    </form>
  );
}

function momentOf(text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  return typedInstant(text) ?? text.trim();
}

function shown(moment: string): string {
  return Number.isNaN(Date.parse(moment)) ? moment : timeText(moment);
}
