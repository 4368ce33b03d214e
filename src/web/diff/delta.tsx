import type { Json } from "#contract";
import { plainField, useTypes, type FieldDefinition } from "../fields/definition.ts";
import { ObjectLink } from "../ui/object-link.tsx";
import { t } from "../ui/text.ts";
import styles from "./delta.module.css";
import { ValueChange } from "./value-change.tsx";

/** What lies between two states of an object, as the API tells it. */
export interface DeltaDocument {
  before: Record<string, Json>;
  after: Record<string, Json>;
  path?: Pair<string> | undefined;
  type?: Pair<string> | undefined;
  owner?: Pair<string> | undefined;
  grants?: Pair<Record<string, string[]>> | undefined;
}

interface Pair<Part> {
  before: Part | null;
  after: Part | null;
}

/** The differences of one object, a line each, by the names that its type gives them. */
export function Delta({
  delta,
  type,
  path,
}: {
  delta: DeltaDocument;
  type?: string | undefined;
  path?: string;
}) {
  const { types } = useTypes();
  const fieldOf = (name: string): FieldDefinition => {
    const known = type === undefined ? undefined : types.get(type);
    const field = known?.fields.find((each) => each.name === name);
    if (field !== undefined) return field;
    const value = delta.after[name] ?? delta.before[name] ?? null;
    return plainField(name, guessedKind(value));
  };
  const names = [...new Set([...Object.keys(delta.before), ...Object.keys(delta.after)])].filter(
    // What is made with nothing in a field tells nothing.
    (name) => (delta.before[name] ?? null) !== null || (delta.after[name] ?? null) !== null,
  );
  const { grants } = delta;
  const subjects = [
    ...new Set([...Object.keys(grants?.before ?? {}), ...Object.keys(grants?.after ?? {})]),
  ];
  return (
    <dl className={styles.delta}>
      {(["path", "type", "owner"] as const).map((name) => {
        const pair = delta[name];
        return (
          pair !== undefined && (
            <Line key={name} name={t(`way.${name}`)}>
              <ValueChange
                field={plainField(name, "string")}
                before={pair.before}
                after={pair.after}
              />
            </Line>
          )
        );
      })}
      {names.map((name) => {
        const field = fieldOf(name);
        return (
          <Line key={name} name={field.label} title={name}>
            <ValueChange
              field={field}
              before={delta.before[name] ?? null}
              after={delta.after[name] ?? null}
              path={path}
            />
          </Line>
        );
      })}
      {subjects.map((subject) => (
        <Line key={subject} name={t("delta.grant", { subject })}>
          <ValueChange
            field={plainField(subject, "list")}
            before={grants?.before?.[subject] ?? null}
            after={grants?.after?.[subject] ?? null}
          />
        </Line>
      ))}
    </dl>
  );
}

function Line({
  name,
  title,
  children,
}: {
  name: string;
  title?: string;
  children: React.ReactNode;
}) {
  return (
    <div className={styles.line}>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function guessedKind(value: Json): string {
  if (typeof value === "string" && value.startsWith("/")) return "object";
  if (typeof value === "string") return "text";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" && value !== null ? "dictionary" : "string";
}

/** Who made a change: a person, or a process, linked. */
export function Author({ author, cause }: { author: string; cause: string }) {
  const process = /^process (\/process\/\d+)/.exec(cause)?.[1];
  const undone = /^undo change (\d+)/.exec(cause)?.[1];
  return (
    <>
      <ObjectLink path={`/system/users/${author}`}>{author}</ObjectLink>
      {process !== undefined ? (
        <>
          {" · "}
          <ObjectLink path={process}>{process.slice(1)}</ObjectLink>
        </>
      ) : undone !== undefined ? (
        <>
          {" · "}
          <ObjectLink path={`/.changes/${undone}`}>
            {t("cause.undo", { change: undone })}
          </ObjectLink>
        </>
      ) : cause === "person" ? null : (
        ` · ${causeText(cause)}`
      )}
    </>
  );
}

export function causeText(cause: string): string {
  if (cause === "token") return t("cause.token");
  if (cause === "system") return t("cause.system");
  if (cause.startsWith("import")) return t("cause.import", { what: cause.slice(6).trim() });
  return cause;
}
