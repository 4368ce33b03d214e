import { Button, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useLive } from "../../client/use-live.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Loading } from "../../ui/loading.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t, told, toldWaits } from "../../ui/text.ts";
import { durationText, timeText, zoneName } from "../../ui/time.ts";
import { cancelProcess, hasEnded, processQuery, type Process } from "./api.ts";
import { Console } from "./console.tsx";
import { StateMark } from "./state-mark.tsx";

/** One process: how it stands, its result, and its console as it grows. */
export function ProcessPage({ id }: { id: number }) {
  const query = useQuery(processQuery(id));
  useLive(`process/${id}`, () => void query.refetch());
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <ProblemNotice error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  const process = query.data;
  return (
    <>
      <PageHead
        title={t("process.title", { id })}
        mark={<StateMark state={process.state} />}
        meta={
          <>
            <ObjectLink path={process.jobflow}>{process.jobflow}</ObjectLink>
            {" · "}
            {t("process.meta", { time: instant(process.startedAt), by: process.startedBy })}
          </>
        }
        says={sentenceOf(process)}
        actions={!hasEnded(process.state) && <CancelButton id={id} />}
      />
      {process.parent !== null && (
        <Text mb="sm">
          {t("process.parent")} <ObjectLink path={process.parent}>{process.parent}</ObjectLink>
        </Text>
      )}
      {process.result !== null && (
        <section>
          <Title order={2} size="h4">
            {t("process.result")}
          </Title>
          <CodeBlock text={resultText(process.result)} label={t("process.result")} />
        </section>
      )}
      <Console key={id} id={id} />
    </>
  );
}

function CancelButton({ id }: { id: number }) {
  const mutation = useMutation({ mutationFn: () => cancelProcess(id) });
  if (mutation.isSuccess) return <Text c="dimmed">{t("process.cancelling")}</Text>;
  return (
    <>
      {mutation.isError && <ProblemNotice error={mutation.error} />}
      <Button variant="default" loading={mutation.isPending} onClick={() => mutation.mutate()}>
        {t("process.cancel")}
      </Button>
    </>
  );
}

/** What it does, waits for, or ended with. */
function sentenceOf(process: Process): string {
  const { startedAt, endedAt, error, waitsFor, waitsSince } = process;
  const took = endedAt === null ? "" : durationText(startedAt, endedAt);
  switch (process.state) {
    case "running":
    case "waiting":
      return waitsFor === null
        ? t("process.saysRunning")
        : t("process.saysWaiting", {
            what: toldWaits(waitsFor),
            time: instant(waitsSince ?? startedAt),
          });
    case "done":
      return t("process.saysDone", { took });
    case "aborted":
      return error === null ? t("state.aborted") : told(error);
    case "cancelled":
      return t("process.saysCancelled", { took });
    case "suspended":
      return t("process.saysSuspended");
    case "new":
    case "ready":
      return t("process.saysNew");
  }
}

function instant(iso: string): string {
  return `${timeText(iso)} ${zoneName(new Date(iso))}`;
}

function resultText(result: Process["result"]): string {
  return typeof result === "string" ? result : JSON.stringify(result, null, 2);
}
