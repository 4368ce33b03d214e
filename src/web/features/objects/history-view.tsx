import { Button, Group, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ChangeDocument, HistoryDocument } from "#contract";
import { setParams } from "../../client/navigation.ts";
import { requestObject } from "../../client/request.ts";
import { Author, Delta } from "../../diff/delta.tsx";
import { UndoDialog } from "../../diff/undo-dialog.tsx";
import { typedInstant } from "../../fields/typed-value.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { MoreButton } from "../../ui/more-button.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { language, t } from "../../ui/text.ts";
import { clockMinutes, dayText, timeText, zoneName } from "../../ui/time.ts";
import { byDay } from "../../ui/days.ts";
import styles from "./history-view.module.css";

interface Props {
  path: string;
  type: string;
  /** Also of all below it. */
  isDirectory: boolean;
}

/** Who changed what, when and why: one entry a change, by day, the newest first. */
export function HistoryView({ path, type, isDirectory }: Props) {
  const [isBelow, setBelow] = useState(isDirectory);
  const query = useInfiniteQuery({
    queryKey: ["history", path, isBelow],
    queryFn: ({ pageParam, signal }) =>
      requestObject<HistoryDocument>(
        path,
        {
          history: "true",
          limit: 50,
          below: isBelow ? "true" : undefined,
          after: pageParam ?? undefined,
        },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const [undone, setUndone] = useState<ChangeDocument>();
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <ProblemNotice error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  const changes = query.data.pages.flatMap((page) => page.changes);
  return (
    <>
      <Group gap="sm" mb="sm">
        <MomentField />
        {isDirectory && (
          <Button
            variant="default"
            size="xs"
            aria-pressed={isBelow}
            onClick={() => setBelow(!isBelow)}
          >
            {t(isBelow ? "history.onlyThis" : "history.below")}
          </Button>
        )}
      </Group>
      {changes.length === 0 && <Empty says={t("history.empty")} />}
      {byDay(changes, ({ at }) => dayText(at, language)).map(([day, entries]) => (
        <section key={day} className={styles.day}>
          <h2>{day}</h2>
          <ol>
            {entries.map((change) => (
              <Entry
                key={`${change.change}/${change.object}`}
                change={change}
                type={type}
                isOther={change.objectPath !== path}
                onUndo={() => setUndone(change)}
              />
            ))}
          </ol>
        </section>
      ))}
      <MoreButton query={query} />
      {undone !== undefined && (
        <UndoDialog
          title={t("undo.ofObject", { change: undone.change, path: undone.objectPath })}
          request={{ change: undone.change, object: undone.object || undone.objectPath }}
          onClose={() => setUndone(undefined)}
        />
      )}
    </>
  );
}

function Entry(props: {
  change: ChangeDocument;
  type: string;
  isOther: boolean;
  onUndo: () => void;
}) {
  const { change, type, isOther, onUndo } = props;
  const { at, operation, objectPath, reason } = change;
  const isSystem = change.object === 0;
  return (
    <li className={styles.entry}>
      <time dateTime={at} title={`${timeText(at)} ${zoneName(new Date(at))}`}>
        {clockMinutes(at)}
      </time>
      <div className={styles.what}>
        <Group gap="xs">
          <span>
            <Author author={change.author} cause={change.cause} />
          </span>
          {reason !== null && <q>{reason}</q>}
          <ObjectLink path={`/.changes/${change.change}`}>
            {t("change.number", { number: change.change })}
          </ObjectLink>
          <Text c="dimmed" size="sm">
            {t(`history.${operation}`)}
            {isOther && (
              <>
                {" "}
                <ObjectLink path={objectPath}>{objectPath}</ObjectLink>
              </>
            )}
          </Text>
        </Group>
        <Delta delta={change} type={isOther ? undefined : type} path={objectPath} />
      </div>
      <Group gap="xs" className={styles.acts}>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => setParams({ "as-of": change.change, view: undefined })}
        >
          {t("history.lookThen")}
        </Button>
        {!isSystem && (
          <Button size="compact-xs" variant="default" onClick={onUndo}>
            {t("history.undo")}
          </Button>
        )}
      </Group>
    </li>
  );
}

/** A moment of the past, typed; the application goes there. */
function MomentField() {
  const [text, setText] = useState("");
  const moment = typedInstant(text);
  return (
    <form
      className={styles.moment}
      onSubmit={(event) => {
        event.preventDefault();
        if (moment !== undefined) setParams({ "as-of": moment, view: undefined });
      }}
    >
      <TextInput
        size="xs"
        value={text}
        aria-label={t("history.moment")}
        placeholder={t("history.momentPlaceholder")}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" variant="default" disabled={moment === undefined}>
        {t("history.lookThen")}
      </Button>
    </form>
  );
}
