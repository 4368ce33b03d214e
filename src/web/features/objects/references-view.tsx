import { Title } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { queryText, request } from "../../client/request.ts";
import { targetTypes, useTypes, type TypeDefinition } from "../../fields/definition.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { numberText, t } from "../../ui/text.ts";
import { textOf } from "../../grid/filter.ts";
import styles from "./references-view.module.css";

interface Referrers {
  items: { path: string }[];
  total: { count: number; isExact: boolean } | null;
}

const shownMax = 50;

/** What refers to an object, by the field in which it does. */
export function ReferencesView({ path, type }: { path: string; type: string }) {
  const { types, isPending } = useTypes();
  const fields = referringFields(types, type);
  const results = useQueries({
    queries: fields.map(({ owner, field }) => ({
      queryKey: ["referrers", path, owner, field],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        request<Referrers>(
          `/.api/v1/search${queryText({
            type: owner,
            q: referrersSearch(field, path),
            select: "name",
            total: "true",
            limit: shownMax,
          })}`,
          { signal },
        ),
    })),
  });
  if (isPending || results.some((result) => result.isPending)) return <Loading />;
  const found = fields
    .map((each, index) => ({ ...each, referrers: results[index]?.data }))
    .filter(({ referrers }) => (referrers?.items.length ?? 0) > 0);
  if (found.length === 0) return <Empty says={t("references.none")} />;
  return found.map(({ owner, field, label, referrers }) => (
    <section key={`${owner}.${field}`} className={styles.group}>
      <Title order={2} size="h4">
        {owner} › {label} ({numberText(referrers?.total?.count ?? 0)})
      </Title>
      <ul className={styles.list}>
        {referrers?.items.map((item) => (
          <li key={item.path}>
            <ObjectLink path={item.path}>{item.path}</ObjectLink>
          </li>
        ))}
      </ul>
      {(referrers?.total?.count ?? 0) > shownMax && (
        <ObjectLink path="/.search" params={{ type: owner, q: referrersSearch(field, path) }}>
          {t("references.all")}
        </ObjectLink>
      )}
    </section>
  ));
}

function referrersSearch(field: string, path: string): string {
  return textOf([{ kind: "condition", condition: { way: field, operator: "=", values: [path] } }]);
}

function referringFields(types: ReadonlyMap<string, TypeDefinition>, target: string) {
  return [...types.values()].flatMap((owner) =>
    owner.fields
      .filter((field) => field.kind === "object" || field.kind === "objects")
      .filter((field) => {
        const allowed = targetTypes(field);
        return allowed.length === 0 || allowed.includes(target);
      })
      .map((field) => ({ owner: owner.name, field: field.name, label: field.label })),
  );
}
