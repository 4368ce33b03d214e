import { Button, Group, Select } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { parseSearch } from "#kernel";
import { setParams, useAddress } from "../../client/navigation.ts";
import { useTypes } from "../../fields/definition.ts";
import { waysFrom, type Way } from "../../grid/columns.ts";
import { SearchInput } from "../../grid/search-input.tsx";
import { SelectableGrid } from "../../grid/selectable-grid.tsx";
import { typedSearch } from "../../grid/typed-search.ts";
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
        <SearchField key={q} q={q} ways={waysFrom(types, type ?? undefined)} />
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

function SearchField({ q, ways }: { q: string; ways: readonly Way[] }) {
  const [text, setText] = useState(q);
  const wanted = typedSearch(text);
  const isRight = "tree" in parseSearch(wanted);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isRight) setParams({ q: wanted === "" ? undefined : wanted });
  };
  return (
    <form onSubmit={submit} className={styles.field} role="search">
      <SearchInput
        label={t("search.text")}
        text={text}
        ways={ways}
        autoFocus={q === ""}
        placeholder={t("search.placeholder")}
        onChange={setText}
      />
      <Button type="submit" disabled={!isRight}>
        {t("search.find")}
      </Button>
    </form>
  );
}
