import { Textarea, TextInput } from "@mantine/core";
import { CodeBlock } from "../../ui/code-block.tsx";
import { t } from "../../ui/text.ts";
import { inputProps, type EditProps, type FieldKindView, type ViewProps } from "../field-kind.ts";
import { asText } from "../as-text.ts";
import { narrow, typedMac } from "../typed-value.ts";

/** Kinds whose value is the text itself. */

/** A text of one line; `tidy` makes it canonical when it is left. */
function lineKind(options: {
  tidy?: (text: string) => string;
  type?: "text" | "url" | "email";
  View?: FieldKindView["View"];
  isMono?: boolean;
}): FieldKindView {
  const { tidy, type = "text", View, isMono } = options;
  return {
    text: asText,
    isOrdered: true,
    ...(View === undefined ? {} : { View, Cell: View }),
    Edit: function LineInput(props: EditProps) {
      const { value, onChange } = props;
      return (
        <TextInput
          {...inputProps(props)}
          type={type}
          value={asText(value)}
          spellCheck={false}
          autoComplete="off"
          maw={560}
          {...(isMono === true ? { classNames: { input: "code" } } : {})}
          onChange={(event) => onChange(event.currentTarget.value || null)}
          onBlur={() => {
            if (tidy === undefined || typeof value !== "string") return;
            const tidied = tidy(value);
            if (tidied !== value) onChange(tidied || null);
          }}
        />
      );
    },
  };
}

/** A link only where it leads to a page or a mail; anything else stays text. */
function LinkView({ value }: ViewProps) {
  const text = asText(value);
  const href = linkOf(text);
  if (href === undefined) return text;
  return (
    <a href={href} rel="noopener noreferrer" target="_blank">
      {text}
    </a>
  );
}

export function linkOf(text: string): string | undefined {
  if (/^https?:\/\/[^\s]+$/i.test(text)) return text;
  return /^[^\s@/:?&]+@[^\s@/:?&]+$/.test(text) ? `mailto:${text}` : undefined;
}

// More of it would take long to draw; it is opened on demand.
const shownMax = 20_000;

function LongText({ field, value }: ViewProps) {
  const text = asText(value);
  if (!text.includes("\n") && text.length < 200) return text;
  if (text.length <= shownMax) return <CodeBlock text={text} label={field.label} />;
  return (
    <details>
      <summary>{t("field.long", { count: text.length.toLocaleString("en-US") })}</summary>
      <CodeBlock text={text} label={field.label} />
    </details>
  );
}

function areaKind(isCode: boolean): FieldKindView {
  return {
    text: (value) => asText(value).split("\n", 1)[0] ?? "",
    View: LongText,
    Edit: function TextArea(props: EditProps) {
      const text = asText(props.value);
      const lines = text.split("\n").length;
      return (
        <Textarea
          {...inputProps(props)}
          value={text}
          rows={Math.min(24, Math.max(isCode ? 8 : 3, lines + 1))}
          spellCheck={!isCode}
          {...(isCode ? { classNames: { input: "code" } } : {})}
          onChange={(event) => props.onChange(event.currentTarget.value || null)}
        />
      );
    },
  };
}

export const stringKind = lineKind({});
export const urlKind = lineKind({ type: "url", View: LinkView });
export const emailKind = lineKind({ type: "email", tidy: narrow, View: LinkView });
export const addressKind = lineKind({ tidy: narrow, isMono: true });
export const macKind = lineKind({ tidy: typedMac, isMono: true });
export const textKind = areaKind(false);
export const codeKind = areaKind(true);
