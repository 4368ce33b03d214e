import { Button, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { navigate } from "../../client/navigation.ts";
import { useState, type FormEvent } from "react";
import type { Json } from "#contract";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { t } from "../../ui/text.ts";
import { startJobflow } from "./api.ts";

/** Parameters for a jobflow; starting it leads to its process. */
export function RunForm({ path }: { path: string }) {
  const [text, setText] = useState("{}");
  const [fault, setFault] = useState<string>();
  const mutation = useMutation({
    mutationFn: (parameters: Json) => startJobflow(path, parameters),
    onSuccess: ({ process }) => navigate(process),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const parameters = parametersOf(text);
    setFault(parameters === undefined ? t("jobflow.notObject") : undefined);
    if (parameters !== undefined) mutation.mutate(parameters);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" align="flex-start">
        <Textarea
          w="100%"
          label={t("jobflow.parameters")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fault}
          rows={3}
          spellCheck={false}
          classNames={{ input: "code" }}
        />
        {mutation.isError && <ProblemNotice error={mutation.error} />}
        <Button type="submit" loading={mutation.isPending}>
          {t("object.run")}
        </Button>
      </Stack>
    </form>
  );
}

function parametersOf(text: string): Json | undefined {
  try {
    const value = JSON.parse(text.trim() === "" ? "{}" : text) as Json;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
