import { Radio, Stack, Text } from "@mantine/core";
import type { ObjectDocument } from "#contract";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Notice } from "../../ui/notice.tsx";
import { t } from "../../ui/text.ts";
import type { FieldDefinition } from "./api.ts";
import { draftOf, type Drafts } from "./field-draft.ts";

interface Props {
  mine: ObjectDocument;
  theirs: ObjectDocument;
  fields: readonly FieldDefinition[];
  /** What I had typed when the conflict came. */
  mineDrafts: Drafts;
  /** What stands in the form now. */
  drafts: Drafts;
  onChoose: (name: string, text: string) => void;
}

/** Both versions of each field that two people changed; which one holds is chosen here. */
export function ConflictPanel({ mine, theirs, fields, mineDrafts, drafts, onChoose }: Props) {
  return (
    <Notice tone="warn" title={t("edit.conflict")}>
      <Text>{t("edit.conflictHint", { mine: mine.revision, theirs: theirs.revision })}</Text>
      {fields.map((field) => (
        <Choice
          key={field.name}
          field={field}
          theirs={draftOf(field, theirs.fields[field.name])}
          mine={mineDrafts[field.name] ?? ""}
          isTheirs={drafts[field.name] === draftOf(field, theirs.fields[field.name])}
          onChoose={(text) => onChoose(field.name, text)}
        />
      ))}
    </Notice>
  );
}

interface ChoiceProps {
  field: FieldDefinition;
  theirs: string;
  mine: string;
  isTheirs: boolean;
  onChoose: (text: string) => void;
}

function Choice({ field, theirs, mine, isTheirs, onChoose }: ChoiceProps) {
  return (
    <Radio.Group
      label={field.label}
      mt="sm"
      value={isTheirs ? "theirs" : "mine"}
      onChange={(choice) => onChoose(choice === "theirs" ? theirs : mine)}
    >
      <Stack gap="xs" mt="xs">
        <Radio value="theirs" label={t("edit.theirs")} />
        <CodeBlock text={theirs} label={t("edit.theirs")} />
        <Radio value="mine" label={t("edit.mine")} />
        <CodeBlock text={mine} label={t("edit.mine")} />
      </Stack>
    </Radio.Group>
  );
}
