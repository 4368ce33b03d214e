import { Button, Group, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import type { MadeTokenDocument, TokenListDocument } from "#contract";
import { request } from "../../client/request.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { Empty } from "../../ui/empty.tsx";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { t } from "../../ui/text.ts";
import { timeText, zoneName } from "../../ui/time.ts";
import { toast } from "../../ui/toasts.ts";
import styles from "./people.module.css";

const tokensQuery = {
  queryKey: ["tokens"],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    request<TokenListDocument>("/.api/v1/tokens", { signal }),
};

/** One's own tokens for programs: made, shown once, revoked. */
export function Tokens() {
  const queries = useQueryClient();
  const query = useQuery(tokensQuery);
  const [name, setName] = useState("");
  const again = () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const make = useMutation({
    mutationFn: () =>
      request<MadeTokenDocument>("/.api/v1/tokens", { method: "POST", body: { name } }),
    onSuccess: () => {
      setName("");
      return again();
    },
  });
  const revoke = useMutation({
    mutationFn: (id: number) =>
      request<null>("/.api/v1/tokens/revoke", { method: "POST", body: { id } }),
    onSuccess: again,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const tokens = query.data?.tokens ?? [];
  return (
    <section className={styles.tokens}>
      <Title order={2} size="h4" mb="xs">
        {t("me.tokens")}
      </Title>
      <Text mb="sm">{t("me.tokensSay")}</Text>
      <form onSubmit={submit}>
        <Group gap="sm" align="flex-end" mb="sm">
          <TextInput
            label={t("me.tokenName")}
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={name === ""} loading={make.isPending}>
            {t("me.makeToken")}
          </Button>
        </Group>
      </form>
      {make.isError && <ProblemNotice error={make.error} />}
      {revoke.isError && <ProblemNotice error={revoke.error} />}
      {make.data !== undefined && <Made made={make.data} />}
      {query.isError && <ProblemNotice error={query.error} />}
      {query.data !== undefined && tokens.length === 0 && <Empty says={t("me.noTokens")} />}
      {tokens.length > 0 && (
        <DataTable
          label={t("me.tokens")}
          rows={tokens}
          keyOf={({ id }) => id}
          columns={[
            { title: t("way.name"), cell: ({ name }) => name },
            { title: t("way.created"), cell: ({ createdAt }) => timeText(createdAt) },
            {
              title: t("me.tokenUsed", { zone: zoneName() }),
              cell: ({ usedAt }) => (usedAt === null ? t("me.tokenNever") : timeText(usedAt)),
            },
            {
              title: t("deleted.act"),
              cell: ({ id, name, revokedAt }) =>
                revokedAt === null ? (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t("me.revokeNamed", { name })}
                    onClick={() => revoke.mutate(id)}
                  >
                    {t("me.revoke")}
                  </Button>
                ) : (
                  t("me.revoked")
                ),
            },
          ]}
        />
      )}
    </section>
  );
}

/** The text of a new token; it is in no list, and gone with the page. */
function Made({ made }: { made: MadeTokenDocument }) {
  return (
    <div className={styles.made} role="status">
      <p>{t("me.tokenMade", { name: made.name })}</p>
      <Group gap="sm">
        <code>{made.token}</code>
        <Button
          size="compact-sm"
          onClick={() => {
            void navigator.clipboard.writeText(made.token);
            toast(t("me.tokenCopied"));
          }}
        >
          {t("me.copyToken")}
        </Button>
      </Group>
    </div>
  );
}
