import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { FaultDocument, Json, ObjectDocument, TransactionBody } from "#contract";
import { transact } from "../../client/objects.ts";
import { queryText, request } from "../../client/request.ts";
import { Notice } from "../../ui/notice.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { numberText, t } from "../../ui/text.ts";
import { specsOf, type TypeDraft } from "./type-draft.ts";

/** What is sent to save a type. */
export function operationsOf(
  draft: TypeDraft,
  object: ObjectDocument | undefined,
  path: string,
): TransactionBody["operations"] {
  const fields: Record<string, Json> = {
    fields: specsOf(draft),
    description: draft.description === "" ? null : draft.description,
  };
  return object === undefined
    ? [{ op: "create", path, type: "Type", fields }]
    : [{ op: "update", path, fields, ifRevision: object.revision }];
}

interface ImpactFound {
  faults: FaultDocument[];
  count: number;
}

// After the last key.
const pauseMs = 500;

/** What saving would mean: how many objects there are, and what of the change would be refused. */
export function useImpact(
  draft: TypeDraft,
  object: ObjectDocument | undefined,
  path: string,
  isAsked: boolean,
): ImpactFound | undefined {
  const [settledDraft, setSettled] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(draft), pauseMs);
    return () => clearTimeout(timer);
  }, [draft]);
  const { data } = useQuery({
    queryKey: ["impact", path, settledDraft],
    queryFn: async (): Promise<ImpactFound> => {
      const [trial, count] = await Promise.all([
        transact({ operations: operationsOf(settledDraft, object, path), dryRun: true }),
        object === undefined ? 0 : countOf(object.name),
      ]);
      return { faults: trial.faults, count };
    },
    enabled: isAsked && settledDraft === draft,
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  return isAsked ? data : undefined;
}

async function countOf(type: string): Promise<number> {
  const { total } = await request<{ total: { count: number } | null }>(
    `/.api/v1/search${queryText({ type, limit: 1, total: "true", select: "name" })}`,
  );
  return total?.count ?? 0;
}

export function Impact({
  impact,
  type,
}: {
  impact: ImpactFound | undefined;
  type: string | undefined;
}) {
  if (impact === undefined) return null;
  if (impact.faults.length > 0) {
    return (
      <Notice tone="warn" title={t("designer.refused")}>
        <ul>
          {impact.faults.map((fault) => (
            <li key={`${fault.field}:${fault.message}`}>
              {fault.message}
              {fault.hint !== undefined && <Text c="dimmed">{fault.hint}</Text>}
            </li>
          ))}
        </ul>
      </Notice>
    );
  }
  if (type === undefined) return null;
  return (
    <p role="status">
      {t("designer.impact", { count: numberText(impact.count) })}{" "}
      <ObjectLink path="/.search" params={{ type }}>
        {t("designer.show")}
      </ObjectLink>
    </p>
  );
}
