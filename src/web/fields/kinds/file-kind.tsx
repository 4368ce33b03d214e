import { Button, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Json } from "#contract";
import { addressOfPath } from "../../client/address.ts";
import { currentAddress } from "../../client/navigation.ts";
import { queryText, request } from "../../client/request.ts";
import { ProblemNotice } from "../../ui/problem-notice.tsx";
import { sizeText, t } from "../../ui/text.ts";
import type { EditProps, FieldKindView, ViewProps } from "../field-kind.ts";
import styles from "./kinds.module.css";

interface FileShown {
  name: string;
  type?: string;
  size?: number;
  hash?: string;
}

function fileOf(value: Json): FileShown | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return typeof value["name"] === "string" ? (value as unknown as FileShown) : undefined;
}

/** A file: downloaded by its name, replaced by dropping another one. */
export const fileKind: FieldKindView = {
  text: (value) => {
    const file = fileOf(value);
    return file === undefined ? "" : `${file.name} (${sizeText(file.size ?? 0)})`;
  },
  View: function FileView({ field, value, path }: ViewProps) {
    const file = fileOf(value);
    if (file === undefined) return null;
    const asOf = currentAddress().params.get("as-of") ?? undefined;
    const query = queryText({ field: field.name, "as-of": asOf });
    const title = [file.type, file.hash && `SHA-256 ${file.hash}`].filter(Boolean).join(" · ");
    return path === undefined ? (
      file.name
    ) : (
      <span>
        <a
          href={`/.api/v1/objects${addressOfPath(path)}${query}`}
          download={file.name}
          title={title}
        >
          {file.name}
        </a>{" "}
        <Text span c="dimmed" size="xs">
          {sizeText(file.size ?? 0)}
        </Text>
      </span>
    );
  },
  Edit: function FileInput({ id, value, onChange, field, describedBy }: EditProps) {
    const input = useRef<HTMLInputElement>(null);
    const [isOver, setOver] = useState(false);
    const upload = useMutation({
      mutationFn: async (file: File) => {
        const { attachment, size } = await request<{ attachment: string; size: number }>(
          "/.api/v1/attachments",
          { method: "POST", file },
        );
        return { attachment, name: file.name, size, ...(file.type ? { type: file.type } : {}) };
      },
      // The size is for showing; the server has measured it itself.
      onSuccess: onChange,
    });
    const file = fileOf(value);
    return (
      <div
        className={styles.drop}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const [dropped] = event.dataTransfer.files;
          if (dropped !== undefined) upload.mutate(dropped);
        }}
      >
        <span>{file === undefined ? t("field.dropFile") : file.name}</span>
        <Button
          id={id}
          variant="default"
          size="xs"
          loading={upload.isPending}
          aria-label={t("field.chooseFile", { field: field.label })}
          aria-describedby={describedBy}
          onClick={() => input.current?.click()}
        >
          {t("field.choose")}
        </Button>
        {file !== undefined && (
          <Button variant="default" size="xs" onClick={() => onChange(null)}>
            {t("field.clear")}
          </Button>
        )}
        <input
          ref={input}
          type="file"
          hidden
          onChange={(event) => {
            const [chosen] = event.currentTarget.files ?? [];
            if (chosen !== undefined) upload.mutate(chosen);
          }}
        />
        {upload.isError && <ProblemNotice error={upload.error} />}
      </div>
    );
  },
};

/** An upload as a field takes it. */
export function settledFile(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (!("attachment" in value)) return value;
  const { size: _size, ...given } = value;
  return given;
}
