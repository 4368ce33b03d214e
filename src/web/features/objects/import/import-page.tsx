import { Button, Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Papa from "papaparse";
import { useRef, useState } from "react";
import type { ImportDocument } from "#contract";
import { useAddress } from "../../../client/navigation.ts";
import { forgetObjects } from "../../../client/objects.ts";
import { queryText, request } from "../../../client/request.ts";
import { useTypes } from "../../../fields/definition.ts";
import { ObjectPicker } from "../../../fields/object-picker.tsx";
import { ObjectLink } from "../../../ui/object-link.tsx";
import { PageHead } from "../../../ui/page-head.tsx";
import { ProblemNotice } from "../../../ui/problem-notice.tsx";
import { numberText, t } from "../../../ui/text.ts";
import { toastChange } from "../../../ui/undo-toast.ts";
import { makeableTypes } from "../new-object.tsx";
import { ImportPreview } from "./import-preview.tsx";
import styles from "./import.module.css";
import {
  decodeText,
  guessMapping,
  mappedRows,
  targetsOf,
  type Mapping,
  type Table,
} from "./table-file.ts";

/** Formats that the server reads itself, columns and all. */
const serverFormats: Readonly<Record<string, string>> = {
  xlsx: "xlsx",
  yaml: "yaml",
  yml: "yaml",
  jsonl: "jsonl",
};

type Source = { name: string } & (
  | { kind: "table"; table: Table }
  | { kind: "file"; file: File; format: string }
);

/** Brings a file of objects in: its columns are mapped, all is shown before it is done, and done as one change. */
export default function ImportPage() {
  const { params } = useAddress();
  const { types } = useTypes();
  const queries = useQueryClient();
  const [into, setInto] = useState(params.get("into") ?? "/");
  const [type, setType] = useState<string | null>(params.get("type"));
  const [source, setSource] = useState<Source>();
  const [mapping, setMapping] = useState<Mapping>([]);
  const [match, setMatch] = useState<string | null>(null);
  const [canSkip, setCanSkip] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const definition = type === null ? undefined : types.get(type);
  const targets = targetsOf(definition?.fields ?? [], { name: t("way.name"), path: t("way.path") });

  const send = (isDryRun: boolean) => {
    const given = fileOf(source, mapping, targets, type ?? "");
    const query = queryText({
      format: given.format,
      into,
      type: type ?? undefined,
      match: match ?? undefined,
      name: source?.name,
      "dry-run": isDryRun ? "true" : undefined,
    });
    return request<ImportDocument>(`/.api/v1/import${query}`, { method: "POST", file: given.file });
  };
  const preview = useMutation({ mutationFn: () => send(true) });
  const apply = useMutation({
    mutationFn: () => send(false),
    onSuccess: async (done) => {
      const { created, updated, faulty, changes } = done;
      toastChange(
        queries,
        t("import.done", {
          created: numberText(created),
          updated: numberText(updated),
          skipped: numberText(faulty),
        }),
        changes[0] ?? null,
      );
      await forgetObjects(queries);
    },
  });
  const forget = () => {
    preview.reset();
    apply.reset();
    setCanSkip(false);
  };
  const choose = async (file: File) => {
    forget();
    const ending = file.name.slice(file.name.lastIndexOf(".") + 1).toLowerCase();
    const format = serverFormats[ending];
    if (format !== undefined) return setSource({ kind: "file", name: file.name, file, format });
    const { text, encoding } = decodeText(new Uint8Array(await file.arrayBuffer()));
    take(text, encoding, file.name);
  };
  const take = (text: string, encoding: string, name: string) => {
    const [columns = [], ...rows] = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), {
      skipEmptyLines: "greedy",
    }).data;
    setSource({ kind: "table", name, table: { columns, rows, encoding } });
    setMapping(guessMapping(columns, targets));
  };
  const chooseType = (next: string | null) => {
    forget();
    setType(next);
    const fields = next === null ? [] : (types.get(next)?.fields ?? []);
    if (source?.kind === "table") {
      const names = { name: t("way.name"), path: t("way.path") };
      setMapping(guessMapping(source.table.columns, targetsOf(fields, names)));
    }
  };
  const isReady =
    source !== undefined &&
    (source.kind === "file" ||
      (type !== null &&
        mapping.some((name) => name === "name" || name === "path" || name === match)));
  const plan = preview.data;
  const done = apply.data;
  return (
    <>
      <PageHead title={t("import.title")} says={t("import.says")} />
      <Stack gap="md">
        <section className={styles.step} aria-label={t("import.file")}>
          <h2>1 · {t("import.file")}</h2>
          <div
            className={styles.drop}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              const [file] = event.dataTransfer.files;
              if (file !== undefined) void choose(file);
            }}
            onPaste={(event) => {
              forget();
              take(event.clipboardData.getData("text"), "UTF-8", t("import.pasted"));
            }}
          >
            <Button variant="default" onClick={() => picker.current?.click()}>
              {t("import.choose")}
            </Button>
            <span tabIndex={0}>
              {source === undefined
                ? t("import.drop")
                : source.kind === "table"
                  ? t("import.table", {
                      name: source.name,
                      encoding: source.table.encoding,
                      rows: numberText(source.table.rows.length),
                    })
                  : source.name}
            </span>
            <input
              ref={picker}
              type="file"
              hidden
              aria-label={t("import.file")}
              accept=".csv,.tsv,.txt,.xlsx,.yaml,.yml,.jsonl"
              onChange={(event) => {
                const [file] = event.currentTarget.files ?? [];
                if (file !== undefined) void choose(file);
                event.currentTarget.value = "";
              }}
            />
          </div>
          <Group gap="md" mt="sm" align="flex-end">
            <Select
              label={t("import.type")}
              data={makeableTypes(types).map(({ name }) => name)}
              value={type}
              onChange={chooseType}
              searchable
              clearable
            />
            <div>
              <label htmlFor="import-into">{t("import.into")}</label>
              <ObjectPicker
                id="import-into"
                types={["Directory"]}
                value={into}
                onChoose={(path) => {
                  forget();
                  setInto(path);
                }}
              />
            </div>
          </Group>
        </section>
        {source?.kind === "table" && type !== null && (
          <section className={styles.step} aria-label={t("import.mapping")}>
            <h2>2 · {t("import.mapping")}</h2>
            <div
              className={styles.frame}
              tabIndex={0}
              role="region"
              aria-label={t("import.mapping")}
            >
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("import.column")}</th>
                    <th scope="col">{t("import.example")}</th>
                    <th scope="col">{t("import.field")}</th>
                  </tr>
                </thead>
                <tbody>
                  {source.table.columns.map((column, index) => (
                    // Two columns may have one name.
                    <tr key={`${index}:${column}`}>
                      <th scope="row">{column}</th>
                      <td>{source.table.rows[0]?.[index]}</td>
                      <td>
                        <Select
                          aria-label={t("import.fieldFor", { column })}
                          data={targets.map(({ name, label }) => ({ value: name, label }))}
                          value={mapping[index] ?? null}
                          placeholder={t("import.leaveOut")}
                          clearable
                          searchable
                          onChange={(name) => {
                            forget();
                            setMapping(mapping.with(index, name ?? undefined));
                          }}
                        />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <Select
              mt="sm"
              label={t("import.match")}
              description={t("import.matchHint")}
              data={targets
                .filter(({ name }) => name !== "name" && name !== "path" && mapping.includes(name))
                .map(({ name, label }) => ({ value: name, label }))}
              value={match}
              clearable
              maw={400}
              onChange={(next) => {
                forget();
                setMatch(next);
              }}
            />
          </section>
        )}
        <Group>
          <Button
            disabled={!isReady || done !== undefined}
            loading={preview.isPending}
            onClick={() => preview.mutate()}
          >
            {t("import.preview")}
          </Button>
          {!isReady && source !== undefined && <Text c="dimmed">{t("import.notReady")}</Text>}
        </Group>
        {preview.isError && <ProblemNotice error={preview.error} />}
        {plan !== undefined && done === undefined && (
          <section className={styles.step} aria-label={t("import.preview")}>
            <h2>3 · {t("import.preview")}</h2>
            <ImportPreview plan={plan} type={type ?? undefined} />
            <Group mt="sm">
              {plan.faulty > 0 && (
                <Checkbox
                  label={t("import.skip", { count: numberText(plan.faulty) })}
                  checked={canSkip}
                  onChange={(event) => setCanSkip(event.currentTarget.checked)}
                />
              )}
              <Button
                loading={apply.isPending}
                disabled={plan.total === 0 || (plan.faulty > 0 && !canSkip)}
                onClick={() => apply.mutate()}
              >
                {t("import.apply", { count: numberText(plan.total) })}
              </Button>
            </Group>
            {apply.isError && <ProblemNotice error={apply.error} />}
          </section>
        )}
        {done !== undefined && (
          <section className={styles.step} role="status">
            <h2>4 · {t("import.result")}</h2>
            <p>
              {t("import.done", {
                created: numberText(done.created),
                updated: numberText(done.updated),
                skipped: numberText(done.faulty),
              })}{" "}
              {done.changes.map((change) => (
                <span key={change}>
                  <ObjectLink path={`/.changes/${change}`}>
                    {t("change.number", { number: change })}
                  </ObjectLink>{" "}
                </span>
              ))}
            </p>
            <ObjectLink path={into}>{into}</ObjectLink>
          </section>
        )}
      </Stack>
    </>
  );
}

function fileOf(
  source: Source | undefined,
  mapping: Mapping,
  targets: ReturnType<typeof targetsOf>,
  type: string,
): { file: Blob; format: string } {
  if (source?.kind === "file") return { file: source.file, format: source.format };
  const rows = source === undefined ? [] : mappedRows(source.table, mapping, targets, type);
  return { file: new Blob([Papa.unparse(rows)], { type: "text/csv" }), format: "csv" };
}
