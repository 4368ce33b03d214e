import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { t } from "../../ui/text.ts";
import { signIn } from "./api.ts";

/** Name and password; used by the page and by the dialog over a page. */
export function SignInForm({ onSignedIn }: { onSignedIn: () => void }) {
  const mutation = useMutation({ mutationFn: signIn, onSuccess: onSignedIn });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, password] = [form.get("name"), form.get("password")];
    if (typeof name === "string" && typeof password === "string")
      mutation.mutate({ name, password });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          name="name"
          label={t("signIn.name")}
          autoComplete="username"
          required
          withAsterisk={false}
          autoFocus
        />
        <PasswordInput
          name="password"
          label={t("signIn.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
        />
        {mutation.isError && <ProblemNotice error={mutation.error} />}
        <Button type="submit" loading={mutation.isPending}>
          {t("signIn.submit")}
        </Button>
      </Stack>
    </form>
  );
}
