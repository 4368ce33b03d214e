import { Button, Group, PasswordInput, Text } from "@mantine/core";
import { useState } from "react";
import { t } from "../../ui/text.ts";
import { inputProps, type EditProps, type FieldKindView } from "../field-kind.ts";
import { asText } from "../as-text.ts";

/** What the API shows of a secret that is set. */
export const secretMask = "********";

/** A password, or a text that is kept like one: set or replaced, never shown, never filled back in. */
export const secretKind: FieldKindView = {
  text: (value) => (value === null ? "" : t("field.secretSet")),
  Edit: function SecretInput(props: EditProps) {
    const { value, onChange, field } = props;
    const [wasSet] = useState(value === secretMask);
    if (wasSet && value === secretMask) {
      return (
        <Group gap="sm" mih={36}>
          <Text>{t("field.secretSet")}</Text>
          <Button
            id={props.id}
            variant="default"
            size="xs"
            aria-label={t("field.replaceNamed", { field: field.label })}
            onClick={() => onChange("")}
          >
            {t("field.replace")}
          </Button>
          {!field.isRequired && (
            <Button variant="default" size="xs" onClick={() => onChange(null)}>
              {t("field.clear")}
            </Button>
          )}
        </Group>
      );
    }
    return (
      <Group gap="sm" align="flex-start">
        <PasswordInput
          {...inputProps(props)}
          value={asText(value)}
          autoComplete="new-password"
          w={320}
          visibilityToggleButtonProps={{ "aria-label": t("field.show") }}
          onChange={(event) => onChange(event.currentTarget.value || (wasSet ? "" : null))}
        />
        <Button variant="default" onClick={() => onChange(madePassword())}>
          {t("field.generate")}
        </Button>
        {wasSet && (
          <Button variant="default" onClick={() => onChange(secretMask)}>
            {t("field.keep")}
          </Button>
        )}
      </Group>
    );
  },
};

/** Twenty characters that can be told from each other, of 57: more than 116 bits. */
export function madePassword(): string {
  const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
  let made = "";
  while (made.length < 20) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // What is beyond the last whole multiple would make some characters more frequent.
    if (byte < 256 - (256 % alphabet.length)) made += alphabet[byte % alphabet.length];
  }
  return made;
}
