import { ActionIcon, Group, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ObjectDocument } from "#contract";
import { open, setParams, useAddress } from "../../client/navigation.ts";
import { changeOf, objectQuery } from "../../client/objects.ts";
import { useMyRights } from "../../client/rights.ts";
import { Problem } from "../../client/request.ts";
import { useLive } from "../../client/use-live.ts";
import { useQueryClient } from "@tanstack/react-query";
import { fieldsOf, useTypes, type FieldDefinition } from "../../fields/definition.ts";
import { useActions, type Action } from "../../ui/action.ts";
import { ActionButton } from "../../ui/action-button.tsx";
import { ActionMenu } from "../../ui/action-menu.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Empty } from "../../ui/empty.tsx";
import { IconDots } from "../../ui/icons.ts";
import { Loading } from "../../ui/loading.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { noteVisit } from "../../ui/preferences.ts";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { failureToShow } from "../../ui/query-failure.ts";
import { language, t, type TextKey } from "../../ui/text.ts";
import { agoText, timeText, zoneName } from "../../ui/time.ts";
import { toastChange } from "../../ui/undo-toast.ts";
import { ViewTabs } from "../../ui/view-tabs.tsx";
import { ChannelHelp } from "./channel-help.tsx";
import { DirectoryList } from "./directory-list.tsx";
import { FieldList } from "./field-list.tsx";
import { HistoryView } from "./history-view.tsx";
import { NewObject } from "./new-object.tsx";
import { ObjectForm } from "./object-form.tsx";
import { PermissionsView } from "./permissions-view.tsx";
import { PlaceDialog } from "../../grid/place-dialog.tsx";
import { ReferencesView } from "./references-view.tsx";
import { RunForm } from "./run-form.tsx";
import { useObjectActions } from "./use-object-actions.ts";

const views = ["list", "fields", "edit", "new", "history", "permissions", "references"] as const;
type View = (typeof views)[number];

/** Any object: what it is, then by its type what it holds or does. */
export function ObjectPage({ path }: { path: string }) {
  const { params } = useAddress();
  const asOf = params.get("as-of") ?? undefined;
  const query = useQuery(objectQuery(path, asOf));
  useLive(`objects${path}`, () => {
    if (asOf === undefined) void query.refetch();
  });
  const failure = failureToShow(query);
  if (failure !== undefined)
    return <Absence path={path} error={failure} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading />;
  return <Present object={query.data} asOf={asOf} view={viewOf(params.get("view"), query.data)} />;
}

function viewOf(name: string | null, { type }: ObjectDocument): View {
  const view = views.find((known) => known === name);
  if (type === "Directory") return view ?? "list";
  return view === undefined || view === "list" || view === "new" ? "fields" : view;
}

function Absence({ path, error, onRetry }: { path: string; error: Error; onRetry: () => void }) {
  // What one may not read is not there: both are told in the same words.
  const isAbsent =
    error instanceof Problem && ["OBJECT_NOT_FOUND", "PERMISSION_DENIED"].includes(error.code);
  if (!isAbsent) {
    return <ProblemNotice error={error} onRetry={onRetry} />;
  }
  return (
    <>
      <PageHead title={path} />
      <Empty says={t("object.notFound")}>
        <Group gap="md">
          <ObjectLink path="/">{t("app.toRoot")}</ObjectLink>
          <ObjectLink path="/.deleted">{t("app.deleted")}</ObjectLink>
        </Group>
      </Empty>
    </>
  );
}

