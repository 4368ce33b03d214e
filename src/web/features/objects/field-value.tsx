import { Text } from "@mantine/core";
import type { Json } from "#contract";
import { CodeBlock } from "../../ui/code-block.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { t } from "../../ui/text.ts";
import { timeText } from "../../ui/time.ts";
import type { FieldDefinition } from "./api.ts";

/** A value as it is read. */
export function FieldValue({ field, value }: { field: FieldDefinition; value: Json | undefined }) {
  if (value === undefined || value === null || value === "") {
    return <Text c="dimmed">{t("object.unset")}</Text>;
  }
  if (field.kind === "object" && typeof value === "string" && value.startsWith("/")) {
    return <ObjectLink path={value}>{value}</ObjectLink>;
  }
  if (field.kind === "datetime" && typeof value === "string") return timeText(value);
  if (typeof value === "string") {
    return value.includes("\n") ? <CodeBlock text={value} label={field.label} /> : value;
  }
  if (typeof value === "object")
    return <CodeBlock text={JSON.stringify(value, null, 2)} label={field.label} />;
  return String(value);
}
