import { Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { ObjectDocument } from "#contract";
import { addressOfPath } from "../../client/address.ts";
import { Problem } from "../../client/request.ts";
import { useLive } from "../../client/use-live.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { t, type TextKey } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";
import { definitionsQuery, objectQuery, type FieldDefinition } from "./api.ts";
import { ChannelHelp } from "./channel-help.tsx";
import { ChildrenTable } from "./children-table.tsx";
import { EditForm } from "./edit-form.tsx";
import { fieldsOf } from "./field-draft.ts";
import { FieldList } from "./field-list.tsx";
import { HistoryTable } from "./history-table.tsx";
import { RunForm } from "./run-form.tsx";

export type ObjectView = "fields" | "edit" | "history";

/** Any object: what it is, then by its type what it holds or does. */
export function ObjectPage({ path, view }: { path: string; view: ObjectView }) {
  const query = useQuery(objectQuery(path));
  useLive(`objects${path}`, () => void query.refetch());
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <Absence path={path} error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  return <Present object={query.data} view={view} />;
}

function Absence({ path, error, onRetry }: { path: string; error: Error; onRetry: () => void }) {
  if (!(error instanceof Problem) || error.code !== "OBJECT_NOT_FOUND") {
    return <ProblemNotice error={error} onRetry={onRetry} />;
  }
  return (
    <>
      <PageHead title={path} />
      <Empty says={t("object.notFound")}>
        <ObjectLink path="/">{t("app.toRoot")}</ObjectLink>
      </Empty>
    </>
  );
}

function Present({ object, view }: { object: ObjectDocument; view: ObjectView }) {
  const { history } = useRouter();
  const definitions = useQuery(definitionsQuery(object.type));
  const { path, type, revision, owner, updatedAt } = object;
  const name = object.name === "" ? "/" : object.name;
  const fields = fieldsOf(object, definitions.data ?? []);
  const facts = [
    t("object.meta", { type, revision }),
    t("object.changed", { time: `${timeText(updatedAt)} ${zoneName(new Date(updatedAt))}` }),
    ...(owner === null ? [] : [t("object.owner", { owner })]),
  ];
  const says = saysOf(object);
  return (
    <>
      <PageHead
        title={view === "fields" ? name : t(titles[view], { name })}
        meta={facts.join(" · ")}
        {...(says === undefined || view !== "fields" ? {} : { says })}
        actions={<Actions path={path} view={view} />}
      />
      {view === "history" && <HistoryTable path={path} />}
      {view === "edit" && !definitions.isPending && (
        <EditForm
          key={path}
          object={object}
          fields={fields}
          onDone={() => history.push(addressOfPath(path))}
        />
      )}
      {view === "fields" && <Body object={object} fields={fields} />}
    </>
  );
}

const titles = { edit: "edit.title", history: "history.title" } as const;

/** What its description says, else what objects of its type do. */
function saysOf({ type, fields }: ObjectDocument): string | undefined {
  if (typeof fields.description === "string" && fields.description !== "")
    return fields.description;
  const sentence = sentences[type];
  return sentence === undefined ? undefined : t(sentence);
}

const sentences: Record<string, TextKey> = { Jobflow: "jobflow.says", Channel: "channel.says" };

function Actions({ path, view }: { path: string; view: ObjectView }): ReactNode {
  if (view !== "fields") return <ObjectLink path={path}>{t("object.back")}</ObjectLink>;
  return (
    <>
      <ObjectLink path={path} search="?view=edit">
        {t("object.edit")}
      </ObjectLink>
      <ObjectLink path={path} search="?view=history">
        {t("object.history")}
      </ObjectLink>
    </>
  );
}

function Body({ object, fields }: { object: ObjectDocument; fields: readonly FieldDefinition[] }) {
  const { path, type } = object;
  if (type === "Directory") return <ChildrenTable path={path} />;
  if (type === "Jobflow") {
    const { source } = object.fields;
    return (
      <>
        <RunForm key={path} path={path} />
        <Heading text={t("jobflow.source")} />
        <CodeBlock text={typeof source === "string" ? source : ""} label={t("jobflow.source")} />
        <Heading text={t("object.fields")} />
        <FieldList object={object} fields={fields.filter(({ name }) => name !== "source")} />
      </>
    );
  }
  return (
    <>
      {type === "Channel" && <ChannelHelp path={path} />}
      {type === "Channel" && <Heading text={t("object.fields")} />}
      <FieldList object={object} fields={fields} />
    </>
  );
}

function Heading({ text }: { text: string }) {
  return (
    <Title order={2} size="h4" mt="lg" mb="xs">
      {text}
    </Title>
  );
}