function Present({
  object,
  view,
  asOf,
}: {
  object: ObjectDocument;
  view: View;
  asOf: string | undefined;
}) {
  const queries = useQueryClient();
  const { params, hash } = useAddress();
  const { types, isPending } = useTypes();
  const { path, type, revision, updatedAt, owner } = object;
  const [placing, setPlacing] = useState<"copy" | "move">();
  const { actions, remove } = useObjectActions(object, { asOf, onPlace: setPlacing });
  const rights = useMyRights(path);
  const isDirectory = type === "Directory";
  useEffect(() => noteVisit(path), [path]);

  if (view === "new")
    return (
      <NewObject
        directory={path}
        type={params.get("type") ?? undefined}
        from={params.get("from") ?? undefined}
      />
    );

  const name = object.name === "" ? "/" : object.name;
  const fields = fieldsOf(object, types.get(type));
  const says = saysOf(object);
  const shown = isDirectory
    ? ["new", "import", "edit", "export", "copy", "move", "pin", "copyPath", "delete"]
    : ["edit", "copy", "move", "export", "pin", "copyPath", "delete"];
  const all = shown.flatMap((id) => actions[id] ?? []);
  const saved = async (after: ObjectDocument) => {
    setParams({ view: undefined });
    const change = await changeOf(after);
    toastChange(
      queries,
      change === undefined ? t("form.saved") : t("form.savedAs", { change }),
      change ?? null,
    );
  };
  const facts = [
    t("object.meta", { type, revision }),
    ...(owner === null ? [] : [t("object.owner", { owner })]),
  ];
  return (
    <>
      <PageActions
        actions={[...all, actions.history, actions.permissions].filter(
          (each) => each !== undefined,
        )}
      />
      <PageHead
        title={name}
        meta={
          <>
            {facts.join(" · ")}
            {" · "}
            <time
              dateTime={updatedAt}
              title={`${timeText(updatedAt)} ${zoneName(new Date(updatedAt))}`}
            >
              {t("object.changed", { time: agoText(updatedAt, language) })}
            </time>
          </>
        }
        {...(says === undefined ? {} : { says })}
        actions={
          <>
            {all.slice(0, isDirectory ? 2 : 1).map((action) => (
              <ActionButton key={action.id} action={action} />
            ))}
            <ActionMenu actions={all.slice(isDirectory ? 2 : 1)}>
              <ActionIcon variant="default" size={36} aria-label={t("object.more")}>
                <IconDots size={18} stroke={1.5} />
              </ActionIcon>
            </ActionMenu>
          </>
        }
      />
      {remove.isError && <ProblemNotice error={remove.error} />}
      <ViewTabs
        path={path}
        current={view === "edit" ? "fields" : view}
        views={[
          ...(isDirectory ? [{ id: "list", label: t("object.children"), isDefault: true }] : []),
          { id: "fields", label: t("object.fields"), isDefault: !isDirectory },
          { id: "references", label: t("object.references") },
          { id: "history", label: t("object.history") },
          { id: "permissions", label: t("object.permissions") },
        ]}
      />
      {view === "list" && <DirectoryList path={path} actions={actions} />}
      {view === "history" && <HistoryView path={path} type={type} isDirectory={isDirectory} />}
      {view === "permissions" && <PermissionsView path={path} whyNot={rights.whyNot("manage")} />}
      {view === "references" && <ReferencesView path={path} type={type} />}
      {view === "edit" && !isPending && (
        <ObjectForm
          key={path}
          object={object}
          fields={fields}
          focus={hash === "" ? undefined : hash}
          onSaved={(after) => void saved(after)}
          onCancel={() => setParams({ view: undefined })}
        />
      )}
      {view === "fields" && (
        <Body object={object} fields={fields} onEdit={actions.edit?.whyNot === undefined} />
      )}
      {placing !== undefined && (
        <PlaceDialog kind={placing} paths={[path]} onClose={() => setPlacing(undefined)} />
      )}
    </>
  );
}

function PageActions({ actions }: { actions: readonly Action[] }) {
  useActions(actions);
  return null;
}

/** What its description says, else what objects of its type do. */
function saysOf({ type, fields }: ObjectDocument): string | undefined {
  if (typeof fields.description === "string" && fields.description !== "")
    return fields.description;
  const sentence = sentences[type];
  return sentence === undefined ? undefined : t(sentence);
}

const sentences: Record<string, TextKey> = { Jobflow: "jobflow.says", Channel: "channel.says" };

function Body({
  object,
  fields,
  onEdit,
}: {
  object: ObjectDocument;
  fields: readonly FieldDefinition[];
  onEdit: boolean;
}) {
  const { path, type } = object;
  const edit = onEdit ? (name: string) => open(path, { view: "edit" }, name) : undefined;
  if (type === "Jobflow") {
    const { source } = object.fields;
    return (
      <>
        <RunForm key={path} path={path} />
        <Heading text={t("jobflow.source")} />
        <CodeBlock text={typeof source === "string" ? source : ""} label={t("jobflow.source")} />
        <Heading text={t("object.fields")} />
        <FieldList
          object={object}
          fields={fields.filter(({ name }) => name !== "source")}
          onEdit={edit}
        />
      </>
    );
  }
  return (
    <>
      {type === "Channel" && <ChannelHelp path={path} />}
      {type === "Channel" && <Heading text={t("object.fields")} />}
      <FieldList object={object} fields={fields} onEdit={edit} />
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
