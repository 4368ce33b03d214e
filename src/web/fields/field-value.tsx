import { Text } from "@mantine/core";
import type { Json } from "#contract";
import { t } from "../ui/text.ts";
import type { FieldDefinition } from "./definition.ts";
import { kindOf, valueText } from "./field-kinds.ts";

interface Props {
  field: FieldDefinition;
  value: Json | undefined;
  path?: string | undefined;
}

/** A value as it is read. */
export function FieldValue({ field, value, path }: Props) {
  if (value === undefined || value === null || value === "") {
    return (
      <Text span c="dimmed">
        {t("object.unset")}
      </Text>
    );
  }
  const { View } = kindOf(field);
  return View === undefined ? (
    valueText(field, value)
  ) : (
    <View field={field} value={value} path={path} />
  );
}

/** A value in the cell of a list: one line. */
export function FieldCell({ field, value, path }: Props) {
  if (value === undefined || value === null) return null;
  const { Cell } = kindOf(field);
  return Cell === undefined ? (
    valueText(field, value)
  ) : (
    <Cell field={field} value={value} path={path} />
  );
}
