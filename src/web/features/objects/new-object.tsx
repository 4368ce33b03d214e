import { TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { joinPath, nameFault } from "#kernel";
import type { Json, ObjectDocument } from "#contract";
import { open, setParams } from "../../client/navigation.ts";
import { changeOf, objectQuery } from "../../client/objects.ts";
import { useTypes, type TypeDefinition } from "../../fields/definition.ts";
import rowStyles from "../../fields/field-row.module.css";
import { isSecret } from "../../fields/field-kinds.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { ObjectLink } from "../../ui/object-link.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { t, told } from "../../ui/text.ts";
import { toastChange } from "../../ui/undo-toast.ts";
import styles from "./new-object.module.css";
import { ObjectForm } from "./object-form.tsx";

/** Types of which nobody makes objects by hand. */
const keptElsewhere = new Set(["Type", "User", "Group", "JobManager", "Process"]);

export function makeableTypes(types: ReadonlyMap<string, TypeDefinition>): TypeDefinition[] {
  return [...types.values()].filter(({ name }) => !keptElsewhere.has(name));
}

/** Makes an object in a directory: first its type, then its form. */
export function NewObject(props: {
  directory: string;
  type: string | undefined;
  /** The object of which it becomes a copy. */
  from: string | undefined;
}) {
  const { directory, type, from } = props;
  const { types } = useTypes();
  const original = useQuery({ ...objectQuery(from ?? ""), enabled: from !== undefined });
  const definition = type === undefined ? undefined : types.get(type);
  if (definition === undefined) return <ChooseType directory={directory} types={types} />;
  if (from !== undefined && original.isPending) return <Loading />;
  return (
    <NewForm
      key={definition.name}
      directory={directory}
      type={definition}
      original={original.data}
    />
  );
}

function ChooseType({
  directory,
  types,
}: {
  directory: string;
  types: ReadonlyMap<string, TypeDefinition>;
}) {
  return (
    <>
      <PageHead title={t("new.title", { directory })} says={t("new.choose")} />
      <ul className={styles.types}>
        {makeableTypes(types).map(({ name, description }) => (
          <li key={name}>
            <ObjectLink
              path={directory}
              params={{ view: "new", type: name }}
              className={styles.type}
            >
              <b>{name}</b>
              <span>{description}</span>
            </ObjectLink>
          </li>
        ))}
      </ul>
      {types.size === 0 && <Empty says={t("app.loading")} />}
      <p>
        <ObjectLink path="/system/types" params={{ view: "new" }}>
          {t("new.type")}
        </ObjectLink>
      </p>
    </>
  );
}

function NewForm(props: {
  directory: string;
  type: TypeDefinition;
  original: ObjectDocument | undefined;
}) {
  const { directory, type, original } = props;
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [isTouched, setTouched] = useState(false);
  const found = nameFault(name);
  const fault = name === "" ? t("form.required") : found === undefined ? undefined : told(found);
  const path = name === "" ? `${directory}/` : joinPath(directory, name);
  const [defaults] = useState(() =>
    Object.fromEntries(
      type.fields.map((field) => [
        field.name,
        original === undefined ? (field.options.default ?? null) : null,
      ]),
    ),
  );
  const now = "";
  const empty: ObjectDocument = {
    id: null,
    path,
    name,
    type: type.name,
    owner: null,
    fields: defaults,
    revision: 0,
    createdAt: now,
    updatedAt: now,
  };
  const saved = async (object: ObjectDocument) => {
    open(object.path);
    const change = await changeOf(object);
    toastChange(queries, t("new.made", { path: object.path }), change ?? null);
  };
  return (
    <>
      <PageHead
        title={t("new.of", { type: type.name })}
        meta={directory}
        {...saysOf(type, original)}
      />
      <div className={styles.name}>
        <div className={rowStyles.row}>
          <label htmlFor="new-name" className={rowStyles.label}>
            {t("object.name")}
            <span aria-hidden="true"> *</span>
          </label>
          <TextInput
            id="new-name"
            value={name}
            autoFocus
            autoComplete="off"
            maw={480}
            error={isTouched && fault}
            onBlur={() => setTouched(true)}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
      </div>
      <ObjectForm
        object={empty}
        newUnder={`${directory}?new=${type.name}`}
        blocked={fault}
        onBlocked={() => {
          setTouched(true);
          document.getElementById("new-name")?.focus();
        }}
        fields={type.fields}
        {...(original === undefined ? {} : { initial: copiedValues(original, type) })}
        onSaved={(object) => void saved(object)}
        onCancel={() => setParams({ view: undefined, type: undefined, from: undefined })}
      />
    </>
  );
}

/** What a copy takes along; what a secret holds is not told, so that it is set anew. */
function copiedValues(original: ObjectDocument, type: TypeDefinition): Record<string, Json> {
  const fields = type.fields.filter((field) => !isSecret(field));
  return Object.fromEntries(fields.map(({ name }) => [name, original.fields[name] ?? null]));
}

function saysOf(type: TypeDefinition, original: ObjectDocument | undefined): { says?: string } {
  if (original === undefined) return type.description === "" ? {} : { says: type.description };
  const hasSecret = type.fields.some(
    (field) => isSecret(field) && (original.fields[field.name] ?? null) !== null,
  );
  const copy = t("new.copyOf", { path: original.path });
  return { says: hasSecret ? `${copy} ${t("new.secretsLeftOut")}` : copy };
}
