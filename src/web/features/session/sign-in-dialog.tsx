import { Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { t } from "../../ui/text.ts";
import { SignInForm } from "./sign-in-form.tsx";
import styles from "./sign-in.module.css";

/** Over the page whose session has ended, so that what was typed there stays. */
export function SignInDialog({ onSignedIn }: { onSignedIn: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      className={styles.card}
      aria-label={t("signIn.title")}
      onCancel={(event) => event.preventDefault()}
    >
      <Text mb="md">{t("signIn.expired")}</Text>
      <SignInForm onSignedIn={onSignedIn} />
    </dialog>
  );
}
