import { Fragment } from "react";
import type { Json } from "#contract";
import type { FieldDefinition } from "../fields/definition.ts";
import { FieldCell } from "../fields/field-value.tsx";
import { isSecret, valueText } from "../fields/field-kinds.ts";
import { t } from "../ui/text.ts";
import type { Piece } from "./sequence-diff.ts";
import { isDictionary, isNamed, jsonDiff, listDiff, namedDiff, textDiff } from "./value-diff.ts";
import styles from "./value-change.module.css";

interface Props {
  field: FieldDefinition;
  before: Json;
  after: Json;
  path?: string | undefined;
}

/** How a value changed, as its kind is best read; also told by signs and lines, not by colour alone. */
export function ValueChange(props: Props) {
  const { field, before, after } = props;
  if (isSecret(field)) return <span>{t("diff.secret")}</span>;
  if (isLong(before) || isLong(after)) return <TextChange before={before} after={after} />;
  if (isNamed(before ?? []) && isNamed(after ?? []) && (before !== null || after !== null)) {
    return <NamedChanges before={before} after={after} />;
  }
  if (Array.isArray(before ?? []) && Array.isArray(after ?? [])) {
    if (before !== null || after !== null) return <ListChanges {...props} />;
  }
  if (isDictionary(before) && isDictionary(after)) {
    return <PlaceChanges before={before} after={after} />;
  }
  return (
    <span className={styles.line}>
      {before !== null && <Side {...props} value={before} kind="removed" />}
      {before !== null && <span aria-label={t("diff.to")}> → </span>}
      {after === null ? (
        <span className={styles.none}>{t("object.unset")}</span>
      ) : (
        <Side {...props} value={after} kind="added" />
      )}
    </span>
  );
}

function isLong(value: Json): boolean {
  return typeof value === "string" && (value.includes("\n") || value.length > 120);
}

function Side({ field, value, kind, path }: Props & { value: Json; kind: "removed" | "added" }) {
  const Mark = kind === "removed" ? "del" : "ins";
  return (
    <Mark className={styles[kind]}>
      <FieldCell field={field} value={value} path={path} />
    </Mark>
  );
}

function TextChange({ before, after }: { before: Json; after: Json }) {
  const text = (value: Json) => (typeof value === "string" ? value : "");
  const lines = textDiff(text(before), text(after));
  return (
    <div className={styles.text} tabIndex={0} role="region" aria-label={t("diff.text")}>
      {lines.map((line, index) => {
        switch (line.kind) {
          case "fold":
            return (
              <div key={index} className={styles.fold}>
                {t("diff.fold", { count: line.count })}
              </div>
            );
          case "same":
            return <div key={index}>{`  ${line.text}`}</div>;
          case "removed":
          case "added":
            return (
              <div key={index} className={styles[line.kind]}>
                {line.kind === "removed" ? "− " : "+ "}
                <Words pieces={line.words} />
              </div>
            );
        }
      })}
    </div>
  );
}

function Words({ pieces }: { pieces: readonly Piece<string>[] }) {
  return pieces.map(({ kind, items }, index) => {
    const text = items.join("");
    if (kind === "same") return <Fragment key={index}>{text}</Fragment>;
    const Mark = kind === "removed" ? "del" : "ins";
    return (
      <Mark key={index} className={styles.word}>
        {text}
      </Mark>
    );
  });
}

const signs = { added: "+ ", removed: "− ", moved: "↕ " } as const;

function ListChanges({ field, before, after }: Props) {
  const list = (value: Json) => (Array.isArray(value) ? value : []);
  const single = { ...field, kind: field.kind === "objects" ? "object" : field.kind };
  const text = (value: Json) =>
    typeof value === "string" && field.kind !== "choices" && field.kind !== "objects"
      ? value
      : valueText(single, field.kind === "choices" ? [value] : value);
  return (
    <span className={styles.list}>
      {listDiff(list(before), list(after)).map(({ kind, value }, index) => (
        <span key={index} className={kind === "moved" ? undefined : styles[kind]}>
          {signs[kind]}
          {text(value)}
        </span>
      ))}
    </span>
  );
}

/** Such as the fields of a type: by name, and what changed in each. */
function NamedChanges({ before, after }: { before: Json; after: Json }) {
  const list = (value: Json) => (value !== null && isNamed(value) ? value : []);
  return (
    <span className={styles.named}>
      {namedDiff(list(before), list(after)).map(({ name, kind, before, after }) =>
        kind === "changed" ? (
          <span key={name}>
            {name}: <PlaceChanges before={before ?? null} after={after ?? null} />
          </span>
        ) : (
          <span key={name} className={styles[kind]}>
            {signs[kind]}
            {name}
            {kindText(after ?? before)}
          </span>
        ),
      )}
    </span>
  );
}

function kindText(element: Json | undefined): string {
  return isDictionary(element) && typeof element["kind"] === "string"
    ? ` (${element["kind"]})`
    : "";
}

function PlaceChanges({ before, after }: { before: Json; after: Json }) {
  const shown = (value: Json | undefined) =>
    value === undefined ? t("object.unset") : JSON.stringify(value);
  return (
    <span className={styles.list}>
      {jsonDiff(before, after).map((change) => (
        <span key={change.place}>
          <b>{change.place}</b> <del className={styles.removed}>{shown(change.before)}</del>
          {" → "}
          <ins className={styles.added}>{shown(change.after)}</ins>
        </span>
      ))}
    </span>
  );
}
