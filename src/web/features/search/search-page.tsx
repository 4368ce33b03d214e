import { Button, Group, Select, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { parseSearch } from "#kernel";
import { setParams, useAddress } from "../../client/navigation.ts";
import { useTypes } from "../../fields/definition.ts";
import { typedSearch } from "../../grid/filter-bar.tsx";
import { SelectableGrid } from "../../grid/selectable-grid.tsx";
import { Empty } from "../../ui/empty.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { t } from "../../ui/text.ts";
import styles from "./search-page.module.css";

const everywhere = ["name", "type", "path", "updated"];

/** Finds objects everywhere: by words, or by conditions on the fields of a type. */
export function SearchPage() {
  const { params } = useAddress();
  const { types } = useTypes();
  const q = params.get("q") ?? "";
  const type = params.get("type");
  return (
    <>
      <PageHead title={t("app.search")} says={t("search.says")} />
      <Group gap="sm" align="flex-start" mb="md">
        <SearchField key={q} q={q} />
        <Select
          data={[...types.keys()]}
          value={type}
          onChange={(next) =>
            setParams({ type: next ?? undefined, sort: undefined, columns: undefined })
          }
          placeholder={t("search.anyType")}
          aria-label={t("search.type")}
          searchable
          clearable
          w={200}
        />
      </Group>
      {q === "" && type === null ? (
        <Empty says={t("search.examples")}>
          <ul className={styles.examples}>
            {[
              "'web'",
              "type = Server and host ~ web",
              "updated > 2026-11-01 and under /nodes",
              "<-Server.account exists",
            ].map((example) => (
              <li key={example}>
                <button type="button" onClick={() => setParams({ q: example })}>
                  <code>{example}</code>
                </button>
              </li>
            ))}
          </ul>
        </Empty>
      ) : (
        <SelectableGrid
          key={type ?? ""}
          label={t("search.found")}
          {...(type === null ? { first: everywhere } : {})}
          empty={<Empty says={t("list.nothing")} />}
        />
      )}
    </>
  );
}

function SearchField({ q }: { q: string }) {
  const [text, setText] = useState(q);
  const wanted = typedSearch(text);
  const parsed = parseSearch(wanted);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ("tree" in parsed) setParams({ q: wanted === "" ? undefined : wanted });
  };
  return (
    <form onSubmit={submit} className={styles.field} role="search">
      <TextInput
        value={text}
        autoFocus={q === ""}
        aria-label={t("search.text")}
        placeholder={t("search.placeholder")}
        spellCheck={false}
        error={
          text !== "" && "fault" in parsed
            ? t("filter.fault", { at: parsed.fault.at + 1, message: parsed.fault.message })
            : undefined
        }
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" disabled={"fault" in parsed}>
        {t("search.find")}
      </Button>
    </form>
  );
}
