import { Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { safeNext } from "../../client/address.ts";
import { navigate } from "../../client/navigation.ts";
import { useInstance } from "../../client/instance.ts";
import { t } from "../../ui/text.ts";
import { SignInForm } from "./sign-in-form.tsx";
import styles from "./sign-in.module.css";

export function SignInPage({ next }: { next: string | undefined }) {
  const queries = useQueryClient();
  const instance = useInstance();
  useEffect(() => {
    document.title = `${t("signIn.title")} · Tsunagi`;
  }, []);
  const enter = () => {
    queries.clear();
    navigate(safeNext(next), { replace: true });
  };
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Title order={1} className={styles.title}>
          {instance.name}
        </Title>
        <SignInForm onSignedIn={enter} />
      </div>
    </main>
  );
}
