import { Button, Checkbox, Group, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { baseName } from "#kernel";
import { forgetObjects, transact } from "../client/objects.ts";
import { open } from "../client/navigation.ts";
import { ObjectPicker } from "../fields/object-picker.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { t } from "../ui/text.ts";
import { toastChange } from "../ui/undo-toast.ts";

interface Props {
  kind: "copy" | "move";
  /** One object, or several that go into one directory. */
  paths: readonly string[];
  onClose: () => void;
  onDone?: () => void;
}

/** Copies or moves objects: where to, and under which name. */
export function PlaceDialog({ kind, paths, onClose, onDone }: Props) {
  const queries = useQueryClient();
  const [first = ""] = paths;
  const isOne = paths.length === 1;
  const [directory, setDirectory] = useState(parentOf(first));
  const [name, setName] = useState(
    kind === "copy" ? t("place.copyName", { name: baseName(first) }) : baseName(first),
  );
  const [clearUnique, setClearUnique] = useState(false);
  const target = (path: string) =>
    `${directory === "/" ? "" : directory}/${isOne ? name : baseName(path)}`;
  const mutation = useMutation({
    mutationFn: () =>
      transact({
        operations: paths.map((path) =>
          kind === "copy"
            ? { op: "copy", path, to: target(path), ...(clearUnique ? { clearUnique } : {}) }
            : { op: "move", path, to: target(path) },
        ),
      }),
    onSuccess: async ({ change }) => {
      await forgetObjects(queries);
      const what = isOne ? target(first) : t("place.several", { count: paths.length });
      toastChange(queries, t(kind === "copy" ? "place.copied" : "place.moved", { what }), change);
      onClose();
      onDone?.();
      if (isOne) open(target(first), kind === "copy" ? { view: "edit" } : {});
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    mutation.mutate();
  };
  const verb = t(kind === "copy" ? "object.copy" : "object.move");
  return (
    <Dialog
      title={`${verb}: ${isOne ? first : t("place.several", { count: paths.length })}`}
      onClose={onClose}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <div>
            <label htmlFor="place-directory">{t("place.directory")}</label>
            <ObjectPicker
              id="place-directory"
              types={["Directory"]}
              value={directory}
              onChoose={setDirectory}
            />
          </div>
          {isOne && (
            <TextInput
              label={t("object.name")}
              value={name}
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          {kind === "copy" && (
            <Checkbox
              label={t("place.clearUnique")}
              checked={clearUnique}
              onChange={(event) => setClearUnique(event.currentTarget.checked)}
            />
          )}
          {mutation.isError && <ProblemNotice error={mutation.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={mutation.isPending} disabled={isOne && name === ""}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf("/")));
}
